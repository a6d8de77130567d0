import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mean, median, quantile, slope, spreadOf } from '../../bench/statistics.ts';

describe('statistics of a bench', () => {
  it('a spread is the median, the value that nineteen of twenty are not above, and the largest', () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(spreadOf(values)).toEqual({ median: 51, p95: 96, max: 100 });
  });

  it('a quantile is one of the values, and none is above the largest', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true }), { minLength: 1 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, part) => {
          const found = quantile(values, part);
          expect(values).toContain(found);
          expect(values.some((value) => value > quantile(values, 1))).toBe(false);
        },
      ),
    );
  });

  it('nothing is known of no values', () => {
    expect([median([]), mean([])]).toEqual([Number.NaN, Number.NaN]);
  });

  it('the slope of a line is its slope, wherever it begins', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1_000, max: 1_000 }),
        fc.integer({ min: -1_000, max: 1_000 }),
        fc.integer({ min: 2, max: 60 }),
        (start, rise, length) => {
          const values = Array.from({ length }, (_, index) => start + rise * index);
          expect(slope(values)).toBeCloseTo(rise, 6);
        },
      ),
    );
  });

  it('one value has no slope', () => {
    expect(slope([7])).toBe(0);
  });
});
