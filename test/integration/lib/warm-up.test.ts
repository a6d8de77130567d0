import { describe, expect, it } from 'vitest';
import { synthesize } from '../../../local/self-hosted/synthesize.ts';
import {
  AlarmEngine,
  type MetricAlarm,
  MetricStore,
  parseAlarms,
} from '../../../packages/cloudwatch-alarms/src/index.ts';
import { minuteMs } from '../../../packages/cloudwatch-alarms/test/sample-alarm.ts';
import { buildConfig } from '../../support/build-config.ts';
import { isMetric } from '../../support/evaluate-template.ts';
import { samples, synthesizedOf } from '../../support/synthesized.ts';

/** Each heartbeat of each sample, with the minutes that its schedule takes. */
const heartbeats = Object.entries(samples).flatMap(([sample, { text }]) =>
  parseAlarms(JSON.parse(text))
    .alarms.filter(isMetric)
    .filter(({ treatMissingData }) => treatMissingData === 'breaching')
    .map((alarm) => ({ sample, name: alarm.name, alarm, period: alarm.periodMs / minuteMs })),
);
const deployedAt = Date.UTC(2026, 10, 21, 12);

/** The changes of a newly deployed alarm, in minutes since then, while its metric has a point in each of these minutes. */
function changesOf(alarm: MetricAlarm, minutes: number, pointAt: (minute: number) => boolean) {
  const engine = new AlarmEngine({ alarms: [alarm], muteRules: [], unsupported: [] }, deployedAt);
  const store = new MetricStore();
  const query = Object.values(alarm.queries).find(({ kind }) => kind === 'metric');
  if (query?.kind !== 'metric') throw new Error(`${alarm.name} is no alarm on a metric`);
  const { identity } = query;
  return Array.from({ length: minutes }, (_, minute) => {
    const timestamp = deployedAt + minute * minuteMs;
    if (pointAt(minute)) {
      const enough = Array.from({ length: alarm.threshold }, () => ({ identity, timestamp }));
      for (const point of enough) store.add({ ...point, value: 1 });
    }
    // An alarm has an action for each of its topics.
    const states = new Set(engine.tick(timestamp + minuteMs, store).map(({ to }) => to));
    return [...states].map((to) => ({ minute: minute + 1, to }));
  }).flat();
}

describe.each(heartbeats)('the heartbeat $name of the $sample configuration', ({ name, alarm, period }) => {
  it(`${name} is quiet after a deployment, even if the first run fails`, () => {
    const from = 2 * period;
    const changes = changesOf(alarm, 6 * period + 20, (minute) => minute >= from && (minute - from) % period === 0);
    expect(changes.map(({ to }) => to)).toEqual(['OK']);
  });

  it(`${name} fires once its schedule should have run twice, if it never does`, () => {
    const [change, ...others] = changesOf(alarm, 3 * period + 20, () => false);
    expect(others).toEqual([]);
    expect(change?.to).toBe('ALARM');
    expect(change?.minute).toBeGreaterThanOrEqual(Math.min(2 * period + 2, 2_880));
    expect(change?.minute).toBeLessThanOrEqual(2 * period + 10);
  });
});

it('a heartbeat that runs every minute is told ten minutes after a deployment in which it never starts', () => {
  const everyMinute = heartbeats.filter(({ period, alarm }) => period === 1 && alarm.evaluationPeriods === 1);
  expect(everyMinute.length).toBeGreaterThan(0);
  for (const { alarm } of everyMinute) {
    expect(changesOf(alarm, 20, () => false)).toEqual([{ minute: 10, to: 'ALARM' }]);
  }
});

it('a deployment for a Region without warm-up and mute rules needs neither, and is otherwise the same', () => {
  const full = samples.full?.config;
  const { template } = synthesize({
    ...buildConfig(),
    ...full,
    alerts: { ...buildConfig().alerts, ...full?.alerts, warmUp: false, maintenance: [] },
  });
  const { resources, text } = synthesizedOf(template);
  expect(text).not.toContain('WarmUpConfiguration');
  expect(text).not.toContain('MuteRule');
  expect(samples.full?.text).toContain('WarmUpConfiguration');
  const others = samples.full?.resources.filter(({ Type }) => Type !== 'AWS::CloudWatch::AlarmMuteRule');
  expect(resources.map(({ id }) => id)).toEqual(others?.map(({ id }) => id));
});
