import { finding } from '../findings/finding.ts';
import type { Finding } from '../model/finding.ts';
import type { LogMemory, ServiceSpan } from '../model/org-log.ts';
import { serviceSpanMs, servicesOf } from '../okta/service-counts.ts';

const quarterMs = 15 * 60_000;

/** Failures of a directory in a quarter of an hour: fewer are chance, and so many of half its attempts stop people. */
const directory = { ticket: 5, ticketShare: 0.2, page: 10, pageShare: 0.5 };

/**
 * Passwords that somebody else checks, and does not: Active Directory or LDAP by their agents, RADIUS, other providers. A
 * wrong password is an answer.
 *
 * Trap: all agents may look healthy meanwhile, and Okta keeps cached passwords for days.
 */
export function directoryFindings(spans: readonly ServiceSpan[], readAtMs: number): readonly Finding[] {
  // The span in which the quarter of an hour began counts as a whole.
  return servicesOf(spans, 'directory', readAtMs - quarterMs - serviceSpanMs).flatMap(({ name, results }) => {
    const { answered = 0, failed = 0, 'timed out': timedOut = 0 } = results;
    const bad = failed + timedOut;
    const share = bad / (bad + answered);
    if (bad < directory.ticket || share < directory.ticketShare) return [];
    const isPage = bad >= directory.page && share >= directory.pageShare;
    const why = timedOut > 0 ? `, ${timedOut} of them after a time-out` : '';
    return [
      finding('delegated-authentication-failing', {
        severity: isPage ? 'page' : 'ticket',
        detail: `${name}: ${bad} of ${bad + answered} sign-ins failed in the last quarter of an hour${why}`,
      }),
    ];
  });
}

/** Codes of the last hour. The youngest may still be on their way. */
const codes = { fewestSent: 20, fewestUsual: 200, times: 2, least: 0.4, onTheWayMs: 5 * 60_000 };

/** Codes and confirmations that Okta sent and people did not use: they do not arrive, or arrive late. */
export function codeFindings({ services, usualCodes }: LogMemory, readAtMs: number): readonly Finding[] {
  const usual = new Map(
    servicesOf([{ atMs: 0, counts: usualCodes }], 'code').map(({ name, results }) => [name, results]),
  );
  const arrived = services.filter(({ atMs }) => atMs < readAtMs - codes.onTheWayMs);
  return servicesOf(arrived, 'code', readAtMs - 2 * quarterMs).flatMap(({ name, results }) => {
    const { sent: before = 0, used: usedBefore = 0 } = usual.get(name) ?? {};
    const { sent = 0, used = 0 } = results;
    if (sent < codes.fewestSent || before < codes.fewestUsual) return [];
    const [lost, lostBefore] = [1 - used / sent, Math.max(0, 1 - usedBefore / before)];
    if (lost < codes.least || lost < codes.times * lostBefore) return [];
    return [
      finding('codes-not-arriving', {
        detail: `${name}: ${sent} sent in half an hour, and ${used} used`,
        comparisons: [
          {
            name: `share of codes by ${name} that are not used`,
            expected: `about ${percent(lostBefore)}`,
            found: percent(lost),
          },
        ],
      }),
    ];
  });
}

const fewestFailures = 3;

/** Applications that Okta could not write to in the last hour, again and again, and never could in between. */
export function provisioningFindings(spans: readonly ServiceSpan[]): readonly Finding[] {
  const failing = servicesOf(spans, 'provisioning').filter(
    ({ results: { failed = 0, succeeded = 0 } }) => failed >= fewestFailures && succeeded === 0,
  );
  if (failing.length === 0) return [];
  const shown = failing.slice(0, 5).map(({ name, results }) => `${name} (${results.failed} times)`);
  const more = failing.length > shown.length ? ` and ${failing.length - shown.length} more` : '';
  return [finding('provisioning-failing', { detail: `in the last hour: ${shown.join(', ')}${more}` })];
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
