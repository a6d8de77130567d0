import type { RateLimit } from '../model/exchange.ts';

/**
 * Parses Okta's rate-limit headers. Undefined if there are none, or none that are valid.
 *
 * Trap: an endpoint with two limits repeats each header, and HTTP clients join the values to "600, 60". The tighter
 * pair is used. A limit of 0 is a concurrency limit, so do not divide by it. The reset is an epoch second on Okta's
 * clock, so it is compared with the response's own `Date`, and may be in the past.
 * https://developer.okta.com/docs/reference/rl-best-practices/
 */
export function parseRateLimit(headers: Headers, now: number): RateLimit | undefined {
  const limits = integers(headers.get('x-rate-limit-limit'));
  const remainings = integers(headers.get('x-rate-limit-remaining'));
  const resets = integers(headers.get('x-rate-limit-reset'));
  const pairs = limits.flatMap((limit, index) => {
    const remaining = remainings[index];
    return remaining === undefined ? [] : [{ limit, remaining, reset: resets[index] ?? resets[0] }];
  });
  const tightest = pairs.sort((a, b) => share(a) - share(b))[0];
  if (!tightest) return undefined;
  const date = Date.parse(headers.get('date') ?? '');
  const nowSeconds = (Number.isNaN(date) ? now : date) / 1000;
  return {
    limit: tightest.limit,
    remaining: tightest.remaining,
    secondsToReset: tightest.reset === undefined ? 0 : Math.max(0, Math.round(tightest.reset - nowSeconds)),
  };
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
