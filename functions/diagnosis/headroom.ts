import type { Exchange } from '../model/exchange.ts';
import { locate } from '../okta/endpoints.ts';
import { headroomPercent } from '../okta/rate-limit.ts';

/** The rate-limit buckets that refused a request. What is left of them is no longer the question. */
export function refusedBuckets(exchanges: readonly Exchange[]): ReadonlySet<string> {
  return new Set(exchanges.flatMap(({ status, url }) => (status === 429 ? (locate(url)?.bucket ?? []) : [])));
}

/** What an answer told is left of its bucket, 0 to 100; undefined where it told nothing of use. */
export function headroomOf({ rateLimit, url }: Exchange, refused: ReadonlySet<string>): number | undefined {
  const bucket = locate(url)?.bucket;
  return rateLimit && bucket !== undefined && !refused.has(bucket) ? headroomPercent(rateLimit, bucket) : undefined;
}

/** The lowest headroom of any bucket that these answers told. */
export function lowestHeadroom(exchanges: readonly Exchange[]): number | undefined {
  const refused = refusedBuckets(exchanges);
  const shares = exchanges.map((exchange) => headroomOf(exchange, refused)).filter((share) => share !== undefined);
  return shares.length > 0 ? Math.min(...shares) : undefined;
}
