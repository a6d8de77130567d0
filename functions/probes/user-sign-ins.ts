import { type FindingCode, finding } from '../findings/finding.ts';
import type { Finding } from '../model/finding.ts';
import type { LogSpan, OrgLog, Tally, WatchedCount } from '../model/org-log.ts';
import { defineProbe } from '../model/probe.ts';
import { sumOf } from '../okta/log-memory.ts';
import { sumTallies } from '../okta/log-reading.ts';
import { fallIn, fewestDays, mostRemovalsOf, type Rise, risesIn } from '../okta/usual-counts.ts';
import { codeFindings, directoryFindings, provisioningFindings } from './service-findings.ts';

const quarterMs = 15 * 60_000;

const count = (help: string) => ({ unit: 'Count', statistic: 'Sum', help }) as const;

const risen: Readonly<Record<WatchedCount, { readonly code: FindingCode; readonly name: string }>> = {
  signInFailures: { code: 'sign-in-failures-rise', name: 'failed sign-ins' },
  lockouts: { code: 'lockouts-rise', name: 'lockouts' },
  tokensRefused: { code: 'token-refusals-rise', name: 'refused tokens' },
  blocked: { code: 'blocked-requests-rise', name: 'blocked requests' },
};

/**
 * Counts what real users and applications do, by the org's System Log. An unusual rise or fall is one against the same hour
 * of past days. What services of others do for sign-in is judged by the last hour.
 *
 * Trap: the test user's sign-ins are in it, because no event says whose it is without naming a person.
 */
export const userSignIns = defineProbe({
  id: 'user-sign-ins',
  question: 'Can real users and applications sign in, and keep their access, as usual?',
  group: 'system-log',
  scope: 'org',
  requires: ['api', 'systemLog'],
  inputs: ['orgLog'],
  requests: [],
  timed: false,
  metrics: {
    SignIns: count('Attempts of users to sign in, whatever their result.'),
    SignInFailures: count('Attempts of users to sign in that failed.'),
    Lockouts: count('Users who were locked out.'),
    TokensGranted: count("Access tokens that applications were granted, without the monitor's own."),
    TokensRefused: count("Token requests of applications that were refused, without the monitor's own."),
  },
  async run({ inputs: { orgLog } }) {
    const { memory, readAtMs, others, reasons, blocked } = orgLog;
    const { counts } = memory.batch;
    const quarter = memory.spans.filter(({ atMs }) => atMs > readAtMs - quarterMs);
    const days = memory.usual?.days ?? 0;
    return {
      readings: {
        SignIns: counts.signIns,
        SignInFailures: counts.signInFailures,
        Lockouts: counts.lockouts,
        TokensGranted: counts.tokensGranted,
        TokensRefused: counts.tokensRefused,
      },
      notes: [
        ...notesOf('failed sign-ins in this run', reasons),
        ...notesOf('besides, in this run', others),
        ...(days < fewestDays ? [`a rise is not looked for yet: ${days} of ${fewestDays} days are known`] : []),
      ],
      warnings: [
        ...risesIn(sumOf(...quarter), memory.usual).map((rise) => findingOf(rise, quarter, days, blocked)),
        ...fallOf(orgLog),
        ...removalsOf(orgLog),
        ...directoryFindings(memory.services, readAtMs),
        ...codeFindings(memory, readAtMs),
        ...provisioningFindings(memory.services),
      ],
    };
  },
});

function findingOf(
  { name, count: found, atMost, percent, usualPercent }: Rise,
  spans: readonly LogSpan[],
  days: number,
  { networks, users }: OrgLog['blocked'],
): Finding {
  const { code, name: what } = risen[name];
  const reason = mainKey(spans.map((span) => (name === 'tokensRefused' ? span.errors : span.reasons)));
  const application = name === 'tokensRefused' ? mainKey(spans.map(({ applications }) => applications)) : undefined;
  const because = [
    ...(name !== 'lockouts' && name !== 'blocked' && reason !== undefined ? [`mostly ${reason}`] : []),
    ...(application === undefined ? [] : [`mostly of ${application}`]),
    ...(name === 'blocked' && networks > 0 ? [`in this run from ${networks} networks, of ${users} users`] : []),
  ];
  return finding(code, {
    detail: [`${found} ${what} in the last quarter of an hour`, ...because].join(', '),
    comparisons: [
      {
        name: `${what} in a quarter of an hour`,
        expected: `at most ${atMost}, by ${days} past days`,
        found: `${found}`,
      },
      { name: `share of ${what}`, expected: `about ${usualPercent} %`, found: `${percent} %` },
    ],
  });
}

/** The log may be late: its newest event, or that of a token request of our own, must be younger than this. */
const freshMs = 10 * 60_000;

function fallOf({ memory, readAtMs, isComplete }: OrgLog): readonly Finding[] {
  const { newestAtMs, own, usual } = memory;
  const isLate = own.missing.some(({ sentAtMs }) => sentAtMs < readAtMs - freshMs);
  const isFresh = isComplete && !isLate && Math.max(newestAtMs, own.arrivedUntilMs ?? 0) > readAtMs - freshMs;
  const fall = isFresh ? fallIn(sumOf(...since(memory.spans, readAtMs - 2 * quarterMs)), usual) : undefined;
  if (!fall) return [];
  const comparison = {
    name: 'sign-ins in half an hour',
    expected: `${fall.expected} or more, by the same hour of past weeks`,
    found: `${fall.count}`,
  };
  return [finding('sign-ins-fall', { detail: `${fall.count} sign-ins in half an hour`, comparisons: [comparison] })];
}

const tenMinutesMs = 10 * 60_000;

function removalsOf({ memory, readAtMs }: OrgLog): readonly Finding[] {
  const atMost = mostRemovalsOf(memory.usual);
  const { removals } = sumOf(...since(memory.spans, readAtMs - tenMinutesMs));
  if (atMost === undefined || removals <= atMost) return [];
  const kinds = memory.evidence.filter(({ isChange }) => isChange).map(({ what, count }) => `${what}: ${count}`);
  const comparison = { name: 'removals in ten minutes', expected: `at most ${atMost}`, found: `${removals}` };
  return [
    finding('access-removed-in-bulk', { detail: `in the last hour: ${kinds.join(', ')}`, comparisons: [comparison] }),
  ];
}

/** The spans that began after a time. Each has five minutes. */
function since(spans: readonly LogSpan[], timeMs: number): readonly LogSpan[] {
  return spans.filter(({ atMs }) => atMs > timeMs);
}

function mainKey(tallies: readonly Tally[]): string | undefined {
  return Object.keys(sumTallies(tallies))[0];
}

function notesOf(name: string, tally: Tally): readonly string[] {
  const parts = Object.entries(tally).map(([key, times]) => `${key} ${times}`);
  return parts.length > 0 ? [`${name}: ${parts.join(', ')}`] : [];
}
