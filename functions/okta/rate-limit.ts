import type { Exchange, RateLimit } from '../model/exchange.ts';

/** Okta's code for a request that a rate limit rejects. Okta sends it with 429, and sometimes with another status. */
const rateLimitCode = 'E0000047';

/** Whether a rate limit rejected the request. */
export function isRateLimited({ status, error }: Pick<Exchange, 'status' | 'error'>): boolean {
  return status === 429 || error?.errorCode === rateLimitCode;
}

/**
 * Parses Okta's rate-limit headers. Undefined if they are absent or impossible.
 *
 * Trap: an endpoint with two limits repeats each header, and HTTP clients join the values to "600, 60". The tighter
 * pair is used. A limit of 0 is a concurrency limit, so do not divide by it. The reset is an epoch second on Okta's
 * clock, so it is compared with the response's own `Date`, and may be in the past. Gateways that rewrite it send
 * milliseconds, a date or the seconds that are left.
 * https://developer.okta.com/docs/reference/rl-best-practices/
 */
export function parseRateLimit(headers: Headers, now: number): RateLimit | undefined {
  const limits = integers(headers.get('x-rate-limit-limit'));
  const remainings = integers(headers.get('x-rate-limit-remaining'));
  const date = Date.parse(headers.get('date') ?? '');
  const resets = parseResets(headers.get('x-rate-limit-reset') ?? '', (Number.isNaN(date) ? now : date) / 1000);
  const pairs = limits.flatMap((limit, index) => {
    const remaining = remainings[index];
    const isPossible = remaining !== undefined && remaining <= limit;
    return isPossible ? [{ limit, remaining, secondsToReset: resets[index] ?? resets[0] ?? 0 }] : [];
  });
  return pairs.sort((a, b) => share(a) - share(b))[0];
}

/** How many seconds are left, for each value of a reset header. */
function parseResets(header: string, nowSeconds: number): readonly number[] {
  const values = /[a-z]{3}/i.test(header) ? [Date.parse(header) / 1000] : integers(header).map(toEpochSeconds);
  return values.filter((value) => !Number.isNaN(value)).map((value) => secondsLeft(value, nowSeconds));
}

/** Epoch milliseconds have three digits more than seconds. */
function toEpochSeconds(value: number): number {
  return value >= 1e11 ? value / 1000 : value;
}

/** A value of less than a month is the number of seconds that are left, and no time in 1970. */
function secondsLeft(value: number, nowSeconds: number): number {
  return value < 31 * 24 * 3600 ? value : Math.max(0, Math.round(value - nowSeconds));
}

/**
 * The remaining share of a bucket, 0 to 100.
 *
 * Trap: undefined for a concurrency limit, which has no share, and for `remaining: 0` on an authentication bucket. Okta
 * allows bursts there and keeps answering, so without a 429 it is not 0 % headroom.
 * https://developer.okta.com/docs/reference/rl2-burst/
 */
export function headroomPercent({ limit, remaining }: RateLimit, bucket: string | undefined): number | undefined {
  if (limit === 0) return undefined;
  if (remaining === 0 && bucket?.startsWith('/oauth2/')) return undefined;
  return Math.min(100, (remaining / limit) * 100);
}

/**
 * Whose limit the headers describe. Okta does not say so, but where client-based limits are enforced, /authorize shows
 * the client's own 60 per minute. A limit of 0 means too many concurrent requests.
 */
export function limitOwner(rateLimit: RateLimit, bucket: string | undefined): 'org' | 'client' | 'concurrency' {
  if (rateLimit.limit === 0) return 'concurrency';
  return rateLimit.limit <= 60 && bucket?.endsWith('/authorize') ? 'client' : 'org';
}

function share({ limit, remaining }: { limit: number; remaining: number }): number {
  return limit > 0 ? remaining / limit : 0;
}

function integers(value: string | null): number[] {
  return (value ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => /^\d{1,15}$/.test(part))
    .map(Number);
}
