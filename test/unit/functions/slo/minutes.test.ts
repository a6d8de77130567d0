import { describe, expect, it } from 'vitest';
import { budgetUse, findingMinutes, minuteState, unionOf } from '../../../../functions/slo/minutes.ts';

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
