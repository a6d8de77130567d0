import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseAlarms, type TemplateResource } from '../src/index.ts';

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

describe('a metric alarm in a template', () => {
  it('parses an alarm with its name, description and topics by state', () => {
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
          resultId: 'm1',
          periodMs: 60_000,
          comparison: 'LessThanThreshold',
          threshold: 1,
          evaluationPeriods: 3,
          datapointsToAlarm: 2,
          treatMissingData: 'notBreaching',
        },
      ],
      muteRules: [],
      unsupported: [],
    });
  });

  it('applies the defaults of CloudFormation', () => {
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

  it('uses the logical id of a function if the template does not name it', () => {
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

  it('uses the name of a topic for its attribute TopicName', () => {
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

  it('ignores missing data in alarms on DynamoDB, whatever they specify', () => {
    const [parsed] = parse({ Throttled: alarm({ ...simple, Namespace: 'AWS/DynamoDB' }) }).alarms;
    expect(parsed).toMatchObject({ treatMissingData: 'ignore' });
  });

  it('parses an alarm on an expression over metrics and other expressions', () => {
    const { alarms, unsupported } = parse({
      Failing: alarm(
        math(
          { Id: 'e1', Expression: 'e2 * 2' },
          { Id: 'e2', Expression: 'MIN([m1, m2])', ReturnData: false },
          stat('m1'),
          stat('m2'),
        ),
      ),
    });
    expect(unsupported).toEqual([]);
    expect(alarms).toMatchObject([{ resultId: 'e1', periodMs: 60_000 }]);
  });

  it('parses the warm-up of an alarm on a metric or an expression', () => {
    const { alarms, unsupported } = parse({
      Metric: alarm({ ...simple, WarmUpConfiguration: { WarmUpPeriodDurationInMinutes: 5 } }),
      Expression: alarm({
        ...math({ Id: 'e1', Expression: 'm1' }, stat('m1')),
        AlarmName: 'expression',
        WarmUpConfiguration: { WarmUpPeriodDurationInMinutes: 60, OnlyStartEvaluatingAfterWarmUpPeriodEnds: true },
      }),
    });
    expect(unsupported).toEqual([]);
    expect(alarms).toMatchObject([
      { warmUp: { durationMs: 5 * 60_000, lastsItsDuration: false } },
      { warmUp: { durationMs: 60 * 60_000, lastsItsDuration: true } },
    ]);
  });
});

interface UnsupportedAlarm {
  readonly what: string;
  readonly reason: string;
  /** How it differs from a supported alarm. A property that is null is removed. */
  readonly change: Readonly<Record<string, unknown>>;
}

function readUnsupported(): readonly UnsupportedAlarm[] {
  const text = readFileSync(new URL('unsupported-alarms.jsonl', import.meta.url), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line): UnsupportedAlarm => JSON.parse(line));
}

describe('an unsupported alarm', () => {
  it.each(readUnsupported())('rejects an alarm with $what', ({ change, reason }) => {
    const all = { ...('Metrics' in change ? bare : simple), ...change };
    const properties = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
    const { alarms, unsupported } = parse({
      Failing: alarm(properties),
      Fine: alarm({ ...simple, AlarmName: 'fine' }),
    });
    expect(alarms.map(({ logicalId }) => logicalId)).toEqual(['Fine']);
    expect(unsupported).toEqual([{ logicalId: 'Failing', reason: expect.stringContaining(reason) }]);
  });

  it('rejects alarms with a condition, and alarms of an unknown type', () => {
    expect(
      parse({
        Sometimes: { ...alarm(simple), Condition: 'IsProduction' },
        Other: { Type: 'AWS::CloudWatch::PromQlAlarm' },
        Dashboard: { Type: 'AWS::CloudWatch::Dashboard' },
      }).unsupported,
    ).toEqual([
      { logicalId: 'Sometimes', reason: 'it depends on the condition IsProduction' },
      { logicalId: 'Other', reason: 'AWS::CloudWatch::PromQlAlarm is not supported' },
    ]);
  });
});

describe('a composite alarm in a template', () => {
  const arn = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });

  it('parses a composite alarm that refers to its children by ARN, as CDK writes it', () => {
    const { alarms, unsupported } = parse({
      Failing: alarm(simple),
      Any: composite({
        AlarmName: 'any',
        AlarmRule: { 'Fn::Join': ['', ['(ALARM("', arn('Failing'), '") OR FALSE)']] },
        ActionsSuppressor: arn('Failing'),
        ActionsSuppressorWaitPeriod: 60,
        ActionsSuppressorExtensionPeriod: 120,
      }),
    });
    expect(unsupported).toEqual([]);
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

  it('rejects composite alarms on unsupported alarms, cycles and duplicate names', () => {
    expect(
      parse({
        Failing: alarm({ ...simple, ExtendedStatistic: 'p99' }),
        Orphan: composite({ AlarmRule: 'ALARM("acme/failing")' }),
        Above: composite({ AlarmRule: 'NOT ALARM(Orphan)' }),
        Circle: composite({ AlarmRule: 'ALARM(Circle)' }),
        First: alarm({ ...simple, AlarmName: 'same' }),
        Second: alarm({ ...simple, AlarmName: 'same' }),
      }).unsupported.map(({ logicalId, reason }) => `${logicalId}: ${reason}`),
    ).toEqual([
      'Failing: ExtendedStatistic is not supported',
      'Second: another alarm is also called same',
      'Orphan: it refers to acme/failing, which cannot be evaluated',
      'Above: it refers to Orphan, which cannot be evaluated',
      'Circle: it refers to Circle, which cannot be evaluated',
    ]);
  });
});

describe('a mute rule in a template', () => {
  it('parses a mute rule with the names of the alarms that it mutes', () => {
    const { muteRules, unsupported } = parse({
      Failing: alarm(simple),
      Nightly: mute({ ...nightly, MuteTargets: { AlarmNames: [{ Ref: 'Failing' }] }, StartDate: '2026-11-21T00:00' }),
    });
    expect(unsupported).toEqual([]);
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

  it('rejects a mute rule for an alarm that does not exist', () => {
    expect(parse({ Nightly: mute({ ...nightly, MuteTargets: { AlarmNames: ['nobody'] } }) }).unsupported).toEqual([
      { logicalId: 'Nightly', reason: 'it mutes nobody, which cannot be evaluated' },
    ]);
  });
});
