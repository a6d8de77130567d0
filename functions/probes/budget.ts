import { bucketOf } from '../okta/endpoints.ts';
import { type Planned, switchedOn } from './plan.ts';

/** How many requests one healthy run of a plan makes, by rate-limit bucket; the others cost no limit. */
export interface RequestBudget {
  readonly byBucket: Readonly<Record<string, number>>;
  readonly unlimited: number;
}

/**
 * What a plan spends of its org's rate limits: a monitor must not be the load that it warns of.
 *
 * Trap: an API credential of the kind `client` asks for a token besides, once an hour.
 */
export function budgetOf(plan: readonly Planned[]): RequestBudget {
  const buckets = switchedOn(plan).flatMap(({ probe, server }) =>
    probe.requests.map((endpoint) => bucketOf(server, endpoint)),
  );
  const byBucket: Record<string, number> = {};
  for (const bucket of buckets) if (bucket) byBucket[bucket] = (byBucket[bucket] ?? 0) + 1;
  return { byBucket, unlimited: buckets.filter((bucket) => bucket === undefined).length };
}
