import type { Exchange } from '../model/exchange.ts';
import { locate } from '../okta/endpoints.ts';
import { headroomPercent, isRateLimited } from '../okta/rate-limit.ts';

/** The rate-limit buckets that rejected a request in these exchanges. Their headroom is no longer meaningful. */
export function exhaustedBuckets(exchanges: readonly Exchange[]): ReadonlySet<string> {
  return new Set(exchanges.filter(isRateLimited).flatMap(({ url }) => locate(url)?.bucket ?? []));
}

/** The remaining share of an exchange's bucket, 0 to 100. Undefined if its headers do not say. */
export function headroomOf({ rateLimit, url }: Exchange, exhausted: ReadonlySet<string>): number | undefined {
  const bucket = locate(url)?.bucket;
  return rateLimit && bucket !== undefined && !exhausted.has(bucket) ? headroomPercent(rateLimit, bucket) : undefined;
}

/** The lowest headroom of all buckets in these exchanges. */
export function lowestHeadroom(exchanges: readonly Exchange[]): number | undefined {
  const exhausted = exhaustedBuckets(exchanges);
  const shares = exchanges.map((exchange) => headroomOf(exchange, exhausted)).filter((share) => share !== undefined);
  return shares.length > 0 ? Math.min(...shares) : undefined;
}
