import { describe, expect, it } from 'vitest';
import { assumed, minutesPerMonth, prices } from '../../../lib/cost/prices.ts';
import { dollarsAMonth } from '../../bench/price.ts';

const requests = minutesPerMonth * prices.lambdaRequest;

describe('the price of a month', () => {
  it('is that of the duration at the size, and of the invocations', () => {
    const dollars = dollarsAMonth({ memoryMb: 1_024, warmMs: 100, coldMs: 100 });
    expect(dollars).toBeCloseTo(minutesPerMonth * 0.1 * prices.lambdaGigabyteSecond + requests, 9);
  });

  it('has half the compute at half the size', () => {
    const durations = { warmMs: 100, coldMs: 900 };
    const [whole, half] = [1_024, 512].map((memoryMb) => dollarsAMonth({ memoryMb, ...durations }) - requests);
    expect(half).toBeCloseTo((whole ?? 0) / 2, 9);
  });

  it('has the cold starts of each hour, which are billed from the loading on', () => {
    const [without, more] = [100, 1_100].map((coldMs) => dollarsAMonth({ memoryMb: 1_024, warmMs: 100, coldMs }));
    expect((more ?? 0) - (without ?? 0)).toBeCloseTo(assumed.coldStartsPerMonth * prices.lambdaGigabyteSecond, 9);
  });

  it('counts each millisecond that has begun', () => {
    const price = (warmMs: number) => dollarsAMonth({ memoryMb: 512, warmMs, coldMs: 1 });
    expect(price(49.2)).toBe(price(50));
  });
});
