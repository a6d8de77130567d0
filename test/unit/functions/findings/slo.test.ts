import { describe, expect, it } from 'vitest';
import {
  budgetUse,
  burnRateOf,
  burnRates,
  burnWindows,
  findingMinutes,
  minuteState,
  paces,
  unionOf,
} from '../../../../functions/findings/slo.ts';
import { budgetMinutes, type Slo } from '../../../../functions/model/slo.ts';

describe('a minute', () => {
  it.each([
    ['good without a finding', { okta: 0, network: 0 }, 'good'],
    ['good with a ticket', { okta: 1, network: 0 }, 'good'],
    ['bad with a page finding of Okta', { okta: 2, network: 0 }, 'bad'],
    ['bad with a page finding of Okta, whatever else there is', { okta: 2, network: 2 }, 'bad'],
    ['not seen while the network fails', { okta: 0, network: 2 }, 'unseen'],
    ['not seen while the monitor fails', { okta: 0, monitor: 2 }, 'unseen'],
    ['good while credentials are refused: Okta answered', { okta: 0, credentials: 2 }, 'good'],
    ['unknown without any point', {}, 'unknown'],
  ] as const)('is %s', (_, levels, state) => {
    expect(minuteState(levels, ['okta'])).toBe(state);
  });

  it('is bad for the network only if the network counts', () => {
    expect(minuteState({ okta: 0, network: 2 }, ['okta', 'network'])).toBe('bad');
  });
});

describe('of a slot with several runs', () => {
  const slot = { slotMinutes: 5, intervalMinutes: 1 };

  it('one minute was bad at least, and no more than the sum of the severities allows', () => {
    expect(findingMinutes('page', { ...slot, maximum: 2, sum: 2 })).toEqual({ least: 1, most: 1 });
    expect(findingMinutes('page', { ...slot, maximum: 2, sum: 7 })).toEqual({ least: 1, most: 3 });
    expect(findingMinutes('page', { ...slot, maximum: 2, sum: 40 })).toEqual({ least: 1, most: 5 });
  });

  it('none was bad if the greatest severity is a ticket', () => {
    expect(findingMinutes('page', { ...slot, maximum: 1, sum: 5 })).toBeUndefined();
    expect(findingMinutes('ticket', { ...slot, maximum: 1, sum: 3 })).toEqual({ least: 1, most: 3 });
  });

  it('bad minutes of two domains may be the same ones', () => {
    expect(
      unionOf(
        [
          { least: 1, most: 2 },
          { least: 2, most: 4 },
        ],
        5,
      ),
    ).toEqual({ least: 2, most: 5 });
  });
});

it('more may be used than the budget has', () => {
  expect(budgetUse({ objectivePercent: 99 }, 1_000, { least: 5, most: 20 })).toEqual({
    ...{ minutes: 10, used: { least: 5, most: 20 } },
    leftPercent: { least: -100, most: 50 },
  });
});

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
