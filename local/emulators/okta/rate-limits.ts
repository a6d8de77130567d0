import type { ResponseHeaders } from './http-message.ts';

/**
 * The requests per minute of a Workforce org, by rate-limit bucket. All custom servers of an org share three buckets.
 * https://developer.okta.com/docs/reference/rate-limits/
 */
export const defaultLimits = {
  '/oauth2/v1/clients': 100,
  '/oauth2/v1/authorize': 2000,
  '/oauth2/v1/token': 2000,
  '/oauth2/v1': 2000,
  '/oauth2/{id}/v1/authorize': 2000,
  '/oauth2/{id}/v1/token': 2000,
  '/oauth2/{id}/v1': 2000,
  '/idp/idx': 1000,
  '/idp/idx/identify': 1000,
  '/idp/idx/introspect': 2000,
  '/login/token/redirect': 600,
  '/login/login.htm': 1200,
  '/api/v1/authn': 500,
  '/api/v1/authn/factors/{id}/verify': 500,
  '/api/v1/sessions': 750,
  '/api/v1/users': 600,
  '/api/v1/apps': 100,
  '/api/v1/apps/{id}': 500,
  '/api/v1/agentPools': 20,
  '/api/v1/domains': 100,
  '/api/v1/logs': 120,
  '/api/v1': 1200,
} as const;

export type Bucket = keyof typeof defaultLimits;

/** The bucket that counts a request, most specific path first. Paths without a bucket have no rate-limit headers. */
const bucketsByPath: readonly { readonly path: RegExp; readonly bucket: Bucket | undefined }[] = [
  { path: /^\/oauth2\/([^/]+\/)?v1\/keys$/, bucket: undefined },
  { path: /^\/oauth2\/v1\/clients(\/|$)/, bucket: '/oauth2/v1/clients' },
  { path: /^\/oauth2\/v1\/authorize(\/|$)/, bucket: '/oauth2/v1/authorize' },
  { path: /^\/oauth2\/v1\/token$/, bucket: '/oauth2/v1/token' },
  { path: /^\/oauth2\/v1(\/|$)/, bucket: '/oauth2/v1' },
  { path: /^\/oauth2\/[^/.]+\/v1\/authorize(\/|$)/, bucket: '/oauth2/{id}/v1/authorize' },
  { path: /^\/oauth2\/[^/.]+\/v1\/token$/, bucket: '/oauth2/{id}/v1/token' },
  { path: /^\/oauth2\/[^/.]+\/v1(\/|$)/, bucket: '/oauth2/{id}/v1' },
  { path: /^\/idp\/idx\/identify$/, bucket: '/idp/idx/identify' },
  { path: /^\/idp\/idx\/introspect$/, bucket: '/idp/idx/introspect' },
  { path: /^\/idp\/idx\//, bucket: '/idp/idx' },
  { path: /^\/login\/token\/redirect$/, bucket: '/login/token/redirect' },
  { path: /^\/login\/login\.htm$/, bucket: '/login/login.htm' },
  { path: /^\/api\/v1\/authn\/factors\/[^/]+\/verify$/, bucket: '/api/v1/authn/factors/{id}/verify' },
  { path: /^\/api\/v1\/authn(\/|$)/, bucket: '/api/v1/authn' },
  { path: /^\/api\/v1\/sessions(\/|$)/, bucket: '/api/v1/sessions' },
  { path: /^\/api\/v1\/users(\/|$)/, bucket: '/api/v1/users' },
  { path: /^\/api\/v1\/apps\/[^/]+$/, bucket: '/api/v1/apps/{id}' },
  { path: /^\/api\/v1\/agentPools(\/|$)/, bucket: '/api/v1/agentPools' },
  { path: /^\/api\/v1\/domains(\/|$)/, bucket: '/api/v1/domains' },
  { path: /^\/api\/v1\/apps(\/|$)/, bucket: '/api/v1/apps' },
  { path: /^\/api\/v1\/logs(\/|$)/, bucket: '/api/v1/logs' },
  { path: /^\/api\/v1(\/|$)/, bucket: '/api/v1' },
];

/** The state of a bucket after one request. */
export interface BucketState {
  readonly limit: number;
  readonly remaining: number;
  /** Epoch seconds. */
  readonly reset: number;
  readonly exceeded: boolean;
}

const windowMs = 60_000;

export function bucketFor(path: string): Bucket | undefined {
  return bucketsByPath.find((row) => row.path.test(path))?.bucket;
}

/**
 * Counts requests by bucket in fixed windows of one minute.
 *
 * A window starts with its first request, so windows are not aligned with the clock or with each other.
 */
export function createRateLimiter(now: () => number, limits: Partial<Record<Bucket, number>> = {}) {
  const windows = new Map<Bucket, { endsAtMs: number; used: number }>();
  const limitOf = (bucket: Bucket) => limits[bucket] ?? defaultLimits[bucket];
  return {
    count(bucket: Bucket): BucketState {
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
    /** Starts a window in which this share of the requests, 0 to 1, remains. */
    setRemaining(bucket: Bucket, share: number): void {
      windows.set(bucket, { endsAtMs: now() + windowMs, used: Math.round(limitOf(bucket) * (1 - share)) });
    },
    reset(): void {
      windows.clear();
    },
  };
}

export function rateLimitHeaders({ limit, remaining, reset }: BucketState): ResponseHeaders {
  return {
    'x-rate-limit-limit': String(limit),
    'x-rate-limit-remaining': String(remaining),
    'x-rate-limit-reset': String(reset),
  };
}
