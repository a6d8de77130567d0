import { describe, expect, it } from 'vitest';
import { parseAlarms } from '../../../../../local/emulators/cloudwatch/parse-alarm.ts';
import type { TemplateResource } from '../../../../../local/emulators/cloudwatch/template-reader.ts';

const Pages = { Type: 'AWS::SNS::Topic' };

const simple = {
  AlarmName: 'acme/failing',
  AlarmDescription: 'The org fails.',
  AlarmActions: [{ Ref: 'Pages' }],
  OKActions: [{ Ref: 'Pages' }],
  Namespace: 'Sample',
  MetricName: 'Success',
  Dimensions: [{ Name: 'Org', Value: 'acme' }],
  Statistic: 'Minimum',
  Period: 60,
  ComparisonOperator: 'LessThanThreshold',
  Threshold: 1,
  EvaluationPeriods: 3,
  DatapointsToAlarm: 2,
  TreatMissingData: 'notBreaching',
};

const metric = { Namespace: 'Sample', MetricName: 'Success' };
const { Namespace: _, MetricName: __, Dimensions: ___, Statistic: ____, Period: _____, ...bare } = simple;
const math = (...Metrics: readonly unknown[]) => ({ ...bare, Metrics });
const stat = (Id: string, Period = 60) => ({
  Id,
  MetricStat: { Metric: metric, Period, Stat: 'Minimum' },
  ReturnData: false,
});

const parse = (resources: Readonly<Record<string, TemplateResource>>) =>
  parseAlarms({ Resources: { Pages, ...resources } });
const alarm = (properties: Readonly<Record<string, unknown>>): TemplateResource => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: properties,
});
const composite = (properties: Readonly<Record<string, unknown>>): TemplateResource => ({
  Type: 'AWS::CloudWatch::CompositeAlarm',
  Properties: properties,
});
const mute = (properties: Readonly<Record<string, unknown>>): TemplateResource => ({
  Type: 'AWS::CloudWatch::AlarmMuteRule',
  Properties: properties,
});
const nightly = { Rule: { Schedule: { Expression: 'cron(0 2 * * *)', Duration: 'PT1H' } } };

describe('an alarm of a template', () => {
  it('is read with its name, its description and the topics of each state', () => {
    expect(parse({ Failing: alarm(simple) })).toEqual({
      alarms: [
        {
          kind: 'metric',
          logicalId: 'Failing',
          name: 'acme/failing',
          description: 'The org fails.',
          actions: { OK: ['Pages'], ALARM: ['Pages'], INSUFFICIENT_DATA: [] },
          queries: {
            m1: {
              kind: 'metric',
              identity: { namespace: 'Sample', name: 'Success', dimensions: { Org: 'acme' } },
              stat: 'Minimum',
            },
          },
          watched: 'm1',
          periodMs: 60_000,
          comparison: 'LessThanThreshold',
          threshold: 1,
          evaluationPeriods: 3,
          datapointsToAlarm: 2,
          treatMissingData: 'notBreaching',
        },
      ],
      muteRules: [],
      refused: [],
    });
  });

  it('takes what CloudFormation takes for granted', () => {
    const { AlarmName: _name, DatapointsToAlarm: _m, TreatMissingData: _missing, ...rest } = simple;
    const [parsed] = parse({ Failing: alarm({ ...rest, Threshold: '1', ActionsEnabled: false }) }).alarms;
    expect(parsed).toMatchObject({
      name: 'Failing',
      datapointsToAlarm: 3,
      treatMissingData: 'missing',
      threshold: 1,
      actions: { OK: [], ALARM: [], INSUFFICIENT_DATA: [] },
    });
  });

  it('calls a function by its logical id where the template leaves the name to CloudFormation', () => {
    const of = (id: string) =>
      alarm({ ...simple, AlarmName: id, Dimensions: [{ Name: 'FunctionName', Value: { Ref: id } }] });
    const { alarms } = parse({
      Flows: { Type: 'AWS::Lambda::Function' },
      Limits: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'limits' } },
      A: of('Flows'),
      B: of('Limits'),
    });
    expect(alarms).toMatchObject([
      { queries: { m1: { identity: { dimensions: { FunctionName: 'Flows' } } } } },
      { queries: { m1: { identity: { dimensions: { FunctionName: 'limits' } } } } },
    ]);
  });

  it('calls a topic by its name, and not by what a reference to it stands for', () => {
    const of = (id: string) =>
      alarm({
        ...simple,
        AlarmName: id,
        Dimensions: [{ Name: 'TopicName', Value: { 'Fn::GetAtt': [id, 'TopicName'] } }],
      });
    const { alarms } = parse({
      Plain: { Type: 'AWS::SNS::Topic' },
      Named: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'pages' } },
      A: of('Plain'),
      B: of('Named'),
    });
    expect(alarms).toMatchObject([
      { queries: { m1: { identity: { dimensions: { TopicName: 'Plain' } } } } },
      { queries: { m1: { identity: { dimensions: { TopicName: 'pages' } } } } },
    ]);
  });

  it('ignores missing data of DynamoDB, whatever it says', () => {
    const [parsed] = parse({ Throttled: alarm({ ...simple, Namespace: 'AWS/DynamoDB' }) }).alarms;
    expect(parsed).toMatchObject({ treatMissingData: 'ignore' });
  });

  it('may watch an expression of metrics and other expressions', () => {
    const { alarms, refused } = parse({
      Failing: alarm(
        math(
          { Id: 'e1', Expression: 'e2 * 2' },
          { Id: 'e2', Expression: 'MIN([m1, m2])', ReturnData: false },
          stat('m1'),
          stat('m2'),
        ),
      ),
    });
    expect(refused).toEqual([]);
    expect(alarms).toMatchObject([{ watched: 'e1', periodMs: 60_000 }]);
  });
});

describe('an alarm that cannot be evaluated is refused by its logical id', () => {
  const e1 = (Expression: string) => ({ Id: 'e1', Expression });
  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['a property that is not known', { ...simple, ThresholdMetricId: 'ad1' }, 'ThresholdMetricId is not evaluated'],
    [
      'a percentile',
      { ...simple, Statistic: undefined, ExtendedStatistic: 'p99' },
      'ExtendedStatistic is not evaluated',
    ],
    [
      'another statistic',
      { ...simple, Statistic: 'p99' },
      '"p99" is not one of Average, Minimum, Maximum, Sum, SampleCount',
    ],
    [
      'a band',
      { ...simple, ComparisonOperator: 'GreaterThanUpperThreshold' },
      '"GreaterThanUpperThreshold" is not one of',
    ],
    [
      'another treatment',
      { ...simple, TreatMissingData: 'bad' },
      '"bad" is not one of missing, ignore, breaching, notBreaching',
    ],
    ['M above N', { ...simple, DatapointsToAlarm: 4 }, 'DatapointsToAlarm 4 is more than EvaluationPeriods 3'],
    ['no M', { ...simple, DatapointsToAlarm: 0 }, 'DatapointsToAlarm is 0'],
    ['no threshold', { ...simple, Threshold: undefined }, 'cannot read undefined as a number'],
    ['an odd period', { ...simple, Period: 90 }, 'a period of 90 seconds is none that CloudWatch allows'],
    [
      'an action by ARN',
      { ...simple, AlarmActions: ['arn:aws:sns:eu-west-1:1:x'] },
      'cannot read "arn:aws:sns:eu-west-1:1:x" as an object',
    ],
    ['an action that is no topic', { ...simple, AlarmActions: [{ Ref: 'Failing' }] }, 'is no topic of the template'],
    ['an unresolved text', { ...simple, Namespace: { 'Fn::Sub': 'x' } }, 'cannot read {"Fn::Sub":"x"} as a text'],
    ['a resource that is not there', { ...simple, Namespace: { Ref: 'Nobody' } }, 'no resource is called Nobody'],
    ['an unknown function', math(e1('RATE(m1)'), stat('m1')), 'the function RATE is not one of'],
    ['an unknown id', math(e1('m1 + m2'), stat('m1')), 'no metric or expression has the id m2'],
    [
      'an expression of itself',
      math(e1('e2'), { ...e1('e1'), Id: 'e2', ReturnData: false }, stat('m1')),
      'the expression e1 refers to itself',
    ],
    ['several series', math(e1('METRICS()'), stat('m1')), 'the expression gives an array of series'],
    ['two results', math(e1('m1'), { ...e1('m1'), Id: 'e2' }, stat('m1')), '2 of the metrics return data, and not one'],
    ['two periods', math(e1('m1 + m2'), stat('m1'), stat('m2', 300)), 'the metrics are not of one period'],
    ['one id twice', math(e1('m1'), stat('m1'), stat('m1')), 'two metrics have the same id'],
    ['another account', math({ ...stat('m1'), ReturnData: true, AccountId: '1' }), 'AccountId is not evaluated'],
    ['a metric besides', { ...math(e1('m1'), stat('m1')), MetricName: 'x' }, 'MetricName stands beside Metrics'],
  ])('for %s', (_what, properties, reason) => {
    // Through JSON, as templates come, so that what is undefined is absent.
    const { alarms, refused } = parse(
      JSON.parse(JSON.stringify({ Failing: alarm(properties), Fine: alarm({ ...simple, AlarmName: 'fine' }) })),
    );
    expect(alarms.map(({ logicalId }) => logicalId)).toEqual(['Fine']);
    expect(refused).toEqual([{ logicalId: 'Failing', reason: expect.stringContaining(reason) }]);
  });

  it('for a condition, and for a type that is not known', () => {
    expect(
      parse({
        Sometimes: { ...alarm(simple), Condition: 'IsProduction' },
        Other: { Type: 'AWS::CloudWatch::PromQlAlarm' },
        Dashboard: { Type: 'AWS::CloudWatch::Dashboard' },
      }).refused,
    ).toEqual([
      { logicalId: 'Sometimes', reason: 'it exists only under the condition IsProduction' },
      { logicalId: 'Other', reason: 'AWS::CloudWatch::PromQlAlarm is not evaluated' },
    ]);
  });
});

describe('a composite alarm of a template', () => {
  const arn = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });

  it('is read as CDK writes it, by the ARNs of its children', () => {
    const { alarms, refused } = parse({
      Failing: alarm(simple),
      Any: composite({
        AlarmName: 'any',
        AlarmRule: { 'Fn::Join': ['', ['(ALARM("', arn('Failing'), '") OR FALSE)']] },
        ActionsSuppressor: arn('Failing'),
        ActionsSuppressorWaitPeriod: 60,
        ActionsSuppressorExtensionPeriod: 120,
      }),
    });
    expect(refused).toEqual([]);
    expect(alarms).toMatchObject([
      { name: 'acme/failing' },
      {
        kind: 'composite',
        name: 'any',
        rule: {
          kind: 'or',
          rules: [
            { kind: 'state', state: 'ALARM', alarm: 'acme/failing' },
            { kind: 'constant', value: false },
          ],
        },
        suppressor: { alarm: 'acme/failing', waitMs: 60_000, extensionMs: 120_000 },
      },
    ]);
  });

  it('is refused with the alarm that it asks about, in a circle, and under a name that is taken', () => {
    expect(
      parse({
        Failing: alarm({ ...simple, ExtendedStatistic: 'p99' }),
        Orphan: composite({ AlarmRule: 'ALARM("acme/failing")' }),
        Above: composite({ AlarmRule: 'NOT ALARM(Orphan)' }),
        Circle: composite({ AlarmRule: 'ALARM(Circle)' }),
        First: alarm({ ...simple, AlarmName: 'same' }),
        Second: alarm({ ...simple, AlarmName: 'same' }),
      }).refused.map(({ logicalId, reason }) => `${logicalId}: ${reason}`),
    ).toEqual([
      'Failing: ExtendedStatistic is not evaluated',
      'Second: another alarm is called same too',
      'Orphan: it cannot be resolved, for want of acme/failing',
      'Above: it cannot be resolved, for want of Orphan',
      'Circle: it cannot be resolved, for want of Circle',
    ]);
  });
});

describe('a mute rule of a template', () => {
  it('is read with the names of the alarms that it mutes', () => {
    const { muteRules, refused } = parse({
      Failing: alarm(simple),
      Nightly: mute({ ...nightly, MuteTargets: { AlarmNames: [{ Ref: 'Failing' }] }, StartDate: '2026-11-21T00:00' }),
    });
    expect(refused).toEqual([]);
    expect(muteRules).toMatchObject([
      {
        logicalId: 'Nightly',
        alarms: ['acme/failing'],
        timeZone: 'UTC',
        durationMs: 3_600_000,
        startsAt: Date.UTC(2026, 10, 21),
      },
    ]);
  });

  it('is refused where it mutes what is not there', () => {
    expect(parse({ Nightly: mute({ ...nightly, MuteTargets: { AlarmNames: ['nobody'] } }) }).refused).toEqual([
      { logicalId: 'Nightly', reason: 'it mutes nobody, which is not evaluated' },
    ]);
  });
});
