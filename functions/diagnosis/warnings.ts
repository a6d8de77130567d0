import { answerMs, type Exchange } from '../model/exchange.ts';
import type { Finding } from '../model/finding.ts';
import type { Org } from '../model/org.ts';
import { finalExchanges, type Outcome } from '../model/outcome.ts';
import { locate } from '../okta/endpoints.ts';
import { limitOwner } from '../okta/rate-limit.ts';
import { finding } from './finding.ts';
import { exhaustedBuckets, headroomOf } from './headroom.ts';

/** Percent of a rate limit that remains: below `low` it is a ticket, below `critical` a page. */
export const headroomLevels = { low: 20, critical: 10 } as const;

/**
 * Adds warnings to probes that passed, for slow responses and low headroom.
 *
 * Trap: a limit that rejected any probe of the run has its own finding, so it gets no headroom warning. A first attempt
 * that failed is ignored: only the final attempt shows whether Okta is slow.
 */
export function withWarnings(
  outcomes: readonly Outcome[],
  org: Pick<Org, 'domain' | 'slowAfterMs'>,
): readonly Outcome[] {
  const exhausted = exhaustedBuckets(outcomes.flatMap(({ exchanges }) => exchanges));
  return outcomes.map((outcome) => {
    if (outcome.status !== 'passed') return outcome;
    const warnings = finalExchanges(outcome).flatMap((exchange) => [
      ...slownessWarnings(exchange, org),
      ...headroomWarnings(exchange, exhausted),
    ]);
    return { ...outcome, warnings: [...outcome.warnings, ...warnings] };
  });
}

function slownessWarnings(exchange: Exchange, { domain, slowAfterMs }: Pick<Org, 'domain' | 'slowAfterMs'>): Finding[] {
  const { url, phases } = exchange;
  const totalMs = answerMs(exchange);
  const { endpoint } = locate(url) ?? {};
  // How long a page of the System Log takes depends on how many events it has.
  if (totalMs <= slowAfterMs || !endpoint || endpoint === 'logs' || new URL(url).host !== domain) return [];
  const detail = `first byte after ${Math.round(phases.firstByteMs ?? 0)} ms, complete after ${totalMs} ms at ${url}`;
  const comparisons = [{ name: 'time to answer', expected: `at most ${slowAfterMs} ms`, found: `${totalMs} ms` }];
  return [finding('slow-answer', { detail, comparisons })];
}

function headroomWarnings(exchange: Exchange, exhausted: ReadonlySet<string>): Finding[] {
  const { rateLimit, url } = exchange;
  const percent = headroomOf(exchange, exhausted);
  if (!rateLimit || percent === undefined || percent >= headroomLevels.low) return [];
  const { bucket, endpoint } = locate(url) ?? {};
  // Whoever reads the System Log may use up its limit: nobody's sign-in needs it.
  const code = percent < headroomLevels.critical && endpoint !== 'logs' ? 'headroom-critical' : 'headroom-low';
  const { remaining, limit } = rateLimit;
  return [
    finding(code, {
      detail: `${remaining} of ${limit} requests left in ${bucket} (${limitOwner(rateLimit, bucket)} limit)`,
    }),
  ];
}
