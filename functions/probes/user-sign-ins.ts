import { type FindingCode, finding } from '../findings/finding.ts';
import type { Finding } from '../model/finding.ts';
import type { LogSpan, Tally, WatchedCount } from '../model/org-log.ts';
import { defineProbe } from '../model/probe.ts';
import { sumOf } from '../okta/log-memory.ts';
import { sumTallies } from '../okta/log-reading.ts';
import { fewestDays, type Rise, risesIn } from '../okta/usual-counts.ts';

const quarterMs = 15 * 60_000;

const count = (help: string) => ({ unit: 'Count', statistic: 'Sum', help }) as const;

const risen: Readonly<Record<WatchedCount, { readonly code: FindingCode; readonly name: string }>> = {
  signInFailures: { code: 'sign-in-failures-rise', name: 'failed sign-ins' },
  lockouts: { code: 'lockouts-rise', name: 'lockouts' },
  tokensRefused: { code: 'token-refusals-rise', name: 'refused tokens' },
};

/**
 * Counts what real users and applications do, by the org's System Log. An unusual rise is one against the same hour of
 * past days.
 *
 * Trap: the test user's sign-ins are in it, because no event says whose it is without naming a person.
 */
export const userSignIns = defineProbe({
  id: 'user-sign-ins',
  question: 'Do sign-ins and tokens of real users and applications fail more than usual?',
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
    const { memory, readAtMs, others, reasons } = orgLog;
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
      warnings: risesIn(sumOf(...quarter), memory.usual).map((rise) => findingOf(rise, quarter, days)),
    };
  },
});

function findingOf(
  { name, count: found, atMost, percent, usualPercent }: Rise,
  spans: readonly LogSpan[],
  days: number,
): Finding {
  const { code, name: what } = risen[name];
  const reason = mainKey(spans.map((span) => (name === 'tokensRefused' ? span.errors : span.reasons)));
  const application = name === 'tokensRefused' ? mainKey(spans.map(({ applications }) => applications)) : undefined;
  const because = [
    ...(name !== 'lockouts' && reason !== undefined ? [`mostly ${reason}`] : []),
    ...(application === undefined ? [] : [`mostly of ${application}`]),
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

function mainKey(tallies: readonly Tally[]): string | undefined {
  return Object.keys(sumTallies(tallies))[0];
}

function notesOf(name: string, tally: Tally): readonly string[] {
  const parts = Object.entries(tally).map(([key, times]) => `${key} ${times}`);
  return parts.length > 0 ? [`${name}: ${parts.join(', ')}`] : [];
}
