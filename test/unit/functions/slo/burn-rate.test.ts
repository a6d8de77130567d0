import { describe, expect, it } from 'vitest';
import { budgetMinutes, type Slo } from '../../../../functions/model/slo.ts';
import { burnRateOf, burnRates, burnWindows, paces } from '../../../../functions/slo/burn-rate.ts';

const sloOf = (objectivePercent: number, windowDays = 30): Slo => ({ objectivePercent, windowDays, domains: ['okta'] });

it.each([
  [99.5, 30, 216],
  [99.9, 30, 43.2],
  [99.9, 28, 40.32],
  [99.99, 30, 4.32],
])('%d %% leave an error budget of %d days × 1440 that is %d minutes', (objectivePercent, days, minutes) => {
  expect(budgetMinutes({ objectivePercent }, days * 1_440)).toBe(minutes);
});

it.each([
  [30, 14.4, 3],
  [28, 13.44, 2.8],
])('in %d days, the fast pace is %d times what the objective allows, and the slow one %d times', (days, fast, slow) => {
  expect(burnRateOf('fast', { windowDays: days })).toBeCloseTo(fast);
  expect(burnRateOf('slow', { windowDays: days })).toBeCloseTo(slow);
});

describe('the windows of a burn-rate alarm', () => {
  it('need as many bad runs as use up the share of the budget', () => {
    // 2 % of 216 minutes are 4.3; 10 % are 21.6.
    expect(burnWindows('fast', sloOf(99.5), 1)).toEqual({ long: { runs: 60, bad: 5 }, short: { runs: 5, bad: 1 } });
    expect(burnWindows('slow', sloOf(99.5), 1)).toEqual({
      long: { runs: 1_440, bad: 22 },
      short: { runs: 120, bad: 2 },
    });
  });

  it('count runs, however long the time between them is', () => {
    expect(burnWindows('slow', sloOf(99), 5)).toEqual({ long: { runs: 288, bad: 9 }, short: { runs: 24, bad: 1 } });
  });

  it('never fire for a single bad run', () => {
    for (const pace of paces) expect(burnWindows(pace, sloOf(99.99), 1).long.bad).toBe(2);
  });

  it.each(paces)(
    'of the pace %s can be reached by every objective that the configuration allows, and fit into a day',
    (pace) => {
      for (const objective of [95, 99, 99.9, 99.99]) {
        for (const interval of [1, 2, 3, 4, 5]) {
          for (const { runs, bad } of Object.values(burnWindows(pace, sloOf(objective), interval))) {
            expect(bad).toBeLessThanOrEqual(runs);
            expect(runs * interval).toBeLessThanOrEqual(1_440);
          }
        }
      }
    },
  );

  it('the short one is a twelfth of the long one', () => {
    for (const { longMinutes, shortMinutes } of Object.values(burnRates)) expect(longMinutes / shortMinutes).toBe(12);
  });
});
