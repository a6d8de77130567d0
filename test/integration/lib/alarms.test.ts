import { describe, expect, it } from 'vitest';
import { alarmMeaning } from '../../../functions/findings/alarm-catalog.ts';
import {
  type AlarmKind,
  type AlarmSubject,
  alarmKinds,
  alarmName,
  alarmSubject,
} from '../../../functions/findings/alarm-subject.ts';
import { findings } from '../../../functions/findings/finding.ts';
import { severitiesOf } from '../../../functions/findings/finding-alarms.ts';
import { groups } from '../../../functions/model/probe.ts';
import { longestIntervalMinutes } from '../../../lib/config/schema.ts';
import { monitoredOrgs } from '../../../lib/monitored-org.ts';
import { synthesize } from '../../../local/self-hosted/synthesize.ts';
import { buildConfig, minimalOrg } from '../../support/build-config.ts';
import { runbookAnchors } from '../../support/headings.ts';
import { type Resource, type Sample, samples, synthesizedOf } from '../../support/synthesized.ts';

const sampleOf = (name: string): Sample => {
  const { [name]: sample } = samples;
  if (!sample) throw new Error(`there is no sample configuration ${name}`);
  return sample;
};
const full = sampleOf('full');
const example = sampleOf('example');
const minimal = sampleOf('minimal');

/** The alarms that notify. The windows of a composite alarm leave it to that. */
const alarmsOf = (sample: Sample) => [
  ...sample.ofType('AWS::CloudWatch::Alarm').filter(({ Metadata }) => Metadata?.Composite === undefined),
  ...sample.ofType('AWS::CloudWatch::CompositeAlarm'),
];
const nameOf = ({ Properties }: Resource): string => Properties.AlarmName;

/** The alarms of a sample with their subjects. */
const subjectsOf = (sample: Sample) =>
  alarmsOf(sample).flatMap((alarm) => {
    const subject = alarmSubject(nameOf(alarm));
    return subject ? [{ name: nameOf(alarm), alarm, subject }] : [];
  });

/** The alarms of one kind, with the fields of their subjects. */
const ofKind = <Kind extends AlarmKind>(kind: Kind, sample = full) =>
  subjectsOf(sample).flatMap(({ subject, ...rest }) =>
    subject.kind === kind ? [{ ...rest, subject: subject as Extract<AlarmSubject, { kind: Kind }> }] : [],
  );

function alarm(subject: AlarmSubject, sample = full): Resource {
  const found = alarmsOf(sample).find((each) => nameOf(each) === alarmName(subject));
  if (!found) throw new Error(`the template has no alarm ${alarmName(subject)}`);
  return found;
}

const secondsOf = (minutes: number) => minutes * 60;

/** The metrics that an alarm evaluates, alone or in an expression. */
function metricsOf({ Properties: properties }: Resource): readonly {
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
  if (properties.AlarmRule) return [];
  if (!properties.Metrics) return [read(properties, properties.Period, properties.Statistic)];
  return properties.Metrics.flatMap(({ MetricStat }: { MetricStat?: Record<string, unknown> }) =>
    MetricStat ? [read(MetricStat.Metric as Record<string, unknown>, MetricStat.Period, MetricStat.Stat)] : [],
  );
}

/** The name of the topic that an alarm notifies. */
function topicOf(
  sample: Sample,
  { Properties: properties }: Resource,
  actions: 'AlarmActions' | 'OKActions' = 'AlarmActions',
): unknown {
  return sample.resources.find(({ id }) => id === properties[actions][0].Ref)?.Properties.TopicName;
}

describe('the alarms of the full configuration', () => {
  it.each(alarmsOf(full).map(nameOf))('include %s, which has a catalog entry', (name) => {
    const subject = alarmSubject(name);
    expect(subject && alarmName(subject)).toBe(name);
    expect(runbookAnchors).toContain(alarmMeaning(subject as AlarmSubject).heading);
  });

  const ofWatchOnly = ['history-not-written'];
  it.each(alarmKinds.filter((kind) => !ofWatchOnly.includes(kind)))('include one of the catalog’s kind %s', (kind) => {
    expect(ofKind(kind)).not.toEqual([]);
  });
});

describe.each(Object.entries(samples))('every alarm of the %s configuration', (_, sample) => {
  const topics = sample.ofType('AWS::SNS::Topic').map(({ id }) => ({ Ref: id }));
  const alarms = alarmsOf(sample);
  const metricAlarms = sample.ofType('AWS::CloudWatch::Alarm');

  it('has its own name, from which its subject can be read', () => {
    const names = alarms.map(nameOf);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) {
      const subject = alarmSubject(name);
      expect(subject && alarmName(subject)).toBe(name);
    }
  });

  it('notifies topics of the stack when it fires, and one when it resolves', () => {
    for (const { Properties: properties } of alarms) {
      expect(properties.ActionsEnabled).not.toBe(false);
      expect(properties.AlarmActions).not.toEqual([]);
      for (const action of properties.AlarmActions) expect(topics).toContainEqual(action);
      expect(properties.OKActions).toHaveLength(1);
      expect(topics).toContainEqual(properties.OKActions[0]);
    }
  });

  it('notifies a notifier, or people directly if it is about a notifier', () => {
    for (const { alarm: each, subject } of subjectsOf(sample)) {
      const isAboutNotifiers = 'route' in subject || /^(pages|tickets)-notifier$/.test(receiverOf(subject));
      expect(topicOf(sample, each)).toMatch(
        isAboutNotifiers ? /^okta-synthetics-(pages|tickets)$/ : /^okta-synthetics-(page|ticket)-alarms$/,
      );
      // When it resolves, the notifier works again and writes to the same people.
      const [, route] = /^okta-synthetics-(page|ticket)/.exec(String(topicOf(sample, each))) ?? [];
      expect(topicOf(sample, each, 'OKActions')).toBe(`okta-synthetics-${route}-alarms`);
    }
  });

  it('says what is wrong, who must act, and which heading of the runbook says what to do', () => {
    for (const { alarm: each, subject } of subjectsOf(sample)) {
      const { AlarmDescription } = each.Properties;
      const [, description = '', anchor] =
        /^(.{20,}\.) What to do: (?:https:\/\/git\.example\.com\/okta-synthetics\/)?docs\/runbook\.md#([a-z0-9-]+)$/.exec(
          AlarmDescription,
        ) ?? [];
      const { org } = subject as { org?: string };
      const host = sample.config.orgs.find(({ name }) => name === org)?.domain;
      expect(description).toBe(alarmMeaning(subject, host).description);
      expect(description).toMatch(/^[A-Z].* must |^[a-z0-9.-]+ .* must /);
      if (host) expect(description).toContain(host);
      expect(runbookAnchors).toContain(anchor);
      expect(AlarmDescription.length).toBeLessThanOrEqual(1024);
    }
  });

  it('says how it treats missing data', () => {
    for (const { Properties: properties } of metricAlarms) {
      expect(['breaching', 'notBreaching', 'ignore']).toContain(properties.TreatMissingData);
    }
  });

  it('evaluates M of N datapoints over at most a day, or a week of hours, which is CloudWatch’s limit', () => {
    for (const each of metricAlarms) {
      const { DatapointsToAlarm: m, EvaluationPeriods: n } = each.Properties;
      expect(m).toBeGreaterThan(0);
      expect(m).toBeLessThanOrEqual(n);
      for (const { period } of metricsOf(each)) {
        expect(period * n).toBeLessThanOrEqual(period < 3_600 ? 86_400 : 604_800);
      }
    }
  });

  it('evaluates at most ten metrics, and filters by no unit', () => {
    for (const each of metricAlarms) {
      expect(metricsOf(each).length).toBeLessThanOrEqual(10);
      expect(JSON.stringify(each.Properties)).not.toContain('"Unit"');
    }
  });

  it('names a heartbeat for the same org, group or notifier if it tolerates missing data', () => {
    for (const { alarm: each, subject } of subjectsOf(sample)) {
      const { TreatMissingData: missing } = each.Properties;
      // A composite alarm sees no data. Its windows have the heartbeat.
      if (missing === undefined || missing === 'breaching') continue;
      const { Heartbeat: name } = each.Metadata as { Heartbeat: string };
      const heartbeat = alarms.find((other) => nameOf(other) === name);
      // A group's heartbeat is what the sweep counts, and the sweep has one itself.
      expect(heartbeat?.Properties.TreatMissingData).toBe(
        /-not-running$/.test(name) && /monitor\/(?!sweep|notify)/.test(name) ? 'ignore' : 'breaching',
      );
      expect(heartbeat?.Properties.AlarmActions).not.toEqual([]);
      expect(alarmSubject(name)).toEqual(heartbeatFor(subject));
    }
  });

  it('about an org has a datapoint in every period', () => {
    const intervals = new Map(
      monitoredOrgs(sample.config).map(({ org, intervalMinutes }) => [
        org.name,
        Object.values(intervalMinutes).map(secondsOf),
      ]),
    );
    for (const { dimensions, period } of metricAlarms.flatMap(metricsOf)) {
      if (typeof dimensions.Org === 'string') expect(intervals.get(dimensions.Org)).toContain(period);
    }
  });
});

function receiverOf(subject: AlarmSubject): string {
  return subject.kind === 'messages-undelivered' ? subject.receiver : '';
}

function heartbeatFor(subject: AlarmSubject): object {
  if (subject.kind === 'probe-failing') return { kind: 'group-not-running', group: 'negative-tests' };
  if ('org' in subject) return { kind: 'not-running', org: subject.org };
  if (subject.kind === 'messages-undelivered' || subject.kind === 'receivers-unconfirmed') {
    return { kind: 'notify-not-running', route: subject.receiver.startsWith('page') ? 'page' : 'ticket' };
  }
  if ('route' in subject) return { kind: 'notify-not-running', route: subject.route };
  if (subject.kind === 'group-not-running') return { kind: 'sweep-not-running' };
  return 'group' in subject && subject.group === 'flows'
    ? { kind: 'not-running', org: expect.any(String) }
    : { kind: 'group-not-running', group: 'group' in subject ? subject.group : '' };
}

it('an alarm links to the runbook’s URL if the configuration contains it', () => {
  for (const { Properties: properties } of alarmsOf(full)) {
    expect(properties.AlarmDescription).toContain('https://git.example.com/okta-synthetics/docs/runbook.md#');
  }
});

describe('the alarms on findings', () => {
  it('are one for each fault domain and severity of a finding', () => {
    const inTemplate = ofKind('findings', minimal).map(({ subject }) => `${subject.domain}/${subject.severity}`);
    const inFindings = Object.values(findings)
      .flatMap((each) => severitiesOf(each).map((severity) => ({ domain: each.domain, severity })))
      .filter(({ severity }) => severity !== 'info')
      .map(({ domain, severity }) => `${domain}/${severity}`);
    expect(inTemplate.toSorted()).toEqual([...new Set(inFindings)].toSorted());
  });

  /** What Okta announces is found every five minutes, and its ticket needs four of those. */
  const windowOf = ({ domain, severity }: { readonly domain: string; readonly severity: string }) =>
    `${domain}/${severity}` === 'okta/ticket' ? 20 : 10;

  it('fire after two bad runs of ten minutes for a page, three for a network page, and four for a ticket', () => {
    for (const { subject, alarm: each } of ofKind('findings', example)) {
      const needed = subject.severity === 'ticket' ? 4 : subject.domain === 'network' ? 3 : 2;
      expect(each.Properties).toMatchObject({ DatapointsToAlarm: needed, EvaluationPeriods: windowOf(subject) });
    }
  });

  it('evaluate ten runs when runs are rarer, so that an endpoint that fails every third time stays one incident', () => {
    for (const { subject, alarm: each } of ofKind('findings').filter(({ subject: { org } }) => org === 'acme')) {
      const { DatapointsToAlarm: m, EvaluationPeriods: n } = each.Properties;
      expect(n).toBe(windowOf(subject));
      expect(m).toBe(subject.severity === 'ticket' ? 4 : subject.domain === 'network' ? 3 : 2);
    }
  });

  it('compare the severity with the level of a ticket for a page, and ignore pages for a ticket', () => {
    for (const { subject, alarm: each } of ofKind('findings')) {
      const { Properties: properties } = each;
      expect(metricsOf(each)).toMatchObject([
        { name: 'Severity', stat: 'Maximum', dimensions: { Org: subject.org, Domain: subject.domain } },
      ]);
      expect(properties.ComparisonOperator).toBe('GreaterThanThreshold');
      if (subject.severity === 'page') {
        expect(properties).toMatchObject({ Threshold: 1, TreatMissingData: 'notBreaching' });
      } else {
        expect(properties.Metrics[0]).toMatchObject({ Expression: 'IF(m1 < 2, m1)' });
        expect(properties).toMatchObject({ Threshold: 0, TreatMissingData: 'ignore' });
      }
    }
  });

  it.each(ofKind('findings', example))('notify the route of their severity by default: $name', (each) => {
    expect(topicOf(example, each.alarm)).toBe(`okta-synthetics-${each.subject.severity}-alarms`);
  });

  it.each(ofKind('findings'))('notify the route that the configuration sets for their fault domain: $name', (each) => {
    const { domain, severity } = each.subject;
    const route = full.config.alerts.routes[domain] ?? severity;
    expect(topicOf(full, each.alarm)).toBe(`okta-synthetics-${route}-alarms`);
  });

  it.each(ofKind('findings'))('link to the fault domain in the runbook: $name', ({ alarm: each, subject }) => {
    expect(each.Properties.AlarmDescription).toMatch(new RegExp(`#fault-domain-${subject.domain}$`));
  });
});

it.each(ofKind('probe-failing'))('a negative test has its own alarm at its own interval: $name', ({ alarm: each }) => {
  expect(each.Properties).toMatchObject({
    MetricName: 'Success',
    Statistic: 'Minimum',
    Threshold: 1,
    ComparisonOperator: 'LessThanThreshold',
    Period: 3_600,
    DatapointsToAlarm: 2,
  });
});

describe('a heartbeat', () => {
  it('of an org counts the points of a series to which every run of the flows adds', () => {
    expect(alarm({ kind: 'not-running', org: 'acme' }).Properties).toMatchObject({
      MetricName: 'Retries',
      Statistic: 'SampleCount',
      Period: 120,
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      EvaluationPeriods: 1,
      TreatMissingData: 'breaching',
    });
  });

  it('of another group counts the orgs for which it does not run, however many there are and however often they run', () => {
    for (const group of ['limits', 'status', 'negative-tests'] as const) {
      const { Namespace, MetricName, Dimensions, Threshold, Period } = alarm(
        { kind: 'group-not-running', group },
        full,
      ).Properties;
      expect({ Namespace, MetricName, Dimensions, Threshold, Period }).toEqual({
        ...{ Namespace: 'OktaSynthetics', MetricName: 'SilentSchedules', Threshold: 0, Period: 60 },
        Dimensions: [{ Name: 'Group', Value: group }],
      });
    }
  });
});

it('a group that no org runs has no alarm and no function', () => {
  const running = groups.filter((group) => ['flows', 'status'].includes(group));
  const alarmed = subjectsOf(minimal).flatMap(({ subject }) => ('group' in subject ? [subject.group] : []));
  expect(new Set(alarmed)).toEqual(new Set(running));
  expect(minimal.ofType('AWS::Lambda::Function').map(({ Properties }) => Properties.FunctionName)).toEqual([
    ...running.map((group) => `okta-synthetics-${group}`),
    'okta-synthetics-notify-page',
    'okta-synthetics-notify-ticket',
    'okta-synthetics-sweep',
    'okta-synthetics-widget',
  ]);
});

it('an alarm about a broken or throttled function does not change with the orgs and their intervals', () => {
  const windows = (['full', 'example', 'minimal'] as const).map(
    (name) =>
      new Map(
        [...ofKind('group-broken', sampleOf(name)), ...ofKind('group-throttled', sampleOf(name))].map(
          ({ name, alarm: { Properties } }) => {
            const { Period, EvaluationPeriods, DatapointsToAlarm, Threshold } = Properties;
            return [name, { Period, EvaluationPeriods, DatapointsToAlarm, Threshold }];
          },
        ),
      ),
  );
  const [first, ...others] = windows;
  for (const other of others) for (const [name, window] of other) expect(first?.get(name)).toEqual(window);
});

it('an alarm about a broken function has room for three runs at the longest interval that a configuration may have', () => {
  for (const { alarm: each, subject } of ofKind('group-broken')) {
    const { Period, EvaluationPeriods } = each.Properties;
    expect(Period * (EvaluationPeriods - 1)).toBe(2 * longestIntervalMinutes[subject.group] * 60);
  }
});

it('an alarm about a broken function counts the failed minutes of all orgs', () => {
  const limits = alarm({ kind: 'group-broken', group: 'limits' }, example);
  expect(limits.Properties).toMatchObject({
    ...{ Namespace: 'AWS/Lambda', MetricName: 'Errors', Statistic: 'Sum', Period: 60 },
  });
});

describe('an alarm about notifications', () => {
  it('fires when a notifier fails twice within an hour, in which it runs its self-test', () => {
    for (const { alarm: each } of ofKind('notify-broken')) {
      expect(each.Properties).toMatchObject({
        MetricName: 'Errors',
        Period: 3_600,
        Threshold: 1,
        ComparisonOperator: 'GreaterThanThreshold',
      });
    }
  });
});

it('the alarms on what health checks alone find have room for as many checks as they need, and the others stay as quick', () => {
  const alarmsOf = (health: boolean) => {
    const api = { token: { secret: 'acme/api' } };
    const config = buildConfig({ orgs: [{ ...minimalOrg, api, ...(health && { health: {} }) }] });
    return new Map(
      synthesizedOf(synthesize(config).template)
        .ofType('AWS::CloudWatch::Alarm')
        .map(({ Properties }): [string, readonly [number, number]] => [
          Properties.AlarmName,
          [Properties.DatapointsToAlarm, Properties.EvaluationPeriods],
        ]),
    );
  };
  const [without, withHealth] = [alarmsOf(false), alarmsOf(true)];
  const changed = [...withHealth].filter(([name, [, n]]) => without.has(name) && without.get(name)?.[1] !== n);
  expect(changed.map(([name]) => name.replace('okta-synthetics/acme/', '')).sort()).toEqual([
    'configuration/page',
    'configuration/ticket',
    'credentials/page',
    'credentials/ticket',
    'okta/ticket',
  ]);
  for (const [, [m, n]] of changed) expect(n).toBeGreaterThanOrEqual(m * 15);
});

it('the alarms on findings have room for as many journeys as they need, and for no more than CloudWatch allows', () => {
  const user = { login: 'monitor@example.com', secret: 'acme/user' };
  const web = { clientId: 'web', redirectUri: 'https://app.example.com/callback' };
  for (const [flows, journey] of [
    [1, 5],
    [1, 60],
    [2, 2],
    [60, 60],
  ] as const) {
    const config = buildConfig({ orgs: [{ ...minimalOrg, user, web, intervalMinutes: { flows, journey } }] });
    const { template } = synthesize(config);
    const alarms = synthesizedOf(template).ofType('AWS::CloudWatch::Alarm');
    const ofFindings = alarms.filter(({ Properties }) => alarmSubject(Properties.AlarmName)?.kind === 'findings');
    expect(ofFindings.length).toBeGreaterThan(0);
    for (const {
      Properties: { DatapointsToAlarm: m, EvaluationPeriods: n },
    } of ofFindings) {
      expect(n * flows).toBeGreaterThanOrEqual(m * journey);
      expect(n * flows).toBeLessThanOrEqual(24 * 60);
    }
  }
});
