import { describe, expect, test } from 'vitest';
import { type Resource, type Synthesized, samples } from './synthesized.ts';

const secondsOf = (minutes: number) => minutes * 60;

/** The metrics that an alarm looks at, however it is written. */
function metricsOf({
  Properties: alarm,
}: Resource): readonly { stat: string; period: number; name: string; org?: string }[] {
  const read = (metric: Record<string, unknown>, period: unknown, stat: unknown) => ({
    stat: String(stat),
    period: Number(period),
    name: String(metric.MetricName),
    org: (metric.Dimensions as { Name: string; Value: string }[]).find(({ Name }) => Name === 'Org')?.Value,
  });
  if (!alarm.Metrics) return [read(alarm, alarm.Period, alarm.Statistic)];
  return alarm.Metrics.flatMap(({ MetricStat }: { MetricStat?: Record<string, unknown> }) =>
    MetricStat ? [read(MetricStat.Metric as Record<string, unknown>, MetricStat.Period, MetricStat.Stat)] : [],
  );
}

test('an alarm links to where people read the runbook, when the configuration says where that is', () => {
  const [alarm] = samples.full?.ofType('AWS::CloudWatch::Alarm') ?? [];
  expect(alarm?.Properties.AlarmDescription).toContain('https://git.example.com/okta-synthetics/docs/runbook.md#');
});

const alarmsOf = (sample: Synthesized) => sample.ofType('AWS::CloudWatch::Alarm');

describe.each(Object.entries(samples))('every alarm of the %s configuration', (_, sample) => {
  const topics = sample.ofType('AWS::SNS::Topic').map(({ id }) => ({ Ref: id }));
  const alarms = alarmsOf(sample);

  test('has a name that is its own and says whose it is', () => {
    const names = alarms.map(({ Properties }) => Properties.AlarmName);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^okta-synthetics\/[a-z0-9-]+\/.+/);
  });

  test('tells one topic when it rises and when it is over', () => {
    for (const { Properties: alarm } of alarms) {
      expect(alarm.ActionsEnabled).not.toBe(false);
      expect(alarm.AlarmActions).toHaveLength(1);
      expect(topics).toContainEqual(alarm.AlarmActions[0]);
      expect(alarm.OKActions).toEqual(alarm.AlarmActions);
    }
  });

  test('says what it means and where the runbook says what to do', () => {
    for (const { Properties: alarm } of alarms) {
      expect(alarm.AlarmDescription).toMatch(
        /^.{20,}[.:!?] What to do: (https:\/\/git\.example\.com\/okta-synthetics\/)?docs\/runbook\.md#[a-z0-9-]+$/s,
      );
      expect(alarm.AlarmDescription.length).toBeLessThanOrEqual(1024);
    }
  });

  test('says what missing data means', () => {
    for (const { Properties: alarm } of alarms) expect(['breaching', 'notBreaching']).toContain(alarm.TreatMissingData);
  });

  test('rises by M of N points, in a time that CloudWatch allows', () => {
    for (const alarm of alarms) {
      const { DatapointsToAlarm: m, EvaluationPeriods: n } = alarm.Properties;
      expect(m).toBeGreaterThan(0);
      expect(m).toBeLessThanOrEqual(n);
      for (const { period } of metricsOf(alarm)) expect(period * n).toBeLessThanOrEqual(86_400);
    }
  });

  test('looks at ten metrics at most, by no unit', () => {
    for (const alarm of alarms) {
      expect(metricsOf(alarm).length).toBeLessThanOrEqual(10);
      expect(JSON.stringify(alarm.Properties)).not.toContain('"Unit"');
    }
  });

  test('that forgives missing data has a heartbeat beside it that does not', () => {
    const forgiving = alarms.filter(({ Properties }) => Properties.TreatMissingData === 'notBreaching');
    const orgs = new Set(forgiving.flatMap(metricsOf).flatMap(({ org }) => org ?? []));
    const heartbeats = alarms
      .filter(({ Properties }) => Properties.TreatMissingData === 'breaching')
      .flatMap(metricsOf)
      .filter(({ stat, name }) => stat === 'SampleCount' && name === 'Success');
    for (const org of orgs) expect(heartbeats.map((heartbeat) => heartbeat.org)).toContain(org);
  });

  test('has a point in every period', () => {
    const intervals = new Map(
      sample.config.orgs.map(({ name, everyMinutes }) => [name, Object.values(everyMinutes).map(secondsOf)]),
    );
    for (const { org, period } of alarms.flatMap(metricsOf)) {
      if (org) expect(intervals.get(org)).toContain(period);
    }
  });
});

function alarm(name: string, sample = samples.full): Resource {
  const found = sample && alarmsOf(sample).find(({ Properties }) => Properties.AlarmName === `okta-synthetics/${name}`);
  if (!found) throw new Error(`no alarm ${name}`);
  return found;
}

test('a server has one alarm over its probes, which waits for two of three runs and pages', () => {
  const { Properties } = alarm('acme/default/failing');
  const [expression] = Properties.Metrics;
  expect(expression.Expression).toMatch(/^MIN\(\[FILL\(m1, 1\)(, FILL\(m\d, 1\))+\]\)$/);
  expect(Properties.Metrics.slice(1).map(({ Label }: { Label: string }) => Label)).toEqual(
    expect.arrayContaining(['discovery', 'keys', 'authorize', 'token']),
  );
  expect(Properties).toMatchObject({ Threshold: 1, ComparisonOperator: 'LessThanThreshold', DatapointsToAlarm: 2 });
  expect(metricsOf(alarm('acme/default/failing')).map(({ period }) => period)).not.toContain(60);
});

test('a heartbeat runs at the pace of its own group', () => {
  expect(metricsOf(alarm('acme/flows-not-running'))[0]?.period).toBe(120);
  expect(metricsOf(alarm('acme/limits-not-running'))[0]?.period).toBe(300);
  expect(metricsOf(alarm('acme/status-not-running'))[0]?.period).toBe(600);
});

test('a group that does not run has no heartbeat and no function', () => {
  const { minimal } = samples;
  expect(() => alarm('acme/limits-not-running', minimal)).toThrow('no alarm');
  expect(minimal?.ofType('AWS::Lambda::Function').map(({ Properties }) => Properties.FunctionName)).toEqual([
    'okta-synthetics-flows',
    'okta-synthetics-status',
  ]);
});

test('a function that breaks down is told from Okta being down, once every org has had its run', () => {
  const { Properties } = alarm('monitor/limits-broken', samples.example);
  expect(Properties).toMatchObject({ Namespace: 'AWS/Lambda', MetricName: 'Errors', Statistic: 'Sum', Period: 60 });
  expect(metricsOf({ ...alarm('monitor/flows-broken'), id: '' })[0]?.period).toBe(120);
});
