import type { Exchange } from '../model/exchange.ts';
import type { Finding } from '../model/finding.ts';
import type { Org } from '../model/org.ts';
import { lastTry, type Outcome } from '../model/outcome.ts';
import { locate } from '../okta/endpoints.ts';
import { limitOwner } from '../okta/rate-limit.ts';
import { finding } from './finding.ts';
import { headroomOf, refusedBuckets } from './headroom.ts';

/** Percent of a rate limit that is left: below `low` somebody should look, below `critical` somebody must. */
export const headroomLevels = { low: 20, critical: 10 } as const;

/**
 * Adds to probes that passed what is not well in their answers: slowness, and a rate limit that runs out.
 *
 * Trap: a limit that refused any probe of the run is told of as used up, and nobody needs to hear besides that little
 * is left of it. A first try that failed is not judged: the second shows whether it is slow.
 */
export function withWarnings(outcomes: readonly Outcome[], org: Pick<Org, 'slowAfterMs'>): readonly Outcome[] {
  const refused = refusedBuckets(outcomes.flatMap(({ exchanges }) => exchanges));
  return outcomes.map((outcome) => {
    if (outcome.status !== 'passed') return outcome;
    const warnings = lastTry(outcome).flatMap((exchange) => [
      ...warnOfSlowness(exchange, org),
      ...warnOfHeadroom(exchange, refused),
    ]);
    return { ...outcome, warnings: [...outcome.warnings, ...warnings] };
  });
}

function warnOfSlowness(
  { phases: { firstByteMs = 0 }, url }: Exchange,
  { slowAfterMs }: Pick<Org, 'slowAfterMs'>,
): Finding[] {
  if (firstByteMs <= slowAfterMs) return [];
  return [finding('slow-answer', { detail: `first byte after ${Math.round(firstByteMs)} ms at ${url}` })];
}

function warnOfHeadroom(exchange: Exchange, refused: ReadonlySet<string>): Finding[] {
  const { rateLimit, url } = exchange;
  const left = headroomOf(exchange, refused);
  if (!rateLimit || left === undefined || left >= headroomLevels.low) return [];
  const code = left < headroomLevels.critical ? 'headroom-critical' : 'headroom-low';
  const bucket = locate(url)?.bucket;
  const { remaining, limit } = rateLimit;
  return [
    finding(code, {
      detail: `${remaining} of ${limit} left in ${bucket}, the limit of the ${limitOwner(rateLimit, bucket)}`,
    }),
  ];
}
