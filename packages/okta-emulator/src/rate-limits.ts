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

/** The changes per minute, which are counted apart. Real orgs have been seen to allow 10 to 50 of applications. */
const limitsOfChanges = { 'write /api/v1/apps': 50, 'write /api/v1': 100 } as const;

export const bucketLimits = { ...defaultLimits, ...limitsOfChanges } as const;

export type Bucket = keyof typeof bucketLimits;

/** The bucket that counts a request, most specific path first. Paths without a bucket have no rate-limit headers. */
const bucketsByPath: readonly {
  readonly path: RegExp;
  readonly bucket: Bucket | undefined;
  /** Whether only changes count there. */
  readonly isWrite?: true;
}[] = [
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
  { path: /^\/api\/v1\/apps(\/|$)/, bucket: 'write /api/v1/apps', isWrite: true },
  { path: /^\/api\/v1(\/|$)/, bucket: 'write /api/v1', isWrite: true },
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
  /** What this request is the first one of its window to reach, worst first. Okta logs each once in a window. */
  readonly reached: readonly Threshold[];
}

/** An event that Okta logs about a bucket: a share of the limit is used, or a request was refused. */
export type Threshold = 'violation' | 'warning';

export const windowMs = 60_000;

/** Okta warns at 90 % in a Workforce org. https://developer.okta.com/docs/reference/rl2-monitor/ */
export const warningPercent = 90;

export function bucketFor(path: string, method = 'GET'): Bucket | undefined {
  const isWrite = method !== 'GET' && method !== 'HEAD';
  return bucketsByPath.find((row) => row.path.test(path) && (isWrite || !row.isWrite))?.bucket;
}

/**
 * Counts requests by bucket in fixed windows of one minute.
 *
 * A window starts with its first request, so windows are not aligned with the clock or with each other.
 */
export function createRateLimiter(now: () => number, limits: Partial<Record<Bucket, number>> = {}) {
  const windows = new Map<Bucket, { endsAtMs: number; used: number }>();
  /** The ends of the windows in which a threshold was reached, by bucket and threshold. */
  const reachedUntil = new Map<string, number>();
  const limitOf = (bucket: Bucket) => limits[bucket] ?? bucketLimits[bucket];

  function stateOf(
    bucket: Bucket,
    { endsAtMs, used }: { readonly endsAtMs: number; readonly used: number },
  ): BucketState {
    const limit = limitOf(bucket);
    const isReached = { violation: used > limit, warning: used >= (limit * warningPercent) / 100 };
    const reached = (['violation', 'warning'] as const).filter((threshold) => {
      const key = `${bucket} ${threshold}`;
      const isFirst = isReached[threshold] && now() >= (reachedUntil.get(key) ?? 0);
      if (isFirst) reachedUntil.set(key, endsAtMs);
      return isFirst;
    });
    const remaining = Math.max(0, limit - used);
    return { limit, remaining, reset: Math.ceil(endsAtMs / 1000), exceeded: isReached.violation, reached };
  }

  return {
    count(bucket: Bucket): BucketState {
      const nowMs = now();
      let window = windows.get(bucket);
      if (!window || nowMs >= window.endsAtMs) {
        window = { endsAtMs: nowMs + windowMs, used: 0 };
        windows.set(bucket, window);
      }
      window.used += 1;
      return stateOf(bucket, window);
    },
    /** Starts a window in which this share of the requests, 0 to 1, remains, because other clients used the rest. */
    setRemaining(bucket: Bucket, share: number): BucketState {
      const window = { endsAtMs: now() + windowMs, used: Math.round(limitOf(bucket) * (1 - share)) };
      windows.set(bucket, window);
      return stateOf(bucket, window);
    },
    reset(): void {
      windows.clear();
      reachedUntil.clear();
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
