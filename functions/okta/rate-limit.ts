import type { RateLimit } from '../model/exchange.ts';

/**
 * Reads Okta's rate-limit headers, or undefined where there are none that make sense.
 *
 * Trap: an endpoint under two limits repeats each header, and a client joins them to "600, 60": the tighter pair
 * counts. A limit of 0 is a concurrency limit and no denominator. The reset is an epoch second by Okta's clock, so it
 * is measured against the answer's own `Date`, and may lie in the past.
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
 * What is left of a bucket, 0 to 100.
 *
 * Trap: undefined for a concurrency limit, which has no share; and for nothing left of a bucket that may burst, where
 * Okta goes on answering. Without a 429 it tells nothing.
 * https://developer.okta.com/docs/reference/rl2-burst/
 */
export function headroomPercent({ limit, remaining }: RateLimit, bucket: string | undefined): number | undefined {
  if (limit === 0) return undefined;
  if (remaining === 0 && bucket?.startsWith('/oauth2/')) return undefined;
  return Math.min(100, (remaining / limit) * 100);
}

/**
 * Whose limit an answer tells of. Okta does not say; the number on /authorize is the client's own 60 a minute where
 * client-based limits are enforced, and 0 means too many requests at once.
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
