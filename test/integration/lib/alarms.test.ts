import { describe, expect, test } from 'vitest';
import { alarmName, alarmSubject } from '../../../functions/alarms/subject.ts';
import { faultDomains } from '../../../functions/model/fault-domain.ts';
import { type Resource, type Synthesized, samples } from '../../support/synthesized.ts';

const secondsOf = (minutes: number) => minutes * 60;

/** The metrics that an alarm looks at, however it is written. */
function metricsOf({ Properties: alarm }: Resource): readonly {
  stat: string;
  period: number;
  name: string;
  dimensions: Readonly<Record<string, unknown>>;
}[] {
  const read = (metric: Record<string, unknown>, period: unknown, stat: unknown) => ({
    stat: String(stat),
    period: Number(period),
    name: String(metric.MetricName),
    dimensions: Object.fromEntries(
      (metric.Dimensions as { Name: string; Value: unknown }[]).map(({ Name, Value }) => [Name, Value]),
    ),
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
const namesOf = (sample: Synthesized | undefined): readonly string[] =>
  (sample ? alarmsOf(sample) : []).map(({ Properties }) => Properties.AlarmName);

/** The name of the topic that an alarm acts on. */
function topicOf(
  sample: Synthesized,
  { Properties: alarm }: Resource,
  actions: 'AlarmActions' | 'OKActions' = 'AlarmActions',
): unknown {
  return sample.resources.find(({ id }) => id === alarm[actions][0].Ref)?.Properties.TopicName;
}

describe.each(Object.entries(samples))('every alarm of the %s configuration', (_, sample) => {
  const topics = sample.ofType('AWS::SNS::Topic').map(({ id }) => ({ Ref: id }));
  const alarms = alarmsOf(sample);

  test('has a name that is its own and by which it is known again', () => {
    const names = namesOf(sample);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) {
      const subject = alarmSubject(name);
      expect(subject && alarmName(subject)).toBe(name);
    }
  });

  test('tells one topic when it rises, and one when it is over', () => {
    for (const { Properties: alarm } of alarms) {
      expect(alarm.ActionsEnabled).not.toBe(false);
      expect(alarm.AlarmActions).toHaveLength(1);
      expect(topics).toContainEqual(alarm.AlarmActions[0]);
      expect(alarm.OKActions).toHaveLength(1);
      expect(topics).toContainEqual(alarm.OKActions[0]);
    }
  });

  test('tells a notifier, unless it is of notifiers: then it tells people without one', () => {
    for (const alarm of alarms) {
      const isOfNotifiers = /\/(notify|messages)-/.test(alarm.Properties.AlarmName);
      expect(topicOf(sample, alarm)).toMatch(
        isOfNotifiers ? /^okta-synthetics-(pages|tickets)$/ : /^okta-synthetics-(page|ticket)-alarms$/,
      );
      // When it is over the notifier works again, and writes to the same people.
      const [, audience] = /^okta-synthetics-(page|ticket)/.exec(String(topicOf(sample, alarm))) ?? [];
      expect(topicOf(sample, alarm, 'OKActions')).toBe(`okta-synthetics-${audience}-alarms`);
    }
  });

  test('says in one sentence what is true, and where the runbook says what to do', () => {
    for (const { Properties: alarm } of alarms) {
      const [, sentence = ''] =
        /^(.{20,}\.) What to do: (?:https:\/\/git\.example\.com\/okta-synthetics\/)?docs\/runbook\.md#[a-z0-9-]+$/.exec(
          alarm.AlarmDescription,
        ) ?? [];
      expect(sentence).toMatch(/^[A-Za-z].* must |says nothing/);
      expect(sentence).not.toMatch(/[.!?] [A-Z]/);
      expect(alarm.AlarmDescription.length).toBeLessThanOrEqual(1024);
    }
  });

  test('says what missing data mean', () => {
    for (const { Properties: alarm } of alarms) {
      expect(['breaching', 'notBreaching', 'ignore']).toContain(alarm.TreatMissingData);
    }
  });

  test('rises by M of N points, in a time that CloudWatch allows: a day, or a week of hours', () => {
    for (const alarm of alarms) {
      const { DatapointsToAlarm: m, EvaluationPeriods: n } = alarm.Properties;
      expect(m).toBeGreaterThan(0);
      expect(m).toBeLessThanOrEqual(n);
      for (const { period } of metricsOf(alarm)) {
        expect(period * n).toBeLessThanOrEqual(period < 3_600 ? 86_400 : 604_800);
      }
    }
  });

  test('looks at ten metrics at most, by no unit', () => {
    for (const alarm of alarms) {
      expect(metricsOf(alarm).length).toBeLessThanOrEqual(10);
      expect(JSON.stringify(alarm.Properties)).not.toContain('"Unit"');
    }
  });

  test('that forgives missing data names a heartbeat of the same org, or of the same part of the monitor', () => {
    const byName = new Map(alarms.map((each) => [each.Properties.AlarmName as string, each]));
    for (const { Properties, Metadata } of alarms) {
      if (Properties.TreatMissingData === 'breaching') continue;
      const { Heartbeat: name } = Metadata as { Heartbeat: string };
      const heartbeat = byName.get(name);
      expect(heartbeat?.Properties.TreatMissingData).toBe('breaching');
      expect(heartbeat?.Properties.AlarmActions).toHaveLength(1);
      const [subject, beat] = [alarmSubject(Properties.AlarmName), alarmSubject(name)];
      if (subject?.kind === 'findings') expect(beat).toEqual({ kind: 'not-running', org: subject.org });
      if (subject?.kind === 'probe') expect(beat).toEqual({ kind: 'monitor', id: 'negative-tests-not-running' });
      if (subject?.kind === 'monitor') {
        const part = /^(notify-|negative-)?[a-z]+/.exec(subject.id.replace(/^messages-undelivered-/, 'notify-'))?.[0];
        const ofOrgs = { kind: 'not-running', org: expect.any(String) };
        expect(beat).toEqual(part === 'flows' ? ofOrgs : { kind: 'monitor', id: `${part}-not-running` });
      }
    }
  });

  test('of an org has a point in every period', () => {
    const intervals = new Map(
      sample.config.orgs.map(({ name, intervalMinutes }) => [name, Object.values(intervalMinutes).map(secondsOf)]),
    );
    for (const { dimensions, period } of alarms.flatMap(metricsOf)) {
      if (typeof dimensions.Org === 'string') expect(intervals.get(dimensions.Org)).toContain(period);
    }
  });
});

function alarm(name: string, sample = samples.full): Resource {
  const found = sample && alarmsOf(sample).find(({ Properties }) => Properties.AlarmName === `okta-synthetics/${name}`);
  if (!found) throw new Error(`no alarm ${name}`);
  return found;
}

describe('what is found at an org', () => {
  test('has an alarm a fault domain and urgency, as far as the findings go', () => {
    const names = namesOf(samples.minimal).filter((name) => alarmSubject(name)?.kind === 'findings');
    expect(names.map((name) => name.replace('okta-synthetics/acme/', ''))).toEqual([
      'okta/page',
      'okta/ticket',
      'network/page',
      'quota/page',
      'quota/ticket',
      'configuration/page',
      'configuration/ticket',
      'credentials/page',
      'credentials/ticket',
      'clock/ticket',
      'monitor/ticket',
    ]);
  });

  test('pages after two bad runs of ten minutes, after three where it is the network, and is a ticket after four', () => {
    const runs = (name: string, sample = samples.example) => {
      const { DatapointsToAlarm, EvaluationPeriods } = alarm(name, sample).Properties;
      return [DatapointsToAlarm, EvaluationPeriods];
    };
    expect(runs('acme/okta/page')).toEqual([2, 10]);
    expect(runs('acme/network/page')).toEqual([3, 10]);
    expect(runs('acme/okta/ticket')).toEqual([4, 10]);
    // Every other minute: as many bad runs, and at least half of them in a window.
    expect(runs('acme/okta/page', samples.full)).toEqual([2, 5]);
    expect(runs('acme/okta/ticket', samples.full)).toEqual([4, 8]);
  });

  test('is a page above the level of a ticket, and a ticket as long as it is no page', () => {
    expect(alarm('acme/okta/page').Properties).toMatchObject({
      MetricName: 'Severity',
      Statistic: 'Maximum',
      Threshold: 1,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
    });
    const { Properties: ticket } = alarm('acme/okta/ticket');
    expect(ticket.Metrics[0]).toMatchObject({ Expression: 'IF(m1 < 2, m1)' });
    expect(ticket).toMatchObject({ Threshold: 0, TreatMissingData: 'ignore' });
    expect(metricsOf(alarm('acme/okta/ticket'))).toMatchObject([
      { name: 'Severity', stat: 'Maximum', period: 120, dimensions: { Org: 'acme', Domain: 'okta' } },
    ]);
  });

  test('goes to the audience that it is for, unless the configuration routes its fault domain elsewhere', () => {
    const { example, full } = samples;
    if (!example || !full) throw new Error('a sample is missing');
    for (const name of namesOf(example)) {
      const subject = alarmSubject(name);
      if (subject?.kind !== 'findings') continue;
      const found = alarm(name.replace('okta-synthetics/', ''), example);
      expect(topicOf(example, found)).toBe(`okta-synthetics-${subject.severity}-alarms`);
    }
    expect(topicOf(full, alarm('acme/network/page'))).toBe('okta-synthetics-ticket-alarms');
    expect(topicOf(full, alarm('acme-preview/clock/ticket'))).toBe('okta-synthetics-page-alarms');
    expect(topicOf(full, alarm('acme/okta/page'))).toBe('okta-synthetics-page-alarms');
  });

  test('names the fault domain and the host, and links to the fault domain', () => {
    for (const domain of faultDomains) {
      const names = namesOf(samples.full).filter((name) => name.startsWith(`okta-synthetics/acme/${domain}/`));
      for (const name of names) {
        const { AlarmDescription } = alarm(name.replace('okta-synthetics/', '')).Properties;
        expect(AlarmDescription).toContain('login.acme.com');
        expect(AlarmDescription).toMatch(new RegExp(`#fault-domain-${domain}$`));
      }
    }
  });
});

test('a contract has an alarm of its own, at its own pace', () => {
  expect(alarm('acme/refuses-unknown-redirect-uri/failing').Properties).toMatchObject({
    MetricName: 'Success',
    Statistic: 'Minimum',
    Threshold: 1,
    ComparisonOperator: 'LessThanThreshold',
    Period: 3_600,
    DatapointsToAlarm: 2,
  });
});

describe('a heartbeat', () => {
  test('of an org counts the points of a series that every run of flows has', () => {
    expect(alarm('acme/not-running').Properties).toMatchObject({
      MetricName: 'Retries',
      Statistic: 'SampleCount',
      Period: 120,
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      EvaluationPeriods: 1,
      TreatMissingData: 'breaching',
    });
  });

  test('of another group counts invocations, against what the schedules of all orgs demand', () => {
    const demanded = (name: string, sample = samples.full) => {
      const { MetricName, Threshold, Period } = alarm(name, sample).Properties;
      return { MetricName, Threshold, Period };
    };
    const MetricName = 'Invocations';
    expect(demanded('monitor/limits-not-running')).toEqual({ MetricName, Threshold: 1, Period: 120 });
    // Every 10 and every 7 minutes.
    expect(demanded('monitor/status-not-running')).toEqual({ MetricName, Threshold: 3, Period: 14 * 60 });
    expect(demanded('monitor/negative-tests-not-running')).toEqual({ MetricName, Threshold: 1, Period: 3_600 });
    expect(demanded('monitor/status-not-running', samples.example)).toEqual({ MetricName, Threshold: 1, Period: 300 });
  });
});

test('a group that does not run has no alarm and no function', () => {
  const { minimal } = samples;
  expect(namesOf(minimal).filter((name) => name.includes('limits'))).toEqual([]);
  expect(minimal?.ofType('AWS::Lambda::Function').map(({ Properties }) => Properties.FunctionName)).toEqual([
    'okta-synthetics-flows',
    'okta-synthetics-status',
    'okta-synthetics-notify-page',
    'okta-synthetics-notify-ticket',
  ]);
});

test('a function that breaks down is told from Okta being down, once every org has had its run', () => {
  const { Properties } = alarm('monitor/limits-broken', samples.example);
  expect(Properties).toMatchObject({ Namespace: 'AWS/Lambda', MetricName: 'Errors', Statistic: 'Sum', Period: 60 });
  expect(metricsOf({ ...alarm('monitor/flows-broken'), id: '' })[0]?.period).toBe(120);
});

describe('what people would not hear', () => {
  test('is told when a notifier fails twice in an hour, in which it is rehearsed at least once', () => {
    expect(alarm('monitor/notify-page-broken').Properties).toMatchObject({
      MetricName: 'Errors',
      Period: 3_600,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanThreshold',
    });
  });

  test('is told to the people of the other audience, of both topics on the way', () => {
    const { full } = samples;
    if (!full) throw new Error('a sample is missing');
    const undelivered = alarm('monitor/messages-undelivered-page', full);
    expect(topicOf(full, undelivered)).toBe('okta-synthetics-tickets');
    const topics = metricsOf(undelivered).map(({ dimensions: { TopicName } }) => {
      const [id] = (TopicName as { 'Fn::GetAtt': [string] })['Fn::GetAtt'];
      return full.resources.find((resource) => resource.id === id)?.Properties.TopicName;
    });
    expect(topics).toEqual(['okta-synthetics-page-alarms', 'okta-synthetics-pages']);
  });
});
