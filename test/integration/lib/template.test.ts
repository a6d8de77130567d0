import { App, Stack } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { Construct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { routes } from '../../../functions/model/finding.ts';
import { metricIdentity } from '../../../functions/model/metric.ts';
import type { Org } from '../../../functions/model/org.ts';
import type { Group } from '../../../functions/model/probe.ts';
import { checkVersion } from '../../../functions/run/check-answer.ts';
import { functionTimeoutMs, waitMsOf } from '../../../functions/run/deadline.ts';
import { outletsOf } from '../../../lib/alarms/alert-topics.ts';
import { selfTestMinutes } from '../../../lib/alarms/notifier-alarms.ts';
import { probeEvents } from '../../../lib/functions/probe-event.ts';
import { ProbeFunction } from '../../../lib/functions/probe-function.ts';
import { monitoredOrgs } from '../../../lib/monitored-org.ts';
import { readDeployment } from '../../../local/self-hosted/template/read-deployment.ts';
import { type Resource, type Synthesized, samples } from '../../support/synthesized.ts';

interface Statement {
  readonly Effect: string;
  readonly Principal?: { readonly Service?: string };
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, object>>;
}

/** The conditions that a service's right must have. A key encrypts topics, so that no alarm uses it by itself. */
function expectedKeys(service: string, action: string | readonly string[]): readonly string[] {
  if (service === 'cloudwatch.amazonaws.com')
    return action === 'sns:Publish' ? ['aws:SourceAccount', 'aws:SourceArn'] : ['aws:SourceAccount'];
  // SNS supports no condition on the source in a key's policy for EventBridge. The topic's policy has it.
  if (service === 'events.amazonaws.com' && String(action).includes('kms:'))
    return ['kms:EncryptionContext:aws:sns:topicArn'];
  return action === 'sts:AssumeRole' ? ['aws:SourceAccount', 'aws:SourceArn'] : ['aws:SourceArn'];
}

/** The permissions of a role. */
function statementsOf({ Properties }: Resource): readonly Statement[] {
  return (Properties.Policies ?? []).flatMap(
    ({ PolicyDocument }: { PolicyDocument: { Statement: readonly Statement[] } }) => PolicyDocument.Statement,
  );
}

const list = <Item>(value: Item | readonly Item[]): readonly Item[] => (Array.isArray(value) ? value : [value as Item]);

/** The topics of chats by https. */
function chatTopics({ config }: (typeof samples)[string]): readonly string[] {
  return routes.flatMap((route) =>
    config.alerts[`${route}s`].some(({ kind, https }) => kind === 'chat' && https !== undefined)
      ? [`okta-synthetics-${route}s-chat`]
      : [],
  );
}

const isSelfTest = (schedule: { Target: { Input: string } }) => 'selfTest' in JSON.parse(schedule.Target.Input);

const probeSchedules = (sample: Synthesized) =>
  sample
    .ofType('AWS::Scheduler::Schedule')
    .filter(({ Properties }) => 'servers' in JSON.parse(Properties.Target.Input));

/** All functions run on a schedule, at least for a test of themselves, but the one that dashboards invoke. */
const isOnSchedule = ({ Properties }: Resource) => Properties.FunctionName !== 'okta-synthetics-widget';

describe.each(Object.entries(samples))('the template of the %s configuration', (name, sample) => {
  it(`the ${name} stack leaves nothing behind when it is destroyed, and destroying it is not refused`, () => {
    for (const { Type, Properties, DeletionPolicy, UpdateReplacePolicy } of sample.resources) {
      const isKept = ['AWS::Logs::LogGroup', 'AWS::KMS::Key', 'AWS::DynamoDB::Table'].includes(Type);
      expect([Type, DeletionPolicy]).toEqual([Type, DeletionPolicy === undefined && !isKept ? undefined : 'Delete']);
      if (Type !== 'AWS::DynamoDB::Table') expect([Type, UpdateReplacePolicy]).toEqual([Type, DeletionPolicy]);
      expect(Properties.DeletionProtectionEnabled).toBeUndefined();
    }
    for (const key of sample.ofType('AWS::KMS::Key')) expect(key.Properties.PendingWindowInDays).toBe(7);
    expect(sample.stack.terminationProtection).toBeFalsy();
  });

  it(`the table of the ${name} stack, which guards passwords, outlives its replacement and can be restored after a deletion`, () => {
    const [table, ...others] = sample.ofType('AWS::DynamoDB::Table');
    expect(others).toEqual([]);
    expect(table).toMatchObject({
      DeletionPolicy: 'Delete',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        TableName: 'okta-synthetics-state',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      },
    });
  });

  it(`no role of the ${name} stack may delete an item of the table, the table or anything else`, () => {
    const actions = sample
      .ofType('AWS::IAM::Role')
      .flatMap(statementsOf)
      .flatMap(({ Action }) => list(Action));
    expect(actions.filter((action) => /Delete|Update|Batch|PartiQL|Restore|Remove/.test(action))).toEqual([]);
    expect(new Set(actions.filter((action) => action.startsWith('dynamodb:')))).toEqual(
      new Set(['GetItem', 'PutItem', 'Query', 'Scan'].map((operation) => `dynamodb:${operation}`)),
    );
  });

  it(`the ${name} stack keeps the log of every function for the configured time`, () => {
    const functions = sample.ofType('AWS::Lambda::Function');
    const logs = sample.ofType('AWS::Logs::LogGroup');
    expect(logs).toHaveLength(functions.length);
    for (const { Properties } of logs) expect(Properties.RetentionInDays).toBe(sample.config.logRetentionDays);
    expect(functions.map(({ Properties }) => Properties.LoggingConfig.LogGroup.Ref).toSorted()).toEqual(
      logs.map(({ id }) => id).toSorted(),
    );
  });

  it(`the ${name} stack encrypts its topics with a rotating key that alarms may use`, () => {
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
      ...routes.map((route) => `okta-synthetics-${route}-alarms`),
      ...routes.flatMap((route) => [
        `okta-synthetics-${route}s`,
        ...outletsOf(sample.config.alerts[`${route}s`])
          .filter((outlet) => outlet !== 'pagerduty')
          .map((shape) => `okta-synthetics-${route}s-${shape}`),
      ]),
      // Only for alarms about the notifier, which EventBridge puts into the format of chats.
      ...chatTopics(sample),
      ...(sample.config.alerts.drills.length > 0 ? ['okta-synthetics-drills'] : []),
    ]);
    for (const topic of sample.ofType('AWS::SNS::Topic')) {
      expect(topic.Properties.KmsMasterKeyId).toEqual({ 'Fn::GetAtt': [key?.id, 'Arn'] });
    }
  });

  it(`the ${name} stack lets alarms publish to its topics but those of drills and of chats alone, and refuses connections without TLS`, () => {
    for (const topic of sample.ofType('AWS::SNS::Topic')) {
      const policy = sample
        .ofType('AWS::SNS::TopicPolicy')
        .find(({ Properties }) => Properties.Topics.some(({ Ref }: { Ref: string }) => Ref === topic.id));
      expect(policy?.Properties.PolicyDocument.Statement).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
          ...(/-(drills|chat)$/.test(topic.Properties.TopicName)
            ? []
            : [expect.objectContaining({ Effect: 'Allow', Principal: { Service: 'cloudwatch.amazonaws.com' } })]),
        ]),
      );
    }
  });

  it(`the ${name} stack subscribes the configured addresses`, () => {
    const { pages, tickets, drills } = sample.config.alerts;
    const addresses = [...pages, ...tickets, ...drills].flatMap(({ email, https }) => email ?? https ?? []);
    const subscriptions = sample
      .ofType('AWS::SNS::Subscription')
      .filter(({ Properties }) => Properties.Protocol !== 'lambda');
    const chats = [...pages, ...tickets].flatMap(({ kind, https }) => (kind === 'chat' && https ? [https] : []));
    const endpoints = subscriptions.map(({ Properties }) => Properties.Endpoint);
    expect(endpoints.toSorted()).toEqual([...addresses, ...chats].toSorted());
  });

  it(`in the ${name} stack, each notifier is invoked only by the alarms of its route and by its self-test`, () => {
    const idOf = (type: string, property: string, name: string) =>
      sample.ofType(type).find(({ Properties }) => Properties[property] === name)?.id;
    const calls = sample.ofType('AWS::SNS::Subscription').filter(({ Properties }) => Properties.Protocol === 'lambda');
    const expected = routes.map((route) => ({
      topic: idOf('AWS::SNS::Topic', 'TopicName', `okta-synthetics-${route}-alarms`),
      lambda: idOf('AWS::Lambda::Function', 'FunctionName', `okta-synthetics-notify-${route}`),
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

  it(`in the ${name} stack, only this account's resources that are meant may use what a policy allows a service`, () => {
    const documents = sample.resources.flatMap(({ Properties }) => [
      Properties.AssumeRolePolicyDocument ?? [],
      Properties.KeyPolicy ?? [],
      Properties.PolicyDocument ?? [],
    ]);
    const allowed = documents
      .flatMap(({ Statement = [] }: { Statement?: readonly Statement[] }) => Statement)
      .filter(({ Effect }) => Effect === 'Allow');
    expect(allowed.length).toBeGreaterThan(0);
    for (const { Principal, Action, Condition } of allowed) {
      const service = Principal?.Service;
      const keys = Object.values(Condition ?? {}).flatMap((each) => Object.keys(each));
      // The key's administrators, by IAM. A function gets no role of another account.
      if (!service) expect([Action, JSON.stringify(Principal)]).toEqual(['kms:*', expect.stringContaining(':root"')]);
      else if (service === 'lambda.amazonaws.com') expect(Action).toBe('sts:AssumeRole');
      else expect([service, keys]).toEqual([service, expect.arrayContaining([...expectedKeys(service, Action)])]);
    }
    for (const { Properties } of sample.ofType('AWS::Lambda::Permission')) expect(Properties.SourceArn).toBeDefined();
  });

  it(`each rule of the ${name} stack may assume the role of its targets`, () => {
    for (const { Properties } of sample.ofType('AWS::Events::Rule')) {
      for (const { RoleArn } of Properties.Targets) {
        if (!RoleArn) continue;
        const role = sample.resources.find(({ id }) => id === RoleArn['Fn::GetAtt'][0]);
        const trust = role?.Properties.AssumeRolePolicyDocument.Statement[0].Condition.StringEquals['aws:SourceArn'];
        expect(JSON.stringify(trust)).toContain(`rule/${Properties.Name}"`);
      }
    }
  });

  it(`no role of the ${name} stack allows all actions, or all resources without a condition`, () => {
    expect(sample.ofType('AWS::IAM::Policy')).toEqual([]);
    for (const role of sample.ofType('AWS::IAM::Role')) {
      expect(role.Properties.ManagedPolicyArns ?? []).toEqual([]);
      for (const { Action, Resource, Condition } of statementsOf(role)) {
        for (const action of list(Action)) expect(action).not.toContain('*');
        // AWS has no narrower way to read metrics.
        const isReadingMetrics = Action === 'cloudwatch:GetMetricData';
        if (list(Resource).includes('*') && !isReadingMetrics) expect(Condition).toBeDefined();
      }
    }
  });

  it(`the ${name} stack invokes each function for each org at the configured interval`, () => {
    const schedules = probeSchedules(sample);
    expect(schedules).toHaveLength(monitoredOrgs(sample.config).flatMap(probeEvents).length);
    expect(schedules.length).toBeGreaterThan(0);
    for (const { Properties } of schedules) {
      const org = JSON.parse(Properties.Target.Input);
      const configured = sample.config.orgs.find(({ name }) => name === org.name);
      const group = Properties.Name.slice(org.name.length + 1);
      // Limits run as often as flows, because they publish to the same series.
      const key =
        new Map([
          ['limits', 'flows'],
          ['system-log', 'systemLog'],
          ['negative-tests', 'negativeTests'],
        ]).get(group) ?? group;
      const minutes = { ...sample.config.intervalMinutes, ...configured?.intervalMinutes }[
        key as 'flows' | 'status' | 'negativeTests'
      ];
      expect(Properties.ScheduleExpression).toBe(minutes === 1 ? 'rate(1 minute)' : `rate(${minutes} minutes)`);
      expect(org).toMatchObject({ domain: configured?.domain, statusPage: expect.any(Object) });
      expect(org.servers.map(({ id }: { id: string }) => id)).toEqual(configured?.servers.map(({ id }) => id));
      expect(Properties.FlexibleTimeWindow).toEqual({ Mode: 'OFF' });
    }
  });

  it(`each event of the ${name} stack says which minute its schedule is for, as Scheduler fills it in`, () => {
    const schedules = sample.ofType('AWS::Scheduler::Schedule');
    expect(schedules.length).toBeGreaterThan(0);
    for (const { Properties } of schedules) {
      const [, minutes] = /^rate\((\d+) /.exec(Properties.ScheduleExpression) ?? [];
      expect(JSON.parse(Properties.Target.Input).schedule).toEqual({
        time: '<aws.scheduler.scheduled-time>',
        executionId: '<aws.scheduler.execution-id>',
        attempt: '<aws.scheduler.attempt-number>',
        intervalMinutes: Number(minutes),
      });
    }
  });

  it(`the ${name} stack tests each notifier every hour`, () => {
    const selfTests = sample.ofType('AWS::Scheduler::Schedule').filter(({ Properties }) => isSelfTest(Properties));
    expect(selfTests.map(({ Properties }) => [Properties.Name, Properties.ScheduleExpression])).toEqual(
      routes.map((route) => [`notify-${route}-self-test`, `rate(${selfTestMinutes} minutes)`]),
    );
  });

  it(`the ${name} stack does not retry failed or late runs of probes`, () => {
    const noRetry = { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 };
    for (const { Properties } of sample.ofType('AWS::Scheduler::Schedule')) {
      expect(Properties.Target.RetryPolicy).toEqual(noRetry);
    }
    const calls = sample.ofType('AWS::Lambda::EventInvokeConfig');
    // A dashboard waits for its function, and invokes it again itself.
    expect(calls).toHaveLength(sample.ofType('AWS::Lambda::Function').filter(isOnSchedule).length);
    const isNotifier = (id: string) => /notify/i.test(id);
    for (const { id, Properties } of calls) if (!isNotifier(id)) expect(Properties).toMatchObject(noRetry);
  });

  it(`the ${name} stack retries a failed notifier once, and then sends the raw alarm to the subscribers`, () => {
    const topics = new Map(sample.ofType('AWS::SNS::Topic').map(({ id, Properties }) => [id, Properties.TopicName]));
    const lambdas = new Map(
      sample.ofType('AWS::Lambda::Function').map(({ id, Properties }) => [id, Properties.FunctionName]),
    );
    const retried = sample
      .ofType('AWS::Lambda::EventInvokeConfig')
      .filter(({ Properties }) => Properties.MaximumRetryAttempts > 0)
      .map(({ Properties }) => ({
        lambda: lambdas.get(Properties.FunctionName.Ref),
        retries: Properties.MaximumRetryAttempts,
        maxAgeSeconds: Properties.MaximumEventAgeInSeconds,
        onFailure: topics.get(Properties.DestinationConfig.OnFailure.Destination.Ref),
      }));
    expect(retried).toEqual(
      routes.map((route) => ({
        lambda: `okta-synthetics-notify-${route}`,
        retries: 1,
        maxAgeSeconds: 300,
        onFailure: `okta-synthetics-${route}s`,
      })),
    );
  });

  it(`the functions of the ${name} stack run Node.js 24 on arm64`, () => {
    for (const { Properties } of sample.ofType('AWS::Lambda::Function')) {
      expect(Properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'] });
    }
  });

  it(`each function of the ${name} stack may take as long as the org with the longest timeout needs`, () => {
    const schedules = sample.ofType('AWS::Scheduler::Schedule').map(({ Properties }) => Properties.Target);
    for (const { id, Properties } of sample.ofType('AWS::Lambda::Function').filter(isOnSchedule)) {
      const events = schedules.filter(({ Arn }) => Arn['Fn::GetAtt'][0] === id).map(({ Input }) => JSON.parse(Input));
      const group = /^Runs the (\S+) probes/.exec(Properties.Description)?.[1] as Group;
      const timeouts = events.flatMap((event): number[] =>
        event.timeoutMs ? [functionTimeoutMs(event.timeoutMs, waitMsOf(event, group))] : [],
      );
      expect(events.length).toBeGreaterThan(0);
      expect(Properties.Timeout * 1_000).toBeGreaterThanOrEqual(Math.max(0, ...timeouts));
    }
  });

  it(`in the ${name} stack, every function knows the table of its state, and only notifiers what else to read and publish`, () => {
    const logs = sample.ofType('AWS::Logs::LogGroup').map(({ Properties }) => Properties.LogGroupName as string);
    for (const { Properties } of sample.ofType('AWS::Lambda::Function')) {
      const [, route] = /-notify-(.*)$/.exec(Properties.FunctionName) ?? [];
      if (!route) {
        expect(Properties.Environment.Variables).toMatchObject({ STATE_TABLE: 'okta-synthetics-state' });
        if (!/-(sweep|widget)$/.test(Properties.FunctionName))
          expect(Properties.Environment.Variables).toEqual({
            STATE_TABLE: 'okta-synthetics-state',
            CHECK_VERSION: `${checkVersion}`,
          });
        continue;
      }
      const { Variables } = Properties.Environment;
      expect(Variables.STATE_TABLE).toBe('okta-synthetics-state');
      expect(Variables.ROUTE).toBe(route);
      expect(Variables.LOG_GROUPS.split(',')).toEqual(logs.filter((name) => !/notify|sweep|widget/.test(name)));
      expect(Variables.RUNBOOK).toMatch(/docs\/runbook\.md$/);
      expect(Variables.DASHBOARD).toEqual(sample.ofType('AWS::CloudWatch::Dashboard')[0]?.Properties.DashboardName);
      const topic = sample.ofType('AWS::SNS::Topic').find(({ id }) => id === Variables.PEOPLE_TOPIC_ARN.Ref);
      expect(topic?.Properties.TopicName).toBe(`okta-synthetics-${route}s`);
    }
  });

  it(`the template of the ${name} stack contains nothing that looks like a secret`, () => {
    expect(sample.text).not.toMatch(/PRIVATE KEY|SSWS |"00[\w-]{40}"|clientSecret|apiToken|privateKey/);
  });

  it(`the ${name} stack passes the AWS Solutions checks, except for acknowledged findings`, () => {
    expect(findingsIn(sample.stack)).toEqual([]);
  });
});

function findingsIn(scope: Construct): readonly string[] {
  return new AwsSolutionsChecks(scope).validateScope(scope).violations.map(({ ruleName }) => ruleName);
}

it('the AWS Solutions checks report an insecure stack', () => {
  const stack = new Stack(new App());
  new Topic(stack, 'Open');
  expect(findingsIn(stack)).toContain('AwsSolutions-SNS3');
});

it('synth says which names a function may read whose secrets no policy can name, and the AWS Solutions checks accept it', () => {
  const app = new App({ builtinCloudFormationValidation: false });
  const stack = new Stack(app);
  const secrets = Array.from({ length: 900 }, (_, at) => ({ org: `o${at}`, secret: `monitor/o${at}/api-token` }));
  new ProbeFunction(stack, 'limits', {
    ...{ deployment: 'monitor', group: 'limits', secrets, code: Code.fromInline('//') },
    ...{ logRetentionDays: 30, timeoutMs: 5_000, waitMs: 0 },
  });
  expect(findingsIn(stack)).toEqual([]);
  const { messages, template } = app.synth().getStackByName(stack.stackName);
  expect(messages.map(({ entry }) => entry.data)).toEqual([
    expect.stringContaining(
      'It may read every secret whose name matches monitor/*/api-token, also one that is not in the configuration',
    ),
  ]);
  expect(JSON.stringify(template)).toContain(':secret:monitor/*/api-token-??????"');
});

/** The permissions of a function, except for writing its log. */
function permissionsOf(sample: Synthesized | undefined, group: string) {
  const [lambda] = (sample?.ofType('AWS::Lambda::Function') ?? []).filter(
    ({ Properties }) => Properties.FunctionName === `okta-synthetics-${group}`,
  );
  const role = sample?.resources.find(({ id }) => id === lambda?.Properties.Role['Fn::GetAtt'][0]);
  if (!lambda || !role) throw new Error(`the template has no function ${group}`);
  const log = { 'Fn::GetAtt': [lambda.Properties.LoggingConfig.LogGroup.Ref, 'Arn'] };
  const [writeLog, ...others] = statementsOf(role);
  expect(writeLog).toEqual({
    Effect: 'Allow',
    Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    Resource: log,
  });
  return others;
}

/** The permissions of a probe function, except for writing its log and publishing metrics. */
function probePermissionsOf(sample: Synthesized | undefined, group: string) {
  const [publish, ...others] = permissionsOf(sample, group);
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

/** Compares resources of a policy in any order. */
const isSetOf =
  (...expected: readonly unknown[]) =>
  (resources: readonly unknown[]) => {
    const sorted = (all: readonly unknown[]) => all.map((each) => JSON.stringify(each)).toSorted();
    return JSON.stringify(sorted(resources)) === JSON.stringify(sorted(expected));
  };

const readSecrets = (resources: unknown) => ({
  Effect: 'Allow',
  Action: 'secretsmanager:GetSecretValue',
  Resource: resources,
});

describe('the permissions of a probe function', () => {
  const keepsState = {
    Effect: 'Allow',
    Action: ['dynamodb:GetItem', 'dynamodb:PutItem'],
    Resource: expect.toSatisfy((arn) => JSON.stringify(arn).endsWith(':table/okta-synthetics-state"]]}')),
  };

  it('the flows function may read only the secrets of service applications, by name or ARN', () => {
    const arn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:okta/two-AbC123';
    expect(probePermissionsOf(samples.full, 'flows')).toEqual([
      readSecrets(expect.toSatisfy(isSetOf(secret('okta/one'), arn))),
      keepsState,
    ]);
    expect(probePermissionsOf(samples.example, 'flows')).toEqual([
      readSecrets(secret('okta-synthetics/acme/service')),
      keepsState,
    ]);
    expect(probePermissionsOf(samples.minimal, 'flows')).toEqual([keepsState]);
  });

  it('the limits function may read only the secret for the management API', () => {
    expect(probePermissionsOf(samples.full, 'limits')).toEqual([readSecrets(secret('okta/api')), keepsState]);
    expect(probePermissionsOf(samples.example, 'limits')).toEqual([
      readSecrets(secret('okta-synthetics/acme/api-token')),
      keepsState,
    ]);
  });

  it('the health function may read only the secrets for the management API and for a flow of Workflows', () => {
    const readable = isSetOf(secret('okta/api'), secret('okta/flow'));
    expect(probePermissionsOf(samples.full, 'health')).toEqual([readSecrets(expect.toSatisfy(readable)), keepsState]);
  });

  it('the function that reads the System Log may read only the secret for the management API', () => {
    expect(probePermissionsOf(samples.full, 'system-log')).toEqual([readSecrets(secret('okta/api')), keepsState]);
  });

  it('the status function may read no secrets', () => {
    for (const sample of Object.values(samples)) expect(probePermissionsOf(sample, 'status')).toEqual([keepsState]);
  });
});

it('a notifier may read the probe logs, the alarm history, metrics if there is an error budget, and the state, write the state, publish to its own topics, put events of its own source, and use the key of the topic', () => {
  for (const sample of Object.values(samples)) {
    const [key] = sample.ofType('AWS::KMS::Key');
    for (const route of routes) {
      const permissions = permissionsOf(sample, `notify-${route}`);
      const isReadingMetrics = ({ Action }: (typeof permissions)[number]) => Action === 'cloudwatch:GetMetricData';
      expect(permissions.some(isReadingMetrics)).toBe(monitoredOrgs(sample.config).some(({ org }) => org.slo));
      const [readHistory, useState, publish, putEvents, useKey, ...others] = permissions.filter(
        (permission) => !isReadingMetrics(permission),
      );
      expect(readHistory?.Action).toBe('cloudwatch:DescribeAlarmHistory');
      expect(JSON.stringify(readHistory?.Resource)).toContain(':alarm:okta-synthetics/*"');
      expect(useState?.Action).toEqual(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query']);
      expect(JSON.stringify(useState?.Resource)).toContain(':table/okta-synthetics-state"');
      const topic = sample
        .ofType('AWS::SNS::Topic')
        .find(({ Properties }) => Properties.TopicName === `okta-synthetics-${route}s`);
      expect(publish?.Action).toEqual(['sns:GetTopicAttributes', 'sns:Publish']);
      expect(list(publish?.Resource)).toContainEqual({ Ref: topic?.id });
      expect(putEvents).toMatchObject({
        Action: 'events:PutEvents',
        Condition: { StringEquals: { 'events:source': 'okta-synthetics' } },
      });
      expect(JSON.stringify(putEvents?.Resource)).toContain(':event-bus/default"');
      expect(useKey).toMatchObject({
        Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
        Resource: { 'Fn::GetAtt': [key?.id, 'Arn'] },
        // The key may be one that encrypts other things too.
        Condition: { StringLike: { 'kms:ViaService': { 'Fn::Join': ['', ['sns.', { Ref: 'AWS::Region' }, '.*']] } } },
      });
      expect(others).toEqual([]);
    }
  }
});

it('schedules may invoke the functions, and only schedules of this stack may use their role', () => {
  const { example } = samples;
  const role = example?.ofType('AWS::IAM::Role').find(({ Properties }) => Properties.RoleName !== undefined);
  const functions = example
    ?.ofType('AWS::Lambda::Function')
    .filter(isOnSchedule)
    .map(({ id }) => ({ 'Fn::GetAtt': [id, 'Arn'] }));
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

it('the event of a schedule names only the credentials that its probes need', () => {
  for (const sample of Object.values(samples)) {
    for (const { Properties } of probeSchedules(sample)) {
      const { name, api, user, health, systemLog, servers } = JSON.parse(Properties.Target.Input) as Org;
      const group: string = Properties.Name.slice(name.length + 1);
      expect(api !== undefined).toBe(['limits', 'health', 'system-log'].includes(group));
      expect(health !== undefined).toBe(group === 'health');
      expect(systemLog !== undefined).toBe(group === 'system-log');
      const idsWith = (credential: (server: Org['servers'][number]) => unknown) =>
        servers.filter(credential).map(({ id }) => id);
      const all = servers.map(({ id }) => id);
      const allowed = (groups: Readonly<Record<string, readonly string[]>>) => groups[group] ?? [];
      expect(allowed({ flows: all, journey: all, 'negative-tests': ['org'] })).toEqual(
        expect.arrayContaining(idsWith(({ web }) => web)),
      );
      expect(allowed({ flows: all, 'negative-tests': ['org'] })).toEqual(
        expect.arrayContaining(idsWith(({ service }) => service)),
      );
      // A browser may see a web application, but not its secret.
      expect(allowed({ journey: all })).toEqual(expect.arrayContaining(idsWith(({ web }) => web?.secret)));
      expect(user === undefined || group === 'journey').toBe(true);
    }
  }
});

it('the widget may read the state and metrics, and nothing else', () => {
  for (const sample of Object.values(samples)) {
    const [readState, readMetrics, ...others] = permissionsOf(sample, 'widget');
    expect(readState?.Action).toEqual(['dynamodb:Query', 'dynamodb:Scan']);
    expect(JSON.stringify(readState?.Resource)).toContain(':table/okta-synthetics-state"');
    expect(readMetrics).toEqual({ Effect: 'Allow', Action: 'cloudwatch:GetMetricData', Resource: '*' });
    expect(others).toEqual([]);
  }
});

it('the widget is invoked by dashboards alone, with an org or for all of them', () => {
  for (const sample of Object.values(samples)) {
    const { functions, dashboards } = readDeployment(JSON.parse(sample.text));
    const { id, Properties } =
      sample.ofType('AWS::Lambda::Function').find((each) => !isOnSchedule(each)) ?? expect.fail('no widget');
    expect(Properties.FunctionName).toBe('okta-synthetics-widget');
    expect(sample.ofType('AWS::Lambda::Permission').filter((each) => JSON.stringify(each).includes(id))).toEqual([]);
    expect(functions.map(({ name }) => name)).toContain('okta-synthetics-widget');
    const [overview, ...pages] = dashboards.map(({ invokes }) => invokes);
    expect(overview).toEqual(['okta-synthetics-widget', 'okta-synthetics-widget']);
    for (const page of pages) expect(page).toEqual(['okta-synthetics-widget']);
    expect(pages).toHaveLength(sample.config.orgs.filter(({ dashboard }) => dashboard).length);
  }
});
