import { App, Stack } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { Construct } from 'constructs';
import { describe, expect, test } from 'vitest';
import { metricIdentity } from '../../functions/model/metric.ts';
import { type Resource, type Synthesized, samples } from './synthesized.ts';

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
    expect(sample.ofType('AWS::SNS::Topic')).toHaveLength(2);
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
    const subscribed = sample.ofType('AWS::SNS::Subscription').map(({ Properties }) => Properties.Endpoint);
    expect(subscribed.toSorted()).toEqual(named.toSorted());
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
    const schedules = sample.ofType('AWS::Scheduler::Schedule');
    expect(schedules.length).toBeGreaterThan(0);
    for (const { Properties } of schedules) {
      const org = JSON.parse(Properties.Target.Input);
      const configured = sample.config.orgs.find(({ name }) => name === org.name);
      const group = Properties.Name.slice(org.name.length + 1) as 'flows' | 'limits' | 'status';
      const minutes = configured?.everyMinutes[group];
      expect(Properties.ScheduleExpression).toBe(minutes === 1 ? 'rate(1 minute)' : `rate(${minutes} minutes)`);
      expect(org).toMatchObject({ domain: configured?.domain, statusPage: sample.config.statusPage });
      expect(org.servers.map(({ id }: { id: string }) => id)).toEqual(configured?.servers.map(({ id }) => id));
      expect(Properties.FlexibleTimeWindow).toEqual({ Mode: 'OFF' });
    }
  });

  test('repeats no run that failed or came late', () => {
    const noRepeat = { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 };
    for (const { Properties } of sample.ofType('AWS::Scheduler::Schedule')) {
      expect(Properties.Target.RetryPolicy).toEqual(noRepeat);
    }
    const calls = sample.ofType('AWS::Lambda::EventInvokeConfig');
    expect(calls).toHaveLength(sample.ofType('AWS::Lambda::Function').length);
    for (const { Properties } of calls) expect(Properties).toMatchObject(noRepeat);
  });

  test('runs on the newest Node.js and on arm64', () => {
    for (const { Properties } of sample.ofType('AWS::Lambda::Function')) {
      expect(Properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'], Timeout: 30 });
      expect(Properties.Environment).toBeUndefined();
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

/** What the role of a function may do, in short. */
function rightsOf(sample: Synthesized | undefined, group: string) {
  const [lambda] = (sample?.ofType('AWS::Lambda::Function') ?? []).filter(
    ({ Properties }) => Properties.FunctionName === `okta-synthetics-${group}`,
  );
  const role = sample?.resources.find(({ id }) => id === lambda?.Properties.Role['Fn::GetAtt'][0]);
  if (!lambda || !role) throw new Error(`no function ${group}`);
  const log = { 'Fn::GetAtt': [lambda.Properties.LoggingConfig.LogGroup.Ref, 'Arn'] };
  const [writeLog, publish, ...others] = statementsOf(role);
  expect(writeLog).toEqual({
    Effect: 'Allow',
    Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    Resource: log,
  });
  const { namespace } = metricIdentity('Success', { org: 'acme' });
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
    expect(rightsOf(samples.full, 'flows')).toEqual([read(expect.toSatisfy(isSetOf(secret('okta/one'), arn)))]);
    expect(rightsOf(samples.example, 'flows')).toEqual([read(secret('okta-synthetics/acme/service'))]);
    expect(rightsOf(samples.minimal, 'flows')).toEqual([]);
  });

  test('for limits read the secret for the management API', () => {
    expect(rightsOf(samples.full, 'limits')).toEqual([read(secret('okta/api'))]);
    expect(rightsOf(samples.example, 'limits')).toEqual([read(secret('okta-synthetics/acme/api-token'))]);
  });

  test('for the status page do nothing else', () => {
    for (const sample of Object.values(samples)) expect(rightsOf(sample, 'status')).toEqual([]);
  });
});

test('schedules may call the functions, and nobody else may through their role', () => {
  const { example } = samples;
  const role = example?.ofType('AWS::IAM::Role').find(({ id }) => id.startsWith('Schedules'));
  const functions = example?.ofType('AWS::Lambda::Function').map(({ id }) => ({ 'Fn::GetAtt': [id, 'Arn'] }));
  expect(role && statementsOf(role)).toEqual([
    { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: functions },
  ]);
  expect(role?.Properties.AssumeRolePolicyDocument.Statement[0].Condition.StringEquals).toHaveProperty([
    'aws:SourceArn',
  ]);
});

test('a schedule names the credentials that its own probes need, and no others', () => {
  for (const sample of Object.values(samples)) {
    for (const { Properties } of sample.ofType('AWS::Scheduler::Schedule')) {
      const { name, api, servers } = JSON.parse(Properties.Target.Input);
      const group: string = Properties.Name.slice(name.length + 1);
      expect(api !== undefined).toBe(group === 'limits');
      const holders = servers.filter(({ web, service }: Record<string, unknown>) => web || service);
      const allowed = { flows: servers.map(({ id }: { id: string }) => id), contracts: ['org'] }[group] ?? [];
      expect(holders.map(({ id }: { id: string }) => id).filter((id: string) => !allowed.includes(id))).toEqual([]);
    }
  }
});
