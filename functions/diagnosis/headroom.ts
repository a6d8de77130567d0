import type { Exchange } from '../model/exchange.ts';
import type { Bucket } from '../okta/default-limits.ts';
import { locate } from '../okta/endpoints.ts';
import { headroomPercent, isRateLimited } from '../okta/rate-limit.ts';

/** The rate-limit buckets that rejected a request in these exchanges. Their headroom is no longer meaningful. */
export function exhaustedBuckets(exchanges: readonly Exchange[]): ReadonlySet<string> {
  return new Set(exchanges.filter(isRateLimited).flatMap(({ url }) => locate(url)?.bucket ?? []));
}

/**
 * Small limits that refuse no sign-in, and that the tools of administrators use up for a minute every now and then. A
 * request that they refuse is a finding. How little is left is none.
 */
const administrative: ReadonlySet<string> = new Set<Bucket>([
  '/api/v1/agentPools',
  '/api/v1/apps',
  '/api/v1/apps/{id}',
  '/api/v1/domains',
]);

/** The remaining share of an exchange's bucket, 0 to 100. Undefined if its headers do not say. */
export function headroomOf({ rateLimit, url }: Exchange, exhausted: ReadonlySet<string>): number | undefined {
  const bucket = locate(url)?.bucket;
  return rateLimit && bucket !== undefined && !exhausted.has(bucket) && !administrative.has(bucket)
    ? headroomPercent(rateLimit, bucket)
    : undefined;
}

/** The lowest headroom of all buckets in these exchanges. */
export function lowestHeadroom(exchanges: readonly Exchange[]): number | undefined {
  const exhausted = exhaustedBuckets(exchanges);
  const shares = exchanges.map((exchange) => headroomOf(exchange, exhausted)).filter((share) => share !== undefined);
  return shares.length > 0 ? Math.min(...shares) : undefined;
}
