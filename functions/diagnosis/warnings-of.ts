import type { Exchange } from '../model/exchange.ts';
import type { Finding } from '../model/finding.ts';
import type { Org } from '../model/org.ts';
import { locate } from '../okta/endpoints.ts';
import { headroomPercent, limitOwner } from '../okta/rate-limit.ts';
import { finding } from './finding.ts';

/** Percent of a rate limit that is left: below `low` somebody should look, below `critical` somebody must. */
export const headroomLevels = { low: 20, critical: 10 } as const;

/** What is not well in the answers of a probe that passed: slowness, and a rate limit that runs out. */
export function warningsOf(exchanges: readonly Exchange[], org: Pick<Org, 'slowAfterMs'>): readonly Finding[] {
  return exchanges.flatMap((exchange) => [...warnOfSlowness(exchange, org), ...warnOfHeadroom(exchange)]);
}

function warnOfSlowness(
  { phases: { firstByteMs = 0 }, url }: Exchange,
  { slowAfterMs }: Pick<Org, 'slowAfterMs'>,
): Finding[] {
  if (firstByteMs <= slowAfterMs) return [];
  return [finding('slow-answer', { detail: `first byte after ${Math.round(firstByteMs)} ms at ${url}` })];
}

function warnOfHeadroom({ rateLimit, url }: Exchange): Finding[] {
  const bucket = locate(url)?.bucket;
  const left = rateLimit && headroomPercent(rateLimit, bucket);
  if (!rateLimit || left === undefined || left >= headroomLevels.low) return [];
  const code = left < headroomLevels.critical ? 'headroom-critical' : 'headroom-low';
  const { remaining, limit } = rateLimit;
  return [
    finding(code, {
      detail: `${remaining} of ${limit} left in ${bucket}, the limit of the ${limitOwner(rateLimit, bucket)}`,
    }),
  ];
}
