import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Alarm,
  type alarmStates,
  type CompositeAlarm,
  missingDataTreatments,
} from '../../../../../local/emulators/cloudwatch/alarm-definition.ts';
import { type AlarmAction, AlarmEngine } from '../../../../../local/emulators/cloudwatch/alarm-engine.ts';
import { parseRule } from '../../../../../local/emulators/cloudwatch/composite-rule.ts';
import { MetricStore } from '../../../../../local/emulators/cloudwatch/metric-store.ts';
import { type MuteRule, parseSchedule } from '../../../../../local/emulators/cloudwatch/mute-rule.ts';
import { identity, minuteMs, sampleAlarm } from '../../../../support/sample-alarm.ts';

const noon = Date.UTC(2026, 10, 21, 12);

/** An alarm that follows each point at once. */
const failing = sampleAlarm({ evaluationPeriods: 1, datapointsToAlarm: 1 });

const everywhere = { OK: ['Pages'], ALARM: ['Pages'], INSUFFICIENT_DATA: ['Pages'] };

function compositeOf(name: string, rule: string, changes: Partial<CompositeAlarm> = {}): CompositeAlarm {
  return { kind: 'composite', logicalId: name, name, rule: parseRule(rule), actions: everywhere, ...changes };
}

function muteFor(minutes: number, at = '2026-11-21T12:02', alarms = ['failing']): MuteRule {
  const schedule = parseSchedule(`at(${at})`, 'UTC');
  return { logicalId: 'Quiet', name: 'quiet', alarms, schedule, timeZone: 'UTC', durationMs: minutes * minuteMs };
}

const told = (actions: readonly AlarmAction[]) =>
  actions.map(({ alarm, from, to, at }) => `${(at - noon) / minuteMs} ${alarm.name} ${from} > ${to}`);

/** What is said while points come in, one a minute and each evaluated when its minute is over. */
function run(alarms: readonly Alarm[], points: string, muteRules: readonly MuteRule[] = []): readonly AlarmAction[] {
  const engine = new AlarmEngine({ alarms, muteRules, refused: [] });
  const store = new MetricStore();
  return points.split(' ').flatMap((point, minute) => {
    if (point !== '-') store.add({ identity, value: point === 'X' ? 1 : 0, timestamp: noon + minute * minuteMs });
    return engine.tick(noon + (minute + 1) * minuteMs, store);
  });
}

describe('an engine', () => {
  it('acts on each change once, and tells the topics of the new state', () => {
    const actions = { OK: ['Tickets'], ALARM: ['Pages', 'Tickets'], INSUFFICIENT_DATA: [] };
    const said = run([{ ...failing, actions }], '0 0 X X 0');
    expect(said.map(({ at, topic, from, to }) => [(at - noon) / minuteMs, topic, from, to])).toEqual([
      [1, 'Tickets', 'INSUFFICIENT_DATA', 'OK'],
      [3, 'Pages', 'OK', 'ALARM'],
      [3, 'Tickets', 'OK', 'ALARM'],
      [5, 'Tickets', 'ALARM', 'OK'],
    ]);
    expect(said[1]?.reason).toBe('1 of 1 points > 0 (1), until 2026-11-21T12:03:00.000Z');
  });

  it('goes by a point that comes late when it evaluates the next time', () => {
    const engine = new AlarmEngine({
      alarms: [{ ...failing, evaluationPeriods: 2, datapointsToAlarm: 2 }],
      muteRules: [],
      refused: [],
    });
    const store = new MetricStore();
    const point = (minute: number, value: number) =>
      store.add({ identity, value, timestamp: noon + minute * minuteMs });
    for (const minute of [-2, -1, 0]) point(minute, 0);
    engine.tick(noon + minuteMs, store);
    point(2, 1);
    expect(told(engine.tick(noon + 3 * minuteMs, store))).toEqual([]);
    point(1, 1);
    expect(told(engine.tick(noon + 3 * minuteMs + 10_000, store))).toEqual(['3.1666666666666665 failing OK > ALARM']);
    expect(engine.alarmState('failing').state).toBe('ALARM');
  });

  it('refuses a template that was not read whole, and a name that is not there', () => {
    const refused = [{ logicalId: 'Odd', reason: 'it is odd' }];
    expect(() => new AlarmEngine({ alarms: [], muteRules: [], refused })).toThrow('Odd: it is odd');
    expect(() => new AlarmEngine({ alarms: [], muteRules: [], refused: [] }).alarmState('nobody')).toThrow(
      'no alarm is called nobody',
    );
  });
});

describe('a composite alarm', () => {
  const quiet = { OK: [], ALARM: [], INSUFFICIENT_DATA: [] };
  const child = { ...failing, actions: quiet };

  it('follows its children in the same tick, in whatever order they stand', () => {
    const outer = compositeOf('outer', 'NOT OK(inner)');
    const inner = compositeOf('inner', 'ALARM(failing)');
    expect(told(run([outer, inner, child], '0 X 0'))).toEqual([
      '1 inner INSUFFICIENT_DATA > OK',
      '1 outer INSUFFICIENT_DATA > OK',
      '2 inner OK > ALARM',
      '2 outer OK > ALARM',
      '3 inner ALARM > OK',
      '3 outer ALARM > OK',
    ]);
  });

  it('acts late, or not at all, by its suppressor', () => {
    const suppressor = { alarm: 'maintenance', waitMs: minuteMs, extensionMs: 2 * minuteMs };
    const some = (maintenance: string) => [
      child,
      compositeOf('maintenance', maintenance, { actions: quiet }),
      compositeOf('any', 'ALARM(failing)', { suppressor }),
    ];
    expect(told(run(some('FALSE'), '0 0 X X'))).toEqual(['2 any INSUFFICIENT_DATA > OK', '4 any OK > ALARM']);
    expect(told(run(some('ALARM(failing)'), '0 0 X X 0 0'))).toEqual([
      '2 any INSUFFICIENT_DATA > OK',
      '6 any ALARM > OK',
    ]);
    expect(told(run(some('TRUE'), '0 X 0 X'))).toEqual([]);
  });
});

describe('a muted alarm', () => {
  it.each<[string, string, MuteRule, readonly string[]]>([
    ['says nothing of an alarm that came and went', '0 X 0 0 0', muteFor(3), []],
    ['acts when the window ends and it is still in ALARM', '0 X X X X', muteFor(3), ['5 failing OK > ALARM']],
    ['says that it is over when it was in ALARM before', 'X 0 0 0 0', muteFor(3), ['5 failing ALARM > OK']],
    ['is an alarm that is named', '0 X 0', muteFor(9, undefined, []), ['2 failing OK > ALARM', '3 failing ALARM > OK']],
    ['acts on what changes as the window ends', '0 X X X 0', muteFor(3), []],
  ])('%s', (_, points, rule, expected) => {
    const [first, ...said] = told(run([failing], points, [rule]));
    expect(first).toMatch(/^1 failing INSUFFICIENT_DATA > /);
    expect(said).toEqual(expected);
  });

  it('goes on changing its state', () => {
    const engine = new AlarmEngine({ alarms: [failing], muteRules: [muteFor(60, '2026-11-21T12:00')], refused: [] });
    const store = new MetricStore();
    store.add({ identity, value: 1, timestamp: noon });
    expect(engine.tick(noon + minuteMs, store)).toEqual([]);
    expect(engine.alarmState('failing').state).toBe('ALARM');
  });

  it('does not act on what was muted when its suppressor is waited for on account of a later change', () => {
    const quiet = { OK: [], ALARM: [], INSUFFICIENT_DATA: [] };
    const never = compositeOf('never', 'FALSE', { actions: quiet });
    const suppressor = { alarm: 'never', waitMs: minuteMs, extensionMs: minuteMs };
    const any = compositeOf('any', 'ALARM(failing)', { suppressor });
    const rule = muteFor(2, '2026-11-21T12:03', ['any']);
    const alarms = [{ ...failing, actions: quiet }, never, any];
    expect(told(run(alarms, '0 0 X X 0 0 0', [rule]))).toEqual(['2 any INSUFFICIENT_DATA > OK']);
    expect(told(run(alarms, '0 0 X X X 0 0', [rule]))).toEqual([
      '2 any INSUFFICIENT_DATA > OK',
      '5 any OK > ALARM',
      '7 any ALARM > OK',
    ]);
  });

  it('stays muted until the last of several rules ends', () => {
    const rules = [muteFor(2), muteFor(4)];
    expect(told(run([failing], '0 X X X X X', rules))).toEqual([
      '1 failing INSUFFICIENT_DATA > OK',
      '6 failing OK > ALARM',
    ]);
  });
});

describe('whatever the points', () => {
  const courses = fc
    .array(fc.constantFrom('0', 'X', '-'), { minLength: 1, maxLength: 30 })
    .map((points) => points.join(' '));
  const alarms = fc
    .record({
      n: fc.integer({ min: 1, max: 4 }),
      m: fc.nat(),
      treatMissingData: fc.constantFrom(...missingDataTreatments),
    })
    .map(({ n, m, treatMissingData }) =>
      sampleAlarm({ evaluationPeriods: n, datapointsToAlarm: 1 + (m % n), treatMissingData }),
    );

  it('never acts without a change, and each change goes on from the one before', () => {
    const windows = fc.option(
      fc.integer({ min: 1, max: 20 }).map((minutes) => muteFor(minutes)),
      { nil: undefined },
    );
    fc.assert(
      fc.property(alarms, courses, windows, (alarm, points, rule) => {
        let state: (typeof alarmStates)[number] = 'INSUFFICIENT_DATA';
        for (const { from, to } of run([alarm], points, rule ? [rule] : [])) {
          expect(from).toBe(state);
          expect(to).not.toBe(from);
          state = to;
        }
      }),
    );
  });

  it('says nothing while muted', () => {
    fc.assert(
      fc.property(alarms, courses, fc.integer({ min: 1, max: 20 }), (alarm, points, minutes) => {
        for (const { at } of run([alarm], points, [muteFor(minutes)])) {
          expect(at < noon + 2 * minuteMs || at >= noon + (2 + minutes) * minuteMs).toBe(true);
        }
      }),
    );
  });

  it('says nothing the second time that it is asked about the same time', () => {
    fc.assert(
      fc.property(alarms, courses, (alarm, points) => {
        const engine = new AlarmEngine({ alarms: [alarm], muteRules: [], refused: [] });
        const store = new MetricStore();
        points.split(' ').forEach((point, minute) => {
          if (point !== '-') store.add({ identity, value: point === 'X' ? 1 : 0, timestamp: noon + minute * minuteMs });
        });
        engine.tick(noon + 20 * minuteMs, store);
        expect(engine.tick(noon + 20 * minuteMs, store)).toEqual([]);
      }),
    );
  });
});
