import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alarmPoints, MetricStore, type Statistic, statistics } from '../src/index.ts';
import { identity, minuteMs, sampleAlarm } from './sample-alarm.ts';

const noon = Date.UTC(2026, 10, 21, 12);

function storeOf(points: readonly (readonly [second: number, value: number])[], unit?: string): MetricStore {
  const store = new MetricStore();
  for (const [second, value] of points) {
    store.add({ identity, value, timestamp: noon + second * 1000, ...(unit && { unit }) });
  }
  return store;
}

const read = (store: MetricStore, stat: Statistic, minutes: number, periodMs = minuteMs) =>
  store.statistic(identity, stat, periodMs, { start: noon, end: noon + minutes * minuteMs });

describe('a stored metric', () => {
  const store = storeOf([
    [0, 4],
    [30, 2],
    [59.999, 3],
    [120, 7],
  ]);

  it.each<[Statistic, readonly (number | undefined)[]]>([
    ['Average', [3, undefined, 7]],
    ['Minimum', [2, undefined, 7]],
    ['Maximum', [4, undefined, 7]],
    ['Sum', [9, undefined, 7]],
    ['SampleCount', [3, undefined, 1]],
  ])('returns the %s of each period, and undefined for periods without samples', (stat, expected) => {
    expect(read(store, stat, 3)).toEqual(expected);
  });

  it('rounds the start of the window down to a minute', () => {
    const window = { start: noon + 12_345, end: noon + 3 * minuteMs };
    expect(store.statistic(identity, 'Maximum', minuteMs, window)).toEqual([4, undefined, 7]);
  });

  it('starts periods at the start of the window, not at the hour', () => {
    const window = { start: noon - 2 * minuteMs, end: noon + 8 * minuteMs };
    expect(store.statistic(identity, 'Sum', 5 * minuteMs, window)).toEqual([16, undefined]);
  });

  it('finds a metric by its name and all of its dimensions, in any order', () => {
    const both = { ...identity, dimensions: { A: '1', B: '2' } };
    const several = new MetricStore();
    several.add({ identity: both, value: 1, timestamp: noon });
    const found = (dimensions: Record<string, string>, name = identity.name) =>
      several.statistic({ ...both, name, dimensions }, 'Sum', minuteMs, { start: noon, end: noon + 1 });
    expect(found({ B: '2', A: '1' })).toEqual([1]);
    expect(found({ A: '1' })).toEqual([undefined]);
    expect(found({ A: '1', B: '2' }, 'Other')).toEqual([undefined]);
  });

  it('finds no points with another unit', () => {
    const inSeconds = storeOf([[0, 1]], 'Seconds');
    const window = { start: noon, end: noon + minuteMs };
    const units = ['Seconds', 'Count', undefined];
    expect(units.map((unit) => inSeconds.statistic(identity, 'Sum', minuteMs, window, unit))).toEqual([
      [1],
      [undefined],
      [1],
    ]);
  });

  it('rejects a value that is not a number', () => {
    expect(() => storeOf([[0, Number.NaN]])).toThrow('CloudWatch rejects the value NaN of Failures');
  });

  it('returns the same statistics in whatever order points arrive', () => {
    const points = fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 600 }), fc.integer()), { selector: ([at]) => at });
    const shuffled = points.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length })),
    );
    fc.assert(
      fc.property(shuffled, fc.constantFrom(...statistics), ([inOrder, late], stat) => {
        expect(read(storeOf(late), stat, 10)).toEqual(read(storeOf(inOrder), stat, 10));
      }),
    );
  });
});

describe('the evaluation range of an alarm', () => {
  it('covers N + 2 complete minutes for an alarm of N periods', () => {
    const store = storeOf([
      [-300, 9],
      [-240, 1],
      [-1, 5],
      [0, 6],
      [30, 7],
    ]);
    const alarm = sampleAlarm({ evaluationPeriods: 2 });
    expect(alarmPoints(alarm, store, noon + 59_999)).toEqual([1, undefined, undefined, 5]);
    expect(alarmPoints(alarm, store, noon + minuteMs)).toEqual([undefined, undefined, 5, 7]);
  });

  it('moves the window by a minute if the period is longer', () => {
    const store = storeOf([[0, 1]]);
    const alarm = sampleAlarm({ evaluationPeriods: 1, periodMs: 5 * minuteMs });
    const at = (minute: number) => alarmPoints(alarm, store, noon + minute * minuteMs);
    expect([1, 5, 6, 10, 11, 16].map(at)).toEqual([
      [undefined, undefined, 1],
      [undefined, undefined, 1],
      [undefined, 1, undefined],
      [undefined, 1, undefined],
      [1, undefined, undefined],
      [undefined, undefined, undefined],
    ]);
  });
});
