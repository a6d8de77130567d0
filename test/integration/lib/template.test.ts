import { App, Stack } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { Construct } from 'constructs';
import { describe, expect, test } from 'vitest';
import { routes } from '../../../functions/alarms/subject.ts';
import { metricIdentity } from '../../../functions/model/metric.ts';
import { type Resource, type Synthesized, samples } from '../../support/synthesized.ts';

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

/** What a role may do. */
function statementsOf({ Properties }: Resource): readonly Statement[] {
  return (Properties.Policies ?? []).flatMap(
    ({ PolicyDocument }: { PolicyDocument: { Statement: readonly Statement[] } }) => PolicyDocument.Statement,
  );
}

const list = <Item>(value: Item | readonly Item[]): readonly Item[] => (Array.isArray(value) ? value : [value as Item]);

const isRehearsal = (schedule: { Target: { Input: string } }) => 'selfTest' in JSON.parse(schedule.Target.Input);

const probeSchedules = (sample: Synthesized) =>
  sample.ofType('AWS::Scheduler::Schedule').filter(({ Properties }) => !isRehearsal(Properties));

describe.each(Object.entries(samples))('the template of the %s configuration', (_, sample) => {
  test('leaves nothing behind when the stack is destroyed', () => {
    for (const { DeletionPolicy, UpdateReplacePolicy } of sample.resources) {
      expect(['Delete', undefined]).toContain(DeletionPolicy);
      expect(['Delete', undefined]).toContain(UpdateReplacePolicy);
    }
    const keptByDefault = ['AWS::Logs::LogGroup', 'AWS::KMS::Key'];
    for (const resource of keptByDefault.flatMap(sample.ofType)) expect(resource.DeletionPolicy).toBe('Delete');
    for (const key of sample.ofType('AWS::KMS::Key')) expect(key.Properties.PendingWindowInDays).toBe(7);
  });

  test('keeps every log for as long as configured', () => {
    const functions = sample.ofType('AWS::Lambda::Function');
    const logs = sample.ofType('AWS::Logs::LogGroup');
    expect(logs).toHaveLength(functions.length);
    for (const { Properties } of logs) expect(Properties.RetentionInDays).toBe(sample.config.logRetentionDays);
    expect(functions.map(({ Properties }) => Properties.LoggingConfig.LogGroup.Ref).toSorted()).toEqual(
      logs.map(({ id }) => id).toSorted(),
    );
  });

  test('encrypts its topics by a key that alarms may use and that rotates', () => {
    const [key, ...others] = sample.ofType('AWS::KMS::Key');
    expect(others).toEqual([]);
    expect(key?.Properties.EnableKeyRotation).toBe(true);
    expect(key?.Properties.KeyPolicy.Statement).toContainEqual(
      expect.objectContaining({
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      }),
    );
    expect(sample.ofType('AWS::SNS::Topic').map(({ Properties }) => Properties.TopicName)).toEqual([
      'okta-synthetics-page-alarms',
      'okta-synthetics-ticket-alarms',
      'okta-synthetics-pages',
      'okta-synthetics-tickets',
    ]);
    for (const topic of sample.ofType('AWS::SNS::Topic')) {
      expect(topic.Properties.KmsMasterKeyId).toEqual({ 'Fn::GetAtt': [key?.id, 'Arn'] });
    }
  });

  test('lets alarms publish to its topics, and nobody without TLS', () => {
    for (const topic of sample.ofType('AWS::SNS::Topic')) {
      const policy = sample
        .ofType('AWS::SNS::TopicPolicy')
        .find(({ Properties }) => Properties.Topics.some(({ Ref }: { Ref: string }) => Ref === topic.id));
      expect(policy?.Properties.PolicyDocument.Statement).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
          expect.objectContaining({ Effect: 'Allow', Principal: { Service: 'cloudwatch.amazonaws.com' } }),
        ]),
      );
    }
  });

  test('subscribes whom the configuration names', () => {
    const { pages, tickets } = sample.config.alerts;
    const named = [...pages, ...tickets].map(({ email, https }) => email ?? https);
    const people = sample.ofType('AWS::SNS::Subscription').filter(({ Properties }) => Properties.Protocol !== 'lambda');
    expect(people.map(({ Properties }) => Properties.Endpoint).toSorted()).toEqual(named.toSorted());
  });

  test('tells each notifier of its own alarms, and no other way calls it but its rehearsal', () => {
    const idOf = (type: string, property: string, name: string) =>
      sample.ofType(type).find(({ Properties }) => Properties[property] === name)?.id;
    const calls = sample.ofType('AWS::SNS::Subscription').filter(({ Properties }) => Properties.Protocol === 'lambda');
    const expected = routes.map((audience) => ({
      topic: idOf('AWS::SNS::Topic', 'TopicName', `okta-synthetics-${audience}-alarms`),
      lambda: idOf('AWS::Lambda::Function', 'FunctionName', `okta-synthetics-notify-${audience}`),
    }));
    expect(
      calls.map(({ Properties }) => ({ topic: Properties.TopicArn.Ref, lambda: Properties.Endpoint['Fn::GetAtt'][0] })),
    ).toEqual(expected);
    expect(
      sample.ofType('AWS::Lambda::Permission').map(({ Properties }) => ({
        topic: Properties.SourceArn.Ref,
        lambda: Properties.FunctionName['Fn::GetAtt'][0],
      })),
    ).toEqual(expected);
  });

  test('gives no role every action, nor every resource without a condition', () => {
    expect(sample.ofType('AWS::IAM::Policy')).toEqual([]);
    for (const role of sample.ofType('AWS::IAM::Role')) {
      expect(role.Properties.ManagedPolicyArns ?? []).toEqual([]);
      for (const { Action, Resource, Condition } of statementsOf(role)) {
        for (const action of list(Action)) expect(action).not.toContain('*');
        if (list(Resource).includes('*')) expect(Condition).toBeDefined();
      }
    }
  });

  test('calls each function for each org with that org, as often as configured', () => {
    const schedules = probeSchedules(sample);
    expect(schedules.length).toBeGreaterThan(0);
    for (const { Properties } of schedules) {
      const org = JSON.parse(Properties.Target.Input);
      const configured = sample.config.orgs.find(({ name }) => name === org.name);
      const group = Properties.Name.slice(org.name.length + 1);
      // Limits add to the series that flows keep dense.
      const key =
        new Map([
          ['limits', 'flows'],
          ['negative-tests', 'negativeTests'],
        ]).get(group) ?? group;
      const minutes = configured?.intervalMinutes[key as 'flows' | 'status' | 'negativeTests'];
      expect(Properties.ScheduleExpression).toBe(minutes === 1 ? 'rate(1 minute)' : `rate(${minutes} minutes)`);
      expect(org).toMatchObject({ domain: configured?.domain, statusPage: sample.config.statusPage });
      expect(org.servers.map(({ id }: { id: string }) => id)).toEqual(configured?.servers.map(({ id }) => id));
      expect(Properties.FlexibleTimeWindow).toEqual({ Mode: 'OFF' });
    }
  });

  test('rehearses each notifier every hour', () => {
    const rehearsals = sample.ofType('AWS::Scheduler::Schedule').filter(({ Properties }) => isRehearsal(Properties));
    expect(rehearsals.map(({ Properties }) => [Properties.Name, Properties.ScheduleExpression])).toEqual([
      ['notify-page-rehearsal', 'rate(60 minutes)'],
      ['notify-ticket-rehearsal', 'rate(60 minutes)'],
    ]);
  });

  test('repeats no run of probes that failed or came late', () => {
    const noRepeat = { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 };
    for (const { Properties } of sample.ofType('AWS::Scheduler::Schedule')) {
      expect(Properties.Target.RetryPolicy).toEqual(noRepeat);
    }
    const calls = sample.ofType('AWS::Lambda::EventInvokeConfig');
    expect(calls).toHaveLength(sample.ofType('AWS::Lambda::Function').length);
    for (const { Properties } of calls.slice(0, -routes.length)) expect(Properties).toMatchObject(noRepeat);
  });

  test('repeats a message that failed once, and then tells people the alarm as it came', () => {
    const topics = new Map(sample.ofType('AWS::SNS::Topic').map(({ id, Properties }) => [id, Properties.TopicName]));
    const lambdas = new Map(
      sample.ofType('AWS::Lambda::Function').map(({ id, Properties }) => [id, Properties.FunctionName]),
    );
    const repeated = sample
      .ofType('AWS::Lambda::EventInvokeConfig')
      .filter(({ Properties }) => Properties.MaximumRetryAttempts > 0)
      .map(({ Properties }) => ({
        lambda: lambdas.get(Properties.FunctionName.Ref),
        times: Properties.MaximumRetryAttempts,
        within: Properties.MaximumEventAgeInSeconds,
        else: topics.get(Properties.DestinationConfig.OnFailure.Destination.Ref),
      }));
    expect(repeated).toEqual([
      { lambda: 'okta-synthetics-notify-page', times: 1, within: 300, else: 'okta-synthetics-pages' },
      { lambda: 'okta-synthetics-notify-ticket', times: 1, within: 300, else: 'okta-synthetics-tickets' },
    ]);
  });

  test('runs on the newest Node.js and on arm64', () => {
    for (const { Properties } of sample.ofType('AWS::Lambda::Function')) {
      expect(Properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'], Timeout: 30 });
    }
  });

  test('tells notifiers where to read and write, and other functions nothing but their events', () => {
    const logs = sample.ofType('AWS::Logs::LogGroup').map(({ Properties }) => Properties.LogGroupName as string);
    for (const { Properties } of sample.ofType('AWS::Lambda::Function')) {
      const [, audience] = /-notify-(.*)$/.exec(Properties.FunctionName) ?? [];
      if (!audience) {
        expect(Properties.Environment).toBeUndefined();
        continue;
      }
      const { Variables } = Properties.Environment;
      expect(Variables.ROUTE).toBe(audience);
      expect(Variables.LOG_GROUPS.split(',')).toEqual(logs.filter((name) => !name.includes('notify')));
      expect(Variables.RUNBOOK).toMatch(/docs\/runbook\.md$/);
      expect(JSON.stringify(Variables.DASHBOARD)).toContain('#dashboards/dashboard/okta-synthetics');
      const topic = sample.ofType('AWS::SNS::Topic').find(({ id }) => id === Variables.PEOPLE_TOPIC_ARN.Ref);
      expect(topic?.Properties.TopicName).toBe(`okta-synthetics-${audience}s`);
    }
  });

  test('holds nothing that looks like a secret', () => {
    expect(sample.text).not.toMatch(/PRIVATE KEY|SSWS |"00[\w-]{40}"|clientSecret|apiToken|privateKey/);
  });

  test('gives the AWS Solutions checks nothing to find that is not explained', () => {
    expect(findingsIn(sample.stack)).toEqual([]);
  });
});

function findingsIn(scope: Construct): readonly string[] {
  return new AwsSolutionsChecks(scope).validateScope(scope).violations.map(({ ruleName }) => ruleName);
}

test('the AWS Solutions checks do find what is wrong', () => {
  const stack = new Stack(new App());
  new Topic(stack, 'Open');
  expect(findingsIn(stack)).toContain('AwsSolutions-SNS3');
});

/** What the role of a function may do besides writing its log. */
function rightsOf(sample: Synthesized | undefined, group: string) {
  const [lambda] = (sample?.ofType('AWS::Lambda::Function') ?? []).filter(
    ({ Properties }) => Properties.FunctionName === `okta-synthetics-${group}`,
  );
  const role = sample?.resources.find(({ id }) => id === lambda?.Properties.Role['Fn::GetAtt'][0]);
  if (!lambda || !role) throw new Error(`no function ${group}`);
  const log = { 'Fn::GetAtt': [lambda.Properties.LoggingConfig.LogGroup.Ref, 'Arn'] };
  const [writeLog, ...others] = statementsOf(role);
  expect(writeLog).toEqual({
    Effect: 'Allow',
    Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    Resource: log,
  });
  return others;
}

/** What the role of a function that runs probes may do besides publishing. */
function rightsOfProbes(sample: Synthesized | undefined, group: string) {
  const [publish, ...others] = rightsOf(sample, group);
  const { namespace } = metricIdentity('Severity', { org: 'acme' });
  expect(publish).toEqual({
    Effect: 'Allow',
    Action: 'cloudwatch:PutMetricData',
    Resource: '*',
    Condition: { StringEquals: { 'cloudwatch:namespace': namespace } },
  });
  return others;
}

const secret = (name: string) => ({
  'Fn::Join': [
    '',
    [
      'arn:',
      { Ref: 'AWS::Partition' },
      ':secretsmanager:',
      { Ref: 'AWS::Region' },
      ':',
      { Ref: 'AWS::AccountId' },
      `:secret:${name}-??????`,
    ],
  ],
});

/** CloudFormation's order of a policy's resources is of no consequence. */
const isSetOf =
  (...expected: readonly unknown[]) =>
  (resources: readonly unknown[]) => {
    const sorted = (all: readonly unknown[]) => all.map((each) => JSON.stringify(each)).toSorted();
    return JSON.stringify(sorted(resources)) === JSON.stringify(sorted(expected));
  };

const read = (resources: unknown) => ({
  Effect: 'Allow',
  Action: 'secretsmanager:GetSecretValue',
  Resource: resources,
});

describe('a function may write its log, publish metrics, and', () => {
  test('for flows read the secrets of service applications, by name or ARN', () => {
    const arn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:okta/two-AbC123';
    expect(rightsOfProbes(samples.full, 'flows')).toEqual([read(expect.toSatisfy(isSetOf(secret('okta/one'), arn)))]);
    expect(rightsOfProbes(samples.example, 'flows')).toEqual([read(secret('okta-synthetics/acme/service'))]);
    expect(rightsOfProbes(samples.minimal, 'flows')).toEqual([]);
  });

  test('for limits read the secret for the management API', () => {
    expect(rightsOfProbes(samples.full, 'limits')).toEqual([read(secret('okta/api'))]);
    expect(rightsOfProbes(samples.example, 'limits')).toEqual([read(secret('okta-synthetics/acme/api-token'))]);
  });

  test('for the status page do nothing else', () => {
    for (const sample of Object.values(samples)) expect(rightsOfProbes(sample, 'status')).toEqual([]);
  });
});

test('a notifier may read the logs of probes and the history of our alarms, write to its own people, and use their key', () => {
  for (const sample of Object.values(samples)) {
    const [key] = sample.ofType('AWS::KMS::Key');
    for (const audience of routes) {
      const [readLogs, readHistory, write, useKey, ...others] = rightsOf(sample, `notify-${audience}`);
      const probed = sample
        .ofType('AWS::Logs::LogGroup')
        .filter(({ Properties }) => !Properties.LogGroupName.includes('notify'));
      expect(readLogs?.Action).toBe('logs:FilterLogEvents');
      expect(list(readLogs?.Resource)).toSatisfy(isSetOf(...probed.map(({ id }) => ({ 'Fn::GetAtt': [id, 'Arn'] }))));
      expect(readHistory?.Action).toBe('cloudwatch:DescribeAlarmHistory');
      expect(JSON.stringify(readHistory?.Resource)).toContain(':alarm:okta-synthetics/*"');
      const people = sample
        .ofType('AWS::SNS::Topic')
        .find(({ Properties }) => Properties.TopicName === `okta-synthetics-${audience}s`);
      expect(write).toMatchObject({ Action: 'sns:Publish', Resource: { Ref: people?.id } });
      expect(useKey).toMatchObject({
        Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
        Resource: { 'Fn::GetAtt': [key?.id, 'Arn'] },
      });
      expect(others).toEqual([]);
    }
  }
});

test('schedules may call the functions, and nobody else may through their role', () => {
  const { example } = samples;
  const role = example?.ofType('AWS::IAM::Role').find(({ id }) => id.startsWith('Schedules'));
  const functions = example?.ofType('AWS::Lambda::Function').map(({ id }) => ({ 'Fn::GetAtt': [id, 'Arn'] }));
  expect(role && statementsOf(role)).toEqual([
    {
      Effect: 'Allow',
      Action: 'lambda:InvokeFunction',
      Resource: expect.toSatisfy(isSetOf(...(functions ?? []))),
    },
  ]);
  expect(role?.Properties.AssumeRolePolicyDocument.Statement[0].Condition.StringEquals).toHaveProperty([
    'aws:SourceArn',
  ]);
});

test('a schedule names the credentials that its own probes need, and no others', () => {
  for (const sample of Object.values(samples)) {
    for (const { Properties } of probeSchedules(sample)) {
      const { name, api, servers } = JSON.parse(Properties.Target.Input);
      const group: string = Properties.Name.slice(name.length + 1);
      expect(api !== undefined).toBe(group === 'limits');
      const holders = servers.filter(({ web, service }: Record<string, unknown>) => web || service);
      const allowed = { flows: servers.map(({ id }: { id: string }) => id), 'negative-tests': ['org'] }[group] ?? [];
      expect(holders.map(({ id }: { id: string }) => id).filter((id: string) => !allowed.includes(id))).toEqual([]);
    }
  }
});
