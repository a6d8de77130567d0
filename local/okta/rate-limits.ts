import type { AnswerHeaders } from './answer.ts';

/**
 * Okta's buckets, the most specific first, with a Workforce org's requests per minute. All custom servers of an org
 * draw on the same three. A bucket of `undefined` is what Okta does not limit, and sends no headers for.
 *
 * @see https://developer.okta.com/docs/reference/rate-limits/
 */
const table = [
  { path: /^\/oauth2\/([^/]+\/)?v1\/keys$/, bucket: undefined, perMinute: Number.POSITIVE_INFINITY },
  { path: /^\/oauth2\/v1\/clients(\/|$)/, bucket: '/oauth2/v1/clients', perMinute: 100 },
  { path: /^\/oauth2\/v1\/authorize(\/|$)/, bucket: '/oauth2/v1/authorize', perMinute: 2000 },
  { path: /^\/oauth2\/v1\/token$/, bucket: '/oauth2/v1/token', perMinute: 2000 },
  { path: /^\/oauth2\/v1(\/|$)/, bucket: '/oauth2/v1', perMinute: 2000 },
  { path: /^\/oauth2\/[^/.]+\/v1\/authorize(\/|$)/, bucket: '/oauth2/{id}/v1/authorize', perMinute: 2000 },
  { path: /^\/oauth2\/[^/.]+\/v1\/token$/, bucket: '/oauth2/{id}/v1/token', perMinute: 2000 },
  { path: /^\/oauth2\/[^/.]+\/v1(\/|$)/, bucket: '/oauth2/{id}/v1', perMinute: 2000 },
  { path: /^\/api\/v1\/users(\/|$)/, bucket: '/api/v1/users', perMinute: 600 },
  { path: /^\/api\/v1\/apps(\/|$)/, bucket: '/api/v1/apps', perMinute: 100 },
  { path: /^\/api\/v1\/logs(\/|$)/, bucket: '/api/v1/logs', perMinute: 120 },
  { path: /^\/api\/v1(\/|$)/, bucket: '/api/v1', perMinute: 1200 },
] as const;

export type Bucket = NonNullable<(typeof table)[number]['bucket']>;

/** What is left of a bucket after one request. */
export interface Allowance {
  readonly limit: number;
  readonly remaining: number;
  /** Epoch seconds. */
  readonly reset: number;
  readonly exceeded: boolean;
}

const windowMs = 60_000;

export function bucketFor(path: string): Bucket | undefined {
  return table.find((row) => row.path.test(path))?.bucket;
}

/** A bucket's requests per minute in a Workforce org. Contracts differ: the Admin Console shows the org's own. */
export function defaultLimit(bucket: string): number | undefined {
  return table.find((row) => row.bucket === bucket)?.perMinute;
}

/**
 * Counts requests by bucket in fixed windows of a minute.
 *
 * A window opens with its first request, so windows are not aligned to the clock's minutes, nor to one another.
 */
export function createRateLimiter(now: () => number, limits: Partial<Record<Bucket, number>> = {}) {
  const windows = new Map<Bucket, { endsAtMs: number; used: number }>();
  const limitOf = (bucket: Bucket) => limits[bucket] ?? defaultLimit(bucket) ?? 0;
  return {
    count(bucket: Bucket): Allowance {
      const limit = limitOf(bucket);
      const nowMs = now();
      let window = windows.get(bucket);
      if (!window || nowMs >= window.endsAtMs) {
        window = { endsAtMs: nowMs + windowMs, used: 0 };
        windows.set(bucket, window);
      }
      window.used += 1;
      return {
        limit,
        remaining: Math.max(0, limit - window.used),
        reset: Math.ceil(window.endsAtMs / 1000),
        exceeded: window.used > limit,
      };
    },
    /** As if others had just made so many requests that this share of the bucket, 0 to 1, is left. */
    leave(bucket: Bucket, share: number): void {
      windows.set(bucket, { endsAtMs: now() + windowMs, used: Math.round(limitOf(bucket) * (1 - share)) });
    },
    /** As after a minute without a request. */
    refill(): void {
      windows.clear();
    },
  };
}

export function rateLimitHeaders({ limit, remaining, reset }: Allowance): AnswerHeaders {
  return {
    'x-rate-limit-limit': String(limit),
    'x-rate-limit-remaining': String(remaining),
    'x-rate-limit-reset': String(reset),
  };
}
