import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Template, TemplateResource } from '../../packages/cloudwatch-alarms/src/index.ts';

type Resources = Record<string, TemplateResource>;

/** An alarm on the metric of `flows`, with properties that a test may override. */
export function smallAlarm(properties: object = {}): Resources {
  const metric = { Namespace: 'Small', MetricName: 'Severity', Dimensions: [{ Name: 'Org', Value: 'acme' }] };
  return {
    Alarm: {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: {
        AlarmName: 'okta-synthetics/acme/okta/page',
        ...{ ...metric, Statistic: 'Maximum', Period: 60, ComparisonOperator: 'GreaterThanThreshold', Threshold: 1 },
        ...{ EvaluationPeriods: 3, DatapointsToAlarm: 2, TreatMissingData: 'notBreaching' },
        AlarmActions: [{ Ref: 'Alarms' }],
        OKActions: [{ Ref: 'Alarms' }],
        ...properties,
      },
    },
  };
}

/**
 * The smallest template that notifies people through a function: a function that publishes a metric every minute, an
 * alarm on the metric, a topic that invokes a notifier, and a topic for people, which is also the notifier's on-failure
 * destination.
 */
export function smallTemplate(changes: Resources = {}): Template {
  const lambda = (name: string, variables: object = {}): TemplateResource => ({
    Type: 'AWS::Lambda::Function',
    Properties: { FunctionName: `okta-synthetics-${name}`, Timeout: 5, Environment: { Variables: variables } },
  });
  const asynchronous = (name: string, properties: object): TemplateResource => ({
    Type: 'AWS::Lambda::EventInvokeConfig',
    Properties: { FunctionName: { Ref: name }, Qualifier: '$LATEST', ...properties },
  });
  const topic = (name: string): TemplateResource => ({ Type: 'AWS::SNS::Topic', Properties: { TopicName: name } });
  const Resources: Resources = {
    Flows: lambda('flows'),
    FlowsEvents: asynchronous('Flows', { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 }),
    Schedule: {
      Type: 'AWS::Scheduler::Schedule',
      Properties: {
        Name: 'acme-flows',
        ScheduleExpression: 'rate(1 minute)',
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: { Arn: { 'Fn::GetAtt': ['Flows', 'Arn'] }, RoleArn: 'arn:aws:iam::123456789012:role/r', Input: '{}' },
      },
    },
    ...smallAlarm(),
    Alarms: topic('okta-synthetics-page-alarms'),
    People: topic('okta-synthetics-pages'),
    Mail: {
      Type: 'AWS::SNS::Subscription',
      Properties: { TopicArn: { Ref: 'People' }, Protocol: 'email', Endpoint: 'on-call@example.com' },
    },
    Notify: lambda('notify-page', { PEOPLE: { Ref: 'People' } }),
    NotifyEvents: asynchronous('Notify', {
      MaximumRetryAttempts: 1,
      MaximumEventAgeInSeconds: 300,
      DestinationConfig: { OnFailure: { Destination: { Ref: 'People' } } },
    }),
    NotifySubscription: {
      Type: 'AWS::SNS::Subscription',
      Properties: { TopicArn: { Ref: 'Alarms' }, Protocol: 'lambda', Endpoint: { 'Fn::GetAtt': ['Notify', 'Arn'] } },
    },
    NotifyPermission: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        Action: 'lambda:InvokeFunction',
        Principal: 'sns.amazonaws.com',
        FunctionName: { 'Fn::GetAtt': ['Notify', 'Arn'] },
        SourceArn: { Ref: 'Alarms' },
      },
    },
    ...changes,
  };
  return { Resources };
}

/** Publishes the value in the file `severity` next to it, in the embedded metric format. */
const flows = `
import { readFileSync } from 'node:fs';
export const handler = async () => {
  const Severity = Number(readFileSync(new URL('./severity', import.meta.url), 'utf8'));
  const CloudWatchMetrics = [{ Namespace: 'Small', Dimensions: [['Org']], Metrics: [{ Name: 'Severity' }] }];
  console.log(JSON.stringify({ _aws: { Timestamp: Date.now(), CloudWatchMetrics }, Org: 'acme', Severity }));
  console.log(JSON.stringify({ type: 'outcome', at: new Date().toISOString(), org: 'acme', probe: 'token', status: 'passed', exchanges: [], warnings: [] }));
};`;

/** Publishes the alarm's name to the people's topic, and the time to e-mail subscribers. */
const notify = `
export const handler = async (event) => {
  const { AlarmName, NewStateValue } = JSON.parse(event.Records[0].Sns.Message);
  const form = new URLSearchParams({
    Action: 'Publish',
    TopicArn: process.env.PEOPLE,
    Subject: NewStateValue + ' ' + AlarmName,
    MessageStructure: 'json',
    Message: JSON.stringify({ default: 'short', email: 'It is ' + new Date().toISOString() }),
  });
  const authorization = 'AWS4-HMAC-SHA256 Credential=' + process.env.AWS_ACCESS_KEY_ID + '/20261121/us-east-1/sns';
  const answer = await fetch(process.env.AWS_ENDPOINT_URL, { method: 'POST', headers: { authorization }, body: form });
  if (!answer.ok) throw new Error('refused');
};`;

/** Writes the code of the small template's functions to a new directory. */
export async function smallBundles() {
  const directory = await mkdtemp(path.join(tmpdir(), 'okta-synthetics-small-'));
  const measure = (severity: number) => writeFile(path.join(directory, 'severity'), String(severity));
  await writeFile(path.join(directory, 'flows.mjs'), flows);
  await writeFile(path.join(directory, 'notify.mjs'), notify);
  await measure(0);
  return { directory, measure, bundleOf: (entry: string) => path.join(directory, `${entry}.mjs`) };
}
