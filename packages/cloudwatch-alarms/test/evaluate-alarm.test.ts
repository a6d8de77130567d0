import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  type AlarmState,
  alarmStates,
  type Comparison,
  evaluateAlarm,
  evaluationRange,
  type MissingData,
  missingDataTreatments,
  type Series,
} from '../src/index.ts';
import { sampleAlarm } from './sample-alarm.ts';

const now = Date.UTC(2026, 10, 21, 12);

/** Points in the notation of the documentation: 0 does not breach, X breaches, - is missing. The newest is last. */
const parsePoints = (points: string): Series =>
  points.split(' ').map((point) => ({ '0': 0, X: 1, '-': undefined })[point as '0' | 'X' | '-']);

const stateOf = (m: number, points: Series, treatMissingData: MissingData, previous: AlarmState, n = 3) =>
  evaluateAlarm(sampleAlarm({ evaluationPeriods: n, datapointsToAlarm: m, treatMissingData }), points, previous, now)
    .state;

const insufficient = 'INSUFFICIENT_DATA';

/** The states by treatment of missing data. */
type Row = readonly [points: string, missing: string, ignore: string, breaching: string, notBreaching: string];

const tables: Readonly<Record<string, { readonly m: number; readonly rows: readonly Row[] }>> = {
  'three of three, as documented': {
    m: 3,
    rows: [
      ['0 - X - X', 'OK', 'OK', 'OK', 'OK'],
      ['0 - - - -', 'OK', 'OK', 'OK', 'OK'],
      ['- - - - -', insufficient, 'retained', 'ALARM', 'OK'],
      ['0 X X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
      ['- - X - -', 'ALARM', 'retained', 'ALARM', 'OK'],
    ],
  },
  'two of three, as documented': {
    m: 2,
    rows: [
      ['0 - X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
      ['0 0 X 0 X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
      ['0 - X - -', 'OK', 'OK', 'ALARM', 'OK'],
      ['- - - - 0', 'OK', 'OK', 'ALARM', 'OK'],
      ['- - - X -', 'ALARM', 'retained', 'ALARM', 'OK'],
    ],
  },
  'three of three, as documented in earlier editions': {
    m: 3,
    rows: [
      ['- - - - X', insufficient, 'retained', 'ALARM', 'OK'],
      ['X - - - -', 'ALARM', 'retained', 'ALARM', 'OK'],
    ],
  },
  'two of three, as documented in earlier editions': {
    m: 2,
    rows: [['- - - - X', insufficient, 'retained', 'ALARM', 'OK']],
  },
  'three of three, according to the text on premature transitions': {
    m: 3,
    rows: [
      ['- - - X -', insufficient, 'retained', 'ALARM', 'OK'],
      ['- - - X 0', 'OK', 'OK', 'OK', 'OK'],
      ['- - X - 0', 'OK', 'OK', 'OK', 'OK'],
      ['- - X X -', 'ALARM', 'retained', 'ALARM', 'OK'],
    ],
  },
};

describe.each(Object.entries(tables))('for the examples of %s', (_, { m, rows }) => {
  const cases = rows.flatMap(([points, ...states]) =>
    missingDataTreatments.map((treatment) => {
      const column = ['missing', 'ignore', 'breaching', 'notBreaching'].indexOf(treatment);
      return { points, treatment, state: states[column] ?? '' };
    }),
  );
  test.each(cases)(
    'the points $points give $state if missing data is treated as $treatment',
    ({ points, treatment, state }) => {
      for (const previous of alarmStates) {
        expect(stateOf(m, parsePoints(points), treatment, previous)).toBe(state === 'retained' ? previous : state);
      }
    },
  );
});

test('a heartbeat alarm of three of three fires only when the whole range of five points is empty', () => {
  const silence = ['0 0 0 0 -', '0 0 0 - -', '0 0 - - -', '0 - - - -', '- - - - -'];
  expect(silence.map((points) => stateOf(3, parsePoints(points), 'breaching', 'OK'))).toEqual([
    'OK',
    'OK',
    'OK',
    'OK',
    'ALARM',
  ]);
});

test.each<[Comparison, readonly [below: string, at: string, above: string]]>([
  ['GreaterThanOrEqualToThreshold', ['OK', 'ALARM', 'ALARM']],
  ['GreaterThanThreshold', ['OK', 'OK', 'ALARM']],
  ['LessThanThreshold', ['ALARM', 'OK', 'OK']],
  ['LessThanOrEqualToThreshold', ['ALARM', 'ALARM', 'OK']],
])('%s compares values below, at and above the threshold', (comparison, states) => {
  const alarm = sampleAlarm({ comparison, threshold: 20, evaluationPeriods: 1, datapointsToAlarm: 1 });
  expect([19, 20, 21].map((value) => evaluateAlarm(alarm, [value], 'OK', now).state)).toEqual(states);
});

test('the reason names the values, the number of missing points and the end time', () => {
  const alarm = sampleAlarm({ datapointsToAlarm: 2, treatMissingData: 'breaching' });
  expect(evaluateAlarm(alarm, parsePoints('- - 0 X -'), 'OK', now + 1).reason).toBe(
    '1 of 2 points > 0 (0, 1), 1 missing and treated as breaching, until 2026-11-21T12:00:00.000Z',
  );
});

describe('for all points', () => {
  const setting = fc.integer({ min: 1, max: 6 }).chain((n) =>
    fc.record({
      n: fc.constant(n),
      m: fc.integer({ min: 1, max: n }),
      treatment: fc.constantFrom(...missingDataTreatments),
      previous: fc.constantFrom(...alarmStates),
      points: fc.array(fc.constantFrom(0, 1, undefined), {
        minLength: evaluationRange(n),
        maxLength: evaluationRange(n),
      }),
    }),
  );

  it('another breaching point never ends ALARM', () => {
    fc.assert(
      fc.property(setting, fc.nat(), ({ n, m, treatment, previous, points }, which) => {
        const before = stateOf(m, points, treatment, previous, n);
        const after = stateOf(m, points.with(which % points.length, 1), treatment, previous, n);
        if (before === 'ALARM') expect(after).toBe('ALARM');
      }),
    );
  });

  it('a lower M never ends ALARM', () => {
    fc.assert(
      fc.property(setting, ({ n, m, treatment, previous, points }) => {
        if (stateOf(m, points, treatment, previous, n) === 'ALARM' && m > 1) {
          expect(stateOf(m - 1, points, treatment, previous, n)).toBe('ALARM');
        }
      }),
    );
  });

  it('an alarm without data keeps its state if missing data is ignored', () => {
    fc.assert(
      fc.property(setting, ({ n, m, previous, points }) => {
        expect(
          stateOf(
            m,
            points.map(() => undefined),
            'ignore',
            previous,
            n,
          ),
        ).toBe(previous);
      }),
    );
  });

  it('an alarm goes to INSUFFICIENT_DATA only if data is missing and treated as missing', () => {
    fc.assert(
      fc.property(setting, ({ n, m, treatment, points }) => {
        if (stateOf(m, points, treatment, 'OK', n) !== insufficient) return;
        expect(treatment).toBe('missing');
        expect(points.filter((point) => point !== undefined).length).toBeLessThan(n);
      }),
    );
  });

  it('the previous state and the treatment of missing data have no effect if N points exist', () => {
    fc.assert(
      fc.property(setting, ({ n, m, treatment, previous, points }) => {
        const real = points.filter((point) => point !== undefined);
        if (real.length < n) return;
        const breaching = real.slice(-n).filter((point) => point > 0).length;
        expect(stateOf(m, points, treatment, previous, n)).toBe(breaching >= m ? 'ALARM' : 'OK');
      }),
    );
  });
});
