import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headroomPercent, limitOwner, parseRateLimit } from '../../../../functions/okta/rate-limit.ts';

const date = 'Sat, 21 Nov 2026 12:00:00 GMT';
const nowSeconds = Date.parse(date) / 1000;
const read = (limit: string, remaining: string, reset: string) =>
  parseRateLimit(
    new Headers({
      date,
      'x-rate-limit-limit': limit,
      'x-rate-limit-remaining': remaining,
      'x-rate-limit-reset': reset,
    }),
    0,
  );

describe('rate-limit headers', () => {
  it('reads the limit, the remaining requests and the seconds to the reset by the response’s own clock', () => {
    expect(read('600', '599', String(nowSeconds + 42))).toEqual({ limit: 600, remaining: 599, secondsToReset: 42 });
  });

  it('uses the tighter of two limits in one header', () => {
    expect(read('600, 60', '590, 6', `${nowSeconds + 10}, ${nowSeconds + 20}`)).toEqual({
      limit: 60,
      remaining: 6,
      secondsToReset: 20,
    });
  });

  it('returns 0 seconds for a reset in the past', () => {
    expect(read('600', '1', String(nowSeconds - 300))?.secondsToReset).toBe(0);
  });

  it('reads a reset in milliseconds, as a date and as the seconds that are left', () => {
    for (const reset of [String((nowSeconds + 42) * 1000), new Date((nowSeconds + 42) * 1000).toUTCString(), '42'])
      expect(read('600', '599', reset)?.secondsToReset, reset).toBe(42);
  });

  it('ignores limits that are impossible', () => {
    expect(read('600', '601', '1')).toBeUndefined();
    expect(read('-600', '1', '1')).toBeUndefined();
  });

  it('ignores rate-limit headers that are missing or not numbers', () => {
    expect(parseRateLimit(new Headers(), 0)).toBeUndefined();
    expect(read('many', '-1', 'soon')).toBeUndefined();
  });

  it('returns no headroom for a limit of 0, which is a concurrency limit', () => {
    const concurrency = { limit: 0, remaining: 0, secondsToReset: 1 };
    expect(headroomPercent(concurrency, '/oauth2/v1/token')).toBeUndefined();
    expect(limitOwner(concurrency, '/oauth2/v1/token')).toBe('concurrency');
  });

  it('returns no headroom for remaining=0 on a bucket that allows bursts', () => {
    const exhausted = { limit: 2000, remaining: 0, secondsToReset: 9 };
    expect(headroomPercent(exhausted, '/oauth2/v1/token')).toBeUndefined();
    expect(headroomPercent(exhausted, '/api/v1/users')).toBe(0);
  });

  it('attributes a limit of 60 on /authorize to the client, and other limits to the org', () => {
    expect(limitOwner({ limit: 60, remaining: 3, secondsToReset: 1 }, '/oauth2/v1/authorize')).toBe('client');
    expect(limitOwner({ limit: 2000, remaining: 3, secondsToReset: 1 }, '/oauth2/v1/authorize')).toBe('org');
    expect(limitOwner({ limit: 20, remaining: 3, secondsToReset: 1 }, '/api/v1/logs')).toBe('org');
  });

  it('never returns headroom outside 0 to 100, whatever the headers contain', () => {
    const value = fc.oneof(
      fc.string(),
      fc.nat().map(String),
      fc.array(fc.nat()).map((list) => list.join(', ')),
    );
    fc.assert(
      fc.property(value, value, value, (limit, remaining, reset) => {
        let rateLimit: ReturnType<typeof parseRateLimit>;
        try {
          rateLimit = read(limit, remaining, reset);
        } catch (error) {
          // `Headers` rejects some characters before the parser sees them.
          expect(error).toBeInstanceOf(TypeError);
          return;
        }
        if (!rateLimit) return;
        const share = headroomPercent(rateLimit, '/api/v1/users');
        expect(share === undefined || (share >= 0 && share <= 100)).toBe(true);
        expect(rateLimit.secondsToReset).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
