import { beforeAll, describe, expect, it } from 'vitest';
import { type Alarm, comparisons, type MetricAlarm } from '../../../local/cloudwatch/alarm-definition.ts';
import { AlarmEngine } from '../../../local/cloudwatch/alarm-engine.ts';
import { type MetricPoint, MetricStore } from '../../../local/cloudwatch/metric-store.ts';
import { parseAlarms } from '../../../local/cloudwatch/parse-alarm.ts';
import { samples } from '../../lib/synthesized.ts';
import { minuteMs } from './sample-alarm.ts';

const midnight = Date.UTC(2026, 10, 21);

type Identity = MetricPoint['identity'];

const keyOf = (identity: Identity) => JSON.stringify(identity);

const isMetric = (alarm: Alarm): alarm is MetricAlarm => alarm.kind === 'metric';

/** What each series looks like when all is well: on the good side of every threshold that it is held against. */
function healthyPoints(
  alarms: readonly Alarm[],
): ReadonlyMap<string, { identity: Identity; value: number; periodMs: number }> {
  const healthy = new Map<string, { identity: Identity; value: number; periodMs: number }>();
  for (const { queries, comparison, threshold, periodMs } of alarms.filter(isMetric)) {
    const { sign } = comparisons[comparison];
    for (const query of Object.values(queries)) {
      if (query.kind !== 'metric') continue;
      const good = query.stat === 'SampleCount' || sign.length === 1 ? threshold : threshold + (sign === '<=' ? 1 : -1);
      const known = healthy.get(keyOf(query.identity));
      const value = known && (sign.startsWith('<') ? Math.max(known.value, good) : Math.min(known.value, good));
      healthy.set(keyOf(query.identity), {
        identity: query.identity,
        value: value ?? good,
        periodMs: Math.min(known?.periodMs ?? periodMs, periodMs),
      });
    }
  }
  return healthy;
}

type Spoil = (identity: Identity, timestamp: number) => number | 'missing' | undefined;

/** The template's alarms through minutes of points, which a test may spoil. */
function rehearse(sample: keyof typeof samples & string, minutes: number, spoil: Spoil = () => undefined) {
  const parsed = parseAlarms(JSON.parse(samples[sample]?.text ?? ''));
  const engine = new AlarmEngine(parsed);
  const store = new MetricStore();
  const healthy = [...healthyPoints(parsed.alarms).values()];
  const actions = Array.from({ length: minutes }, (_, minute) => {
    const timestamp = midnight + minute * minuteMs;
    for (const { identity, value, periodMs } of healthy) {
      if ((minute * minuteMs) % periodMs !== 0) continue;
      const spoilt = spoil(identity, timestamp);
      if (spoilt !== 'missing') store.add({ identity, value: spoilt ?? value, timestamp });
    }
    return engine.tick(timestamp + minuteMs, store);
  }).flat();
  return { alarms: parsed.alarms, engine, actions };
}

const minuteOf = (timestamp: number) => (timestamp - midnight) / minuteMs;

describe.each(Object.keys(samples))('the alarms of the %s configuration', (sample) => {
  it('are all read, and none is refused', () => {
    const { alarms, refused } = parseAlarms(JSON.parse(samples[sample]?.text ?? ''));
    expect(refused).toEqual([]);
    expect(alarms).toHaveLength(samples[sample]?.resources.filter(({ Type }) => /Alarm$/.test(Type)).length ?? 0);
  });

  it('stay OK through a day on which all is well, and say so once', () => {
    const { alarms, engine, actions } = rehearse(sample, 24 * 60);
    expect(alarms.filter(({ name }) => engine.standing(name).state !== 'OK')).toEqual([]);
    for (const { to } of actions) expect(to).toBe('OK');
    expect(new Set(actions.map(({ alarm }) => alarm.name)).size).toBe(actions.length);
  });
});

describe('in the example configuration', () => {
  let alarms: readonly MetricAlarm[];
  beforeAll(() => {
    alarms = rehearse('example', 1).alarms.filter(isMetric);
  });

  const spoilt = (
    victim: MetricAlarm,
    value: number | 'missing',
    from: number,
    to = Number.POSITIVE_INFINITY,
  ): Spoil => {
    const query = Object.values(victim.queries).findLast(({ kind }) => kind === 'metric');
    const key = query?.kind === 'metric' ? keyOf(query.identity) : '';
    return (identity, timestamp) =>
      keyOf(identity) === key && minuteOf(timestamp) >= from && minuteOf(timestamp) < to ? value : undefined;
  };
  const saidOf = (victim: MetricAlarm, minutes: number, spoil: Spoil) =>
    rehearse('example', minutes, spoil)
      .actions.filter(({ alarm, at }) => alarm.name === victim.name && minuteOf(at) > 30)
      .map(({ at, to, topic }) => ({ minute: minuteOf(at), to, topic }));

  it('one failing probe of a server raises the server’s alarm with its second failed run, and clears it with the second good one', () => {
    const servers = alarms.filter(({ queries }) => Object.values(queries).some(({ kind }) => kind === 'expression'));
    expect(servers.length).toBeGreaterThan(0);
    for (const server of servers) {
      const [topic] = server.actions.ALARM;
      expect(saidOf(server, 70, spoilt(server, 0, 40, 50))).toEqual([
        { minute: 42, to: 'ALARM', topic },
        { minute: 52, to: 'OK', topic },
      ]);
      expect(saidOf(server, 70, spoilt(server, 0, 40, 41))).toEqual([]);
    }
  });

  it('a probe of a server that stops is nothing to the server’s alarm', () => {
    const [server] = alarms.filter(({ queries }) => Object.values(queries).some(({ kind }) => kind === 'expression'));
    if (!server) throw new Error('no alarm watches an expression');
    expect(saidOf(server, 70, spoilt(server, 'missing', 40))).toEqual([]);
  });

  it('a monitor that stops is noticed when the evaluation range is empty, two periods later than three of three', () => {
    const heartbeats = alarms.filter(({ treatMissingData }) => treatMissingData === 'breaching');
    expect(heartbeats.length).toBeGreaterThan(0);
    for (const heartbeat of heartbeats) {
      const period = heartbeat.periodMs / minuteMs;
      // The window slides by the minute, so the last point, whose period may be longer, leaves it a range later.
      const last = Math.floor(39 / period) * period;
      const expected = last + 1 + (heartbeat.evaluationPeriods + 2) * period;
      expect(saidOf(heartbeat, expected + 5, spoilt(heartbeat, 'missing', 40))).toMatchObject([
        { minute: expected, to: 'ALARM' },
      ]);
    }
  });

  it('a point that comes when its minute is over costs a server’s alarm a minute, since FILL stands in for it', () => {
    const { queries, ...server } = alarms.find(({ watched, queries }) => queries[watched]?.kind === 'expression') ?? {};
    expect(queries).toBeDefined();
    const alarm = { ...server, queries } as MetricAlarm;
    const engine = new AlarmEngine({ alarms: [alarm], muteRules: [], refused: [] });
    const store = new MetricStore();
    const states = Array.from({ length: 6 }, (_, minute) => {
      engine.tick(midnight + minute * minuteMs, store);
      // What belongs to the minute before arrives only now.
      for (const query of Object.values(alarm.queries)) {
        if (query.kind !== 'metric') continue;
        store.add({
          identity: query.identity,
          value: minute >= 3 ? 0 : 1,
          timestamp: midnight + (minute - 1) * minuteMs,
        });
      }
      return engine.standing(alarm.name).state;
    });
    // Minutes 2 and 3 fail: both would be known at minute 4.
    expect(states).toEqual(['OK', 'OK', 'OK', 'OK', 'OK', 'ALARM']);
  });
});
