import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Alarm,
  type AlarmAction,
  AlarmEngine,
  type AlarmStatus,
  type alarmStates,
  type CompositeAlarm,
  MetricStore,
  type MuteRule,
  missingDataTreatments,
  parseRule,
  parseSchedule,
} from '../src/index.ts';
import { identity, minuteMs, sampleAlarm } from './sample-alarm.ts';

const noon = Date.UTC(2026, 10, 21, 12);

/** An alarm that follows each point immediately. */
const failing = sampleAlarm({ evaluationPeriods: 1, datapointsToAlarm: 1 });

const everywhere = { OK: ['Pages'], ALARM: ['Pages'], INSUFFICIENT_DATA: ['Pages'] };

function compositeOf(name: string, rule: string, changes: Partial<CompositeAlarm> = {}): CompositeAlarm {
  return { kind: 'composite', logicalId: name, name, rule: parseRule(rule), actions: everywhere, ...changes };
}

function muteFor(minutes: number, at = '2026-11-21T12:02', alarms = ['failing']): MuteRule {
  const schedule = parseSchedule(`at(${at})`, 'UTC');
  return { logicalId: 'Quiet', name: 'quiet', alarms, schedule, timeZone: 'UTC', durationMs: minutes * minuteMs };
}

const summaries = (actions: readonly AlarmAction[]) =>
  actions.map(({ alarm, from, to, at }) => `${(at - noon) / minuteMs} ${alarm.name} ${from} > ${to}`);

/** The actions for a series of points, one per minute, each evaluated at the end of its minute. */
function run(alarms: readonly Alarm[], points: string, muteRules: readonly MuteRule[] = []): readonly AlarmAction[] {
  const engine = new AlarmEngine({ alarms, muteRules, unsupported: [] }, noon);
  const store = new MetricStore();
  return points.split(' ').flatMap((point, minute) => {
    if (point !== '-') store.add({ identity, value: point === 'X' ? 1 : 0, timestamp: noon + minute * minuteMs });
    return engine.tick(noon + (minute + 1) * minuteMs, store);
  });
}

describe('the alarm engine', () => {
  it('sends each state change once, to the topics of the new state', () => {
    const actions = { OK: ['Tickets'], ALARM: ['Pages', 'Tickets'], INSUFFICIENT_DATA: [] };
    const acted = run([{ ...failing, actions }], '0 0 X X 0');
    expect(acted.map(({ at, topic, from, to }) => [(at - noon) / minuteMs, topic, from, to])).toEqual([
      [1, 'Tickets', 'INSUFFICIENT_DATA', 'OK'],
      [3, 'Pages', 'OK', 'ALARM'],
      [3, 'Tickets', 'OK', 'ALARM'],
      [5, 'Tickets', 'ALARM', 'OK'],
    ]);
    expect(acted[1]?.reason).toBe('1 of 1 points > 0 (1), until 2026-11-21T12:03:00.000Z');
  });

  it('uses a late point in the next evaluation', () => {
    const engine = new AlarmEngine({
      alarms: [{ ...failing, evaluationPeriods: 2, datapointsToAlarm: 2 }],
      muteRules: [],
      unsupported: [],
    });
    const store = new MetricStore();
    const point = (minute: number, value: number) =>
      store.add({ identity, value, timestamp: noon + minute * minuteMs });
    for (const minute of [-2, -1, 0]) point(minute, 0);
    engine.tick(noon + minuteMs, store);
    point(2, 1);
    expect(summaries(engine.tick(noon + 3 * minuteMs, store))).toEqual([]);
    point(1, 1);
    expect(summaries(engine.tick(noon + 3 * minuteMs + 10_000, store))).toEqual([
      '3.1666666666666665 failing OK > ALARM',
    ]);
    expect(engine.alarmState('failing').state).toBe('ALARM');
  });

  it('rejects templates with unsupported alarms, and unknown alarm names', () => {
    const unsupported = [{ logicalId: 'Odd', reason: 'RATE is not supported' }];
    expect(() => new AlarmEngine({ alarms: [], muteRules: [], unsupported })).toThrow('Odd: RATE is not supported');
    expect(() => new AlarmEngine({ alarms: [], muteRules: [], unsupported: [] }).alarmState('nobody')).toThrow(
      'no alarm is called nobody',
    );
  });
});

describe('a new alarm', () => {
  const heartbeat = sampleAlarm({
    ...{ evaluationPeriods: 1, datapointsToAlarm: 1, treatMissingData: 'breaching' },
    ...{ threshold: 0, comparison: 'LessThanThreshold' },
  });
  const warming = (minutes: number, lastsItsDuration = false): Alarm => ({
    ...heartbeat,
    warmUp: { durationMs: minutes * minuteMs, lastsItsDuration },
  });

  it('fires at once if it treats missing data as breaching and has no warm-up', () => {
    expect(summaries(run([heartbeat], '- - 0'))).toEqual([
      '1 failing INSUFFICIENT_DATA > ALARM',
      '3 failing ALARM > OK',
    ]);
  });

  it('does not act until its warm-up ends early, with the first point of the newest period', () => {
    expect(summaries(run([warming(10)], '- - 0 0 - - -'))).toEqual([
      '3 failing INSUFFICIENT_DATA > OK',
      '7 failing OK > ALARM',
    ]);
  });

  it('fires at the end of its warm-up if no point has come', () => {
    expect(summaries(run([warming(4)], '- - - - - -'))).toEqual(['4 failing INSUFFICIENT_DATA > ALARM']);
  });

  it('waits for the whole warm-up, points or not, if it is told to', () => {
    expect(summaries(run([warming(4, true)], '0 X X 0 0'))).toEqual(['4 failing INSUFFICIENT_DATA > OK']);
  });

  it('starts in a running engine without a change to the alarms that remain', () => {
    const engine = new AlarmEngine({ alarms: [failing], muteRules: [], unsupported: [] });
    const store = new MetricStore();
    store.add({ identity, value: 0, timestamp: noon });
    expect(summaries(engine.tick(noon + minuteMs, store))).toEqual(['1 failing INSUFFICIENT_DATA > OK']);
    const added = { ...warming(10), logicalId: 'Added', name: 'added' };
    engine.deploy({ alarms: [failing, added], muteRules: [], unsupported: [] }, noon + minuteMs);
    expect(engine.alarmState('added').state).toBe('INSUFFICIENT_DATA');
    store.add({ identity, value: 0, timestamp: noon + minuteMs });
    expect(summaries(engine.tick(noon + 2 * minuteMs, store))).toEqual(['2 added INSUFFICIENT_DATA > OK']);
  });

  it('judges the points that it already has by its new threshold when that changes', () => {
    const engine = new AlarmEngine({ alarms: [failing], muteRules: [], unsupported: [] });
    const store = new MetricStore();
    store.add({ identity, value: 0, timestamp: noon });
    engine.tick(noon + minuteMs, store);
    engine.deploy({ alarms: [{ ...failing, threshold: -1 }], muteRules: [], unsupported: [] }, noon + minuteMs);
    expect(summaries(engine.tick(noon + minuteMs, store))).toEqual(['1 failing OK > ALARM']);
  });

  it('is gone when its definition is', () => {
    const engine = new AlarmEngine({ alarms: [failing], muteRules: [], unsupported: [] });
    engine.deploy({ alarms: [], muteRules: [], unsupported: [] }, noon);
    expect(() => engine.alarmState('failing')).toThrow('no alarm is called failing');
  });
});

describe('a composite alarm', () => {
  const quiet = { OK: [], ALARM: [], INSUFFICIENT_DATA: [] };
  const child = { ...failing, actions: quiet };

  it('evaluates composite alarms in the same tick as their children, in any order of definition', () => {
    const outer = compositeOf('outer', 'NOT OK(inner)');
    const inner = compositeOf('inner', 'ALARM(failing)');
    expect(summaries(run([outer, inner, child], '0 X 0'))).toEqual([
      '1 inner INSUFFICIENT_DATA > OK',
      '1 outer INSUFFICIENT_DATA > OK',
      '2 inner OK > ALARM',
      '2 outer OK > ALARM',
      '3 inner ALARM > OK',
      '3 outer ALARM > OK',
    ]);
  });

  it('delays or drops the actions of a composite alarm according to its suppressor', () => {
    const suppressor = { alarm: 'maintenance', waitMs: minuteMs, extensionMs: 2 * minuteMs };
    const alarmsWith = (maintenance: string) => [
      child,
      compositeOf('maintenance', maintenance, { actions: quiet }),
      compositeOf('any', 'ALARM(failing)', { suppressor }),
    ];
    expect(summaries(run(alarmsWith('FALSE'), '0 0 X X'))).toEqual([
      '2 any INSUFFICIENT_DATA > OK',
      '4 any OK > ALARM',
    ]);
    expect(summaries(run(alarmsWith('ALARM(failing)'), '0 0 X X 0 0'))).toEqual([
      '2 any INSUFFICIENT_DATA > OK',
      '6 any ALARM > OK',
    ]);
    expect(summaries(run(alarmsWith('TRUE'), '0 X 0 X'))).toEqual([]);
  });
});

describe('a mute rule', () => {
  it.each<[string, string, MuteRule, readonly string[]]>([
    ['sends OK at the end if the alarm fires and resolves', '0 X 0 0 0', muteFor(3), ['5 failing ALARM > OK']],
    ['sends ALARM at the end if the alarm resolves and fires again', 'X 0 X X X', muteFor(3), ['5 failing OK > ALARM']],
    ['sends nothing at the end if the alarm fired before and did not change', 'X X X X X', muteFor(3), []],
    ['sends ALARM at the end if the alarm still fires', '0 X X X X', muteFor(3), ['5 failing OK > ALARM']],
    ['sends OK at the end if the alarm fired before', 'X 0 0 0 0', muteFor(3), ['5 failing ALARM > OK']],
    [
      'sends changes of alarms that it does not name',
      '0 X 0',
      muteFor(9, undefined, []),
      ['2 failing OK > ALARM', '3 failing ALARM > OK'],
    ],
    ['sends OK if the alarm resolves at the end', '0 X X X 0', muteFor(3), ['5 failing ALARM > OK']],
  ])('a mute rule %s', (_, points, rule, expected) => {
    const [first, ...later] = summaries(run([failing], points, [rule]));
    expect(first).toMatch(/^1 failing INSUFFICIENT_DATA > /);
    expect(later).toEqual(expected);
  });

  it('tells which actions a mute rule held back', () => {
    const acted = run([failing], '0 X X X X 0', [muteFor(3)]);
    expect(acted.map(({ to, wasMuted }) => [to, wasMuted])).toEqual([
      ['OK', false],
      ['ALARM', true],
      ['OK', false],
    ]);
  });

  it('still changes the state of a muted alarm', () => {
    const engine = new AlarmEngine({
      alarms: [failing],
      muteRules: [muteFor(60, '2026-11-21T12:00')],
      unsupported: [],
    });
    const store = new MetricStore();
    store.add({ identity, value: 1, timestamp: noon });
    expect(engine.tick(noon + minuteMs, store)).toEqual([]);
    expect(engine.alarmState('failing').state).toBe('ALARM');
  });

  it('drops a muted change if a composite alarm is waiting for its suppressor on a later change', () => {
    const quiet = { OK: [], ALARM: [], INSUFFICIENT_DATA: [] };
    const never = compositeOf('never', 'FALSE', { actions: quiet });
    const suppressor = { alarm: 'never', waitMs: minuteMs, extensionMs: minuteMs };
    const any = compositeOf('any', 'ALARM(failing)', { suppressor });
    const rule = muteFor(2, '2026-11-21T12:03', ['any']);
    const alarms = [{ ...failing, actions: quiet }, never, any];
    expect(summaries(run(alarms, '0 0 X X 0 0 0', [rule]))).toEqual([
      '2 any INSUFFICIENT_DATA > OK',
      '6 any ALARM > OK',
    ]);
    expect(summaries(run(alarms, '0 0 X X X 0 0', [rule]))).toEqual([
      '2 any INSUFFICIENT_DATA > OK',
      '5 any OK > ALARM',
      '7 any ALARM > OK',
    ]);
  });

  it('keeps an alarm muted until the last of several mute rules ends', () => {
    const rules = [muteFor(2), muteFor(4)];
    expect(summaries(run([failing], '0 X X X X X', rules))).toEqual([
      '1 failing INSUFFICIENT_DATA > OK',
      '6 failing OK > ALARM',
    ]);
  });
});

describe('for all points', () => {
  const pointSeries = fc
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

  it('acts only on changes, and each change starts from the state of the previous one', () => {
    fc.assert(
      fc.property(alarms, pointSeries, (alarm, points) => {
        let state: (typeof alarmStates)[number] = 'INSUFFICIENT_DATA';
        for (const { from, to } of run([alarm], points)) {
          expect(from).toBe(state);
          expect(to).not.toBe(from);
          state = to;
        }
      }),
    );
  });

  it('has told the present state at the end of a mute rule, unless it is the one before and never changed', () => {
    const minutes = fc.integer({ min: 1, max: 20 });
    fc.assert(
      fc.property(alarms, pointSeries, minutes, (alarm, points, muted) => {
        const all = `${points}${' -'.repeat(30)}`;
        const told = run([alarm], all, [muteFor(muted)]).at(-1)?.to;
        expect(told).toBe(run([alarm], all).at(-1)?.to);
      }),
    );
  });

  it('sends nothing while an alarm is muted', () => {
    fc.assert(
      fc.property(alarms, pointSeries, fc.integer({ min: 1, max: 20 }), (alarm, points, minutes) => {
        for (const { at } of run([alarm], points, [muteFor(minutes)])) {
          expect(at < noon + 2 * minuteMs || at >= noon + (2 + minutes) * minuteMs).toBe(true);
        }
      }),
    );
  });

  it('sends nothing when it evaluates the same time again', () => {
    fc.assert(
      fc.property(alarms, pointSeries, (alarm, points) => {
        const engine = new AlarmEngine({ alarms: [alarm], muteRules: [], unsupported: [] });
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

describe('alarms after a gap without points', () => {
  const three = sampleAlarm({ evaluationPeriods: 3, datapointsToAlarm: 2, treatMissingData: 'notBreaching' });
  const heartbeat = sampleAlarm({
    ...{ evaluationPeriods: 2, datapointsToAlarm: 2, treatMissingData: 'breaching', threshold: 1 },
    warmUp: { durationMs: 10 * minuteMs, lastsItsDuration: false },
  });

  /** Ten minutes after an engine with an alarm in this state stopped: its state after each of the given points. */
  function resume(alarm: typeof three, state: AlarmStatus['state'], points: string, isGap = true) {
    const kept: AlarmStatus = { state, reason: 'before', suppression: { by: 'nothing' } };
    const parsed = { alarms: [alarm], muteRules: [], unsupported: [] };
    const engine = new AlarmEngine(parsed, noon, new Map([[alarm.name, kept]]));
    if (isGap) engine.resumeAfterGap(noon);
    const store = new MetricStore();
    const states = points.split(' ').map((point, minute) => {
      if (point !== '-') store.add({ identity, value: point === 'X' ? 1 : 0, timestamp: noon + minute * minuteMs });
      engine.tick(noon + (minute + 1) * minuteMs, store);
      return engine.alarmState(alarm.name).state;
    });
    return states.join(' ');
  }

  it('keep firing until there are as many points as they evaluate', () => {
    expect(resume(three, 'ALARM', '0 0 0')).toBe('ALARM ALARM OK');
    expect(resume(three, 'ALARM', 'X X X')).toBe('ALARM ALARM ALARM');
    expect(resume(three, 'ALARM', '0 0 0', false)).toBe('OK OK OK');
  });

  it('fire as soon as ever if they did not', () => {
    expect(resume(three, 'OK', '0 X X')).toBe('OK OK ALARM');
  });

  it('do not take the gap for missing heartbeats, but those missing after it', () => {
    expect(resume(heartbeat, 'OK', '- 0 0')).toBe('OK OK OK');
    expect(resume(heartbeat, 'OK', '- - -', false)).toBe('ALARM ALARM ALARM');
  });
});
