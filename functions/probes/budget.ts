import { bucketOf } from '../okta/endpoints.ts';
import { enabledProbes, type PlannedProbe } from './plan.ts';

/** The requests of one healthy run of a plan, by rate-limit bucket. `unlimited` counts those without a rate limit. */
export interface RequestBudget {
  readonly byBucket: Readonly<Record<string, number>>;
  readonly unlimited: number;
}

/**
 * A plan's use of its org's rate limits. The monitor itself must not exhaust them.
 *
 * Trap: an API credential of kind `client` requests one additional token per half hour, in two requests with DPoP. They
 * are not counted here.
 */
export function budgetOf(plan: readonly PlannedProbe[]): RequestBudget {
  const buckets = enabledProbes(plan).flatMap(({ requests, server }) =>
    requests.map((endpoint) => bucketOf(server, endpoint)),
  );
  const byBucket: Record<string, number> = {};
  for (const bucket of buckets) if (bucket) byBucket[bucket] = (byBucket[bucket] ?? 0) + 1;
  return { byBucket, unlimited: buckets.filter((bucket) => bucket === undefined).length };
}
