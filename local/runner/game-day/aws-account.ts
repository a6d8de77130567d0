import { setTimeout as delay } from 'node:timers/promises';
import { CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, DescribeAlarmsCommand, paginateGetMetricData } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb';
import { GetFunctionConfigurationCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetScheduleCommand, paginateListSchedules, SchedulerClient } from '@aws-sdk/client-scheduler';
import { paginateListSubscriptionsByTopic, SNSClient } from '@aws-sdk/client-sns';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { storedItem } from '../../../functions/runtime/state-table.ts';
import type { awsOptions } from '../aws-options.ts';
import { AccountError, type DeployedAccount, type DeployedAlarm, type StackResource } from './deployed-account.ts';

/** The longest that a function of a deployment may run, and a little more. */
const invokeTimeoutMs = 120_000;

/** Where the account is, if it is not where the SDK looks, and the proxy in between. */
export interface Place extends Partial<ReturnType<typeof awsOptions>> {
  readonly endpoint?: string;
  readonly region?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/**
 * The account of the SDK's usual credentials and Region, unless `place` says otherwise.
 *
 * Trap: a function is invoked once and never tried again, because a second run would be another one.
 */
export function awsAccount(place: Place = {}): DeployedAccount {
  const sts = new STSClient(place);
  const [cloudFormation, sns] = [new CloudFormationClient(place), new SNSClient(place)];
  const [scheduler, cloudWatch] = [new SchedulerClient(place), new CloudWatchClient(place)];
  const patience = { requestTimeout: invokeTimeoutMs, socketTimeout: invokeTimeoutMs };
  const requestHandler = { ...place.requestHandler, ...patience };
  const [dynamoDb, lambda] = [
    new DynamoDBClient(place),
    new LambdaClient({ ...place, requestHandler, maxAttempts: 1 }),
  ];

  async function resourcesOf(stack: string): Promise<readonly StackResource[]> {
    const found: StackResource[] = [];
    for await (const { StackResourceSummaries = [] } of paginateListStackResources(
      { client: cloudFormation },
      { StackName: stack },
    )) {
      for (const {
        ResourceType: type = '',
        PhysicalResourceId: physicalId,
        ResourceStatus,
      } of StackResourceSummaries) {
        // What an update took out may still be listed.
        if (physicalId === undefined || ResourceStatus === 'DELETE_COMPLETE') continue;
        found.push({ type, physicalId });
        if (type === 'AWS::CloudFormation::Stack') found.push(...(await resourcesOf(physicalId)));
      }
    }
    return found;
  }

  return {
    now: Date.now,
    async wait(ms, signal) {
      await delay(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
    },
    caller: () =>
      asked('sts:GetCallerIdentity', async () => {
        const { Account = '', Arn = '' } = await sts.send(new GetCallerIdentityCommand());
        return { account: Account, region: await sts.config.region(), by: Arn.slice(Arn.lastIndexOf(':') + 1) };
      }),
    resources: (stack) =>
      asked('cloudformation:ListStackResources', () =>
        resourcesOf(stack).catch((error: unknown) => {
          if (error instanceof Error && error.name === 'ValidationError') return undefined;
          throw error;
        }),
      ),
    subscriptions: (TopicArn) =>
      asked('sns:ListSubscriptionsByTopic', async () => {
        const pages = await all(paginateListSubscriptionsByTopic({ client: sns }, { TopicArn }));
        return pages.flatMap(({ Subscriptions = [] }) =>
          Subscriptions.map(({ Protocol = '', Endpoint = '', SubscriptionArn }) => ({
            ...{ protocol: Protocol, endpoint: Endpoint },
            // Otherwise SNS puts PendingConfirmation or Deleted there.
            isConfirmed: SubscriptionArn?.startsWith('arn:') ?? false,
          })),
        );
      }),
    schedules: (GroupName) =>
      asked('scheduler:ListSchedules', async () => {
        const pages = await all(paginateListSchedules({ client: scheduler }, { GroupName }));
        return pages.flatMap(({ Schedules = [] }) =>
          Schedules.map(({ Name = '', State, Target }) => ({
            ...{ name: Name, isEnabled: State === 'ENABLED' },
            lambda: Target?.Arn?.split(':').at(-1) ?? '',
          })),
        );
      }),
    inputOf: (GroupName, Name) =>
      asked('scheduler:GetSchedule', async () => {
        const { Target } = await scheduler.send(new GetScheduleCommand({ GroupName, Name }));
        return Target?.Input ?? '{}';
      }),
    variables: (FunctionName) =>
      asked('lambda:GetFunctionConfiguration', async () => {
        const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
        return Environment?.Variables ?? {};
      }),
    invoke: (FunctionName, event) =>
      asked('lambda:InvokeFunction', async () => {
        const { FunctionError, Payload } = await lambda.send(
          new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }),
          { abortSignal: AbortSignal.timeout(invokeTimeoutMs) },
        );
        const value = parse(Payload?.transformToString());
        if (FunctionError === undefined) return { value };
        const { errorType = FunctionError, errorMessage = '' } = Object(value);
        return { error: `${errorType}: ${errorMessage}`.slice(0, mostOfError) };
      }),
    alarm: (name) =>
      asked('cloudwatch:DescribeAlarms', async () => {
        const { MetricAlarms: [alarm] = [] } = await cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames: [name] }));
        if (!alarm) return undefined;
        const {
          StateValue = 'INSUFFICIENT_DATA',
          EvaluationPeriods = 1,
          DatapointsToAlarm = EvaluationPeriods,
        } = alarm;
        const periods = (alarm.Metrics ?? []).flatMap(({ MetricStat }) => MetricStat?.Period ?? []);
        return {
          state: StateValue as DeployedAlarm['state'],
          since: (alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp)?.getTime() ?? 0,
          areActionsEnabled: alarm.ActionsEnabled !== false,
          topicArns: alarm.AlarmActions ?? [],
          periodMs: (alarm.Period ?? Math.max(60, ...periods)) * 1000,
          ...{ evaluationPeriods: EvaluationPeriods, datapointsToAlarm: DatapointsToAlarm },
        };
      }),
    values: ({ namespace, name, dimensions }, statistic, from, to) =>
      asked('cloudwatch:GetMetricData', async () => {
        const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
        const Metric = { Namespace: namespace, MetricName: name, Dimensions };
        const pages = await all(
          paginateGetMetricData(
            { client: cloudWatch },
            {
              ...{ StartTime: new Date(from), EndTime: new Date(to), ScanBy: 'TimestampAscending' },
              MetricDataQueries: [{ Id: 'm1', MetricStat: { Metric, Period: 60, Stat: statistic } }],
            },
          ),
        );
        return pages.flatMap(({ MetricDataResults: [result] = [] }) =>
          (result?.Timestamps ?? []).map((at, index) => ({ at: at.getTime(), value: result?.Values?.[index] ?? 0 })),
        );
      }),
    items: (TableName, partition, beginning) =>
      asked('dynamodb:Query', async () => {
        const pages = await all(
          paginateQuery(
            { client: dynamoDb },
            {
              ...{ TableName, ConsistentRead: true },
              KeyConditionExpression: 'org = :org AND begins_with(#item, :beginning)',
              ExpressionAttributeNames: { '#item': 'item' },
              ExpressionAttributeValues: { ':org': { S: partition }, ':beginning': { S: beginning } },
            },
          ),
        );
        return pages.flatMap(({ Items = [] }) => Items.map(storedItem));
      }),
  };
}

const mostOfError = 400;

/** Throws an `AccountError` that names the right, in place of the SDK's error. */
async function asked<Value>(action: string, ask: () => Promise<Value>): Promise<Value> {
  try {
    return await ask();
  } catch (error) {
    const why = error instanceof Error ? error.name : 'unknown error';
    throw new AccountError(`${action} failed: ${why}`, { cause: error });
  }
}

async function all<Page>(pages: AsyncIterable<Page>): Promise<readonly Page[]> {
  const found: Page[] = [];
  for await (const page of pages) found.push(page);
  return found;
}

function parse(text: string | undefined): unknown {
  try {
    return text === undefined || text === '' ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
