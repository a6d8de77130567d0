import { setTimeout as delay } from 'node:timers/promises';
import {
  CloudFormationClient,
  DescribeStacksCommand,
  paginateListStackResources,
} from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, DescribeAlarmsCommand, paginateGetMetricData } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb';
import {
  GetAccountSettingsCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { GetScheduleCommand, paginateListSchedules, SchedulerClient } from '@aws-sdk/client-scheduler';
import {
  GetTopicAttributesCommand,
  paginateListSubscriptions,
  paginateListSubscriptionsByTopic,
  SNSClient,
  type Subscription,
} from '@aws-sdk/client-sns';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { MetricIdentity } from '../../../functions/model/metric.ts';
import type { StoredItem } from '../../../functions/state/state-table.ts';
import { storedItem } from '../../../functions/state/state-table.ts';
import type { awsOptions } from '../aws-problem.ts';
import { AccountError } from '../aws-problem.ts';
import type {
  AccountSubscription,
  Answer,
  Caller,
  DeployedAccount,
  DeployedAlarm,
  DeployedStack,
  ExaminedAccount,
  FunctionState,
  ListedSchedule,
  StackResource,
  TimedValue,
  TopicSubscription,
} from './deployed-account.ts';

/** The longest that a function of a deployment may run, and a little more. */
const invokeTimeoutMs = 120_000;

/** The parameter of `cdk bootstrap` without a qualifier. */
const bootstrapParameter = '/cdk-bootstrap/hnb659fds/version';

/** Where the account is, if it is not where the SDK looks, and the proxy in between. */
export interface Place extends Partial<ReturnType<typeof awsOptions>> {
  readonly endpoint?: string;
  readonly region?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/**
 * The account of the SDK's usual credentials and Region, unless `place` says otherwise. The doctor and a game day both read it.
 *
 * Trap: a function is invoked once and never retried, because a retry would be a second run.
 */
export class AwsAccount implements DeployedAccount, ExaminedAccount {
  private readonly cloudFormation: CloudFormationClient;
  private readonly cloudWatch: CloudWatchClient;
  private readonly dynamoDb: DynamoDBClient;
  /** Invokes functions: it waits for a whole run and never retries. */
  private readonly invoker: LambdaClient;
  private readonly lambda: LambdaClient;
  private readonly scheduler: SchedulerClient;
  private readonly sns: SNSClient;
  private readonly ssm: SSMClient;
  private readonly sts: STSClient;

  constructor(place: Place = {}) {
    this.cloudFormation = new CloudFormationClient(place);
    this.cloudWatch = new CloudWatchClient(place);
    this.dynamoDb = new DynamoDBClient(place);
    this.scheduler = new SchedulerClient(place);
    this.sns = new SNSClient(place);
    this.ssm = new SSMClient(place);
    this.sts = new STSClient(place);
    const patience = { requestTimeout: invokeTimeoutMs, socketTimeout: invokeTimeoutMs };
    this.lambda = new LambdaClient(place);
    this.invoker = new LambdaClient({
      ...place,
      requestHandler: { ...place.requestHandler, ...patience },
      maxAttempts: 1,
    });
  }

  now(): number {
    return Date.now();
  }

  async wait(ms: number, signal: AbortSignal): Promise<void> {
    await delay(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
  }

  caller(): Promise<Caller> {
    return asked('sts:GetCallerIdentity', async () => {
      const region = await this.sts.config.region();
      const { Account = '', Arn = '' } = await this.sts.send(new GetCallerIdentityCommand());
      return { account: Account, region, by: Arn.slice(Arn.lastIndexOf(':') + 1) };
    });
  }

  resources(stack: string): Promise<readonly StackResource[] | undefined> {
    return asked('cloudformation:ListStackResources', () =>
      this.resourcesOf(stack).catch((error: unknown) => {
        if (error instanceof Error && error.name === 'ValidationError') return undefined;
        throw error;
      }),
    );
  }

  subscriptions(TopicArn: string): Promise<readonly TopicSubscription[]> {
    return asked('sns:ListSubscriptionsByTopic', async () => {
      const pages = await all(paginateListSubscriptionsByTopic({ client: this.sns }, { TopicArn }));
      return pages.flatMap(({ Subscriptions = [] }) => Subscriptions.map(subscriptionOf));
    });
  }

  schedules(GroupName: string): Promise<readonly ListedSchedule[]> {
    return asked('scheduler:ListSchedules', async () => {
      const pages = await all(paginateListSchedules({ client: this.scheduler }, { GroupName }));
      return pages.flatMap(({ Schedules = [] }) =>
        Schedules.map(({ Name = '', State, Target }) => ({
          ...{ name: Name, isEnabled: State === 'ENABLED' },
          lambda: Target?.Arn?.split(':').at(-1) ?? '',
        })),
      );
    });
  }

  inputOf(GroupName: string, Name: string): Promise<string> {
    return asked('scheduler:GetSchedule', async () => {
      const { Target } = await this.scheduler.send(new GetScheduleCommand({ GroupName, Name }));
      return Target?.Input ?? '{}';
    });
  }

  async variables(lambda: string): Promise<Readonly<Record<string, string>>> {
    const { Environment } = await this.configurationOf(lambda);
    return Environment?.Variables ?? {};
  }

  async functionState(lambda: string): Promise<FunctionState | undefined> {
    const found = await missing('ResourceNotFoundException', this.configurationOf(lambda));
    return found && { state: found.State, lastUpdate: found.LastUpdateStatus };
  }

  private configurationOf(FunctionName: string) {
    return asked('lambda:GetFunctionConfiguration', () =>
      this.lambda.send(new GetFunctionConfigurationCommand({ FunctionName })),
    );
  }

  invoke(FunctionName: string, event: object): Promise<Answer> {
    return asked('lambda:InvokeFunction', async () => {
      const { FunctionError, Payload } = await this.invoker.send(
        new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }),
        { abortSignal: AbortSignal.timeout(invokeTimeoutMs) },
      );
      const value = parse(Payload?.transformToString());
      if (FunctionError === undefined) return { value };
      const { errorType = FunctionError, errorMessage = '' } = Object(value);
      return { error: `${errorType}: ${errorMessage}`.slice(0, mostOfError) };
    });
  }

  alarm(name: string): Promise<DeployedAlarm | undefined> {
    return asked('cloudwatch:DescribeAlarms', async () => {
      const { MetricAlarms: [alarm] = [] } = await this.cloudWatch.send(
        new DescribeAlarmsCommand({ AlarmNames: [name] }),
      );
      if (!alarm) return undefined;
      const { StateValue = 'INSUFFICIENT_DATA', EvaluationPeriods = 1, DatapointsToAlarm = EvaluationPeriods } = alarm;
      const periods = (alarm.Metrics ?? []).flatMap(({ MetricStat }) => MetricStat?.Period ?? []);
      return {
        state: StateValue as DeployedAlarm['state'],
        since: (alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp)?.getTime() ?? 0,
        areActionsEnabled: alarm.ActionsEnabled !== false,
        topicArns: alarm.AlarmActions ?? [],
        periodMs: (alarm.Period ?? Math.max(60, ...periods)) * 1000,
        ...{ evaluationPeriods: EvaluationPeriods, datapointsToAlarm: DatapointsToAlarm },
      };
    });
  }

  values(
    { namespace, name, dimensions }: MetricIdentity,
    statistic: 'Maximum' | 'Sum',
    from: number,
    to: number,
  ): Promise<readonly TimedValue[]> {
    return asked('cloudwatch:GetMetricData', async () => {
      const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
      const Metric = { Namespace: namespace, MetricName: name, Dimensions };
      const pages = await all(
        paginateGetMetricData(
          { client: this.cloudWatch },
          {
            ...{ StartTime: new Date(from), EndTime: new Date(to), ScanBy: 'TimestampAscending' },
            MetricDataQueries: [{ Id: 'm1', MetricStat: { Metric, Period: 60, Stat: statistic } }],
          },
        ),
      );
      return pages.flatMap(({ MetricDataResults: [result] = [] }) =>
        (result?.Timestamps ?? []).map((at, index) => ({ at: at.getTime(), value: result?.Values?.[index] ?? 0 })),
      );
    });
  }

  items(TableName: string, partition: string, beginning: string): Promise<readonly StoredItem[]> {
    return asked('dynamodb:Query', async () => {
      const pages = await all(
        paginateQuery(
          { client: this.dynamoDb },
          {
            ...{ TableName, ConsistentRead: true },
            KeyConditionExpression: 'org = :org AND begins_with(#item, :beginning)',
            ExpressionAttributeNames: { '#item': 'item' },
            ExpressionAttributeValues: { ':org': { S: partition }, ':beginning': { S: beginning } },
          },
        ),
      );
      return pages.flatMap(({ Items = [] }) => Items.map(storedItem));
    });
  }

  private async resourcesOf(stack: string): Promise<readonly StackResource[]> {
    const found: StackResource[] = [];
    for await (const { StackResourceSummaries = [] } of paginateListStackResources(
      { client: this.cloudFormation },
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
        if (type === 'AWS::CloudFormation::Stack') found.push(...(await this.resourcesOf(physicalId)));
      }
    }
    return found;
  }

  bootstrapVersion(): Promise<string | undefined> {
    const version = asked('ssm:GetParameter', async () => {
      const { Parameter } = await this.ssm.send(new GetParameterCommand({ Name: bootstrapParameter }));
      return Parameter?.Value;
    });
    return missing('ParameterNotFound', version);
  }

  unreservedConcurrency(): Promise<number | undefined> {
    return asked('lambda:GetAccountSettings', async () => {
      const { AccountLimit } = await this.lambda.send(new GetAccountSettingsCommand({}));
      return AccountLimit?.UnreservedConcurrentExecutions ?? AccountLimit?.ConcurrentExecutions;
    });
  }

  stack(StackName: string): Promise<DeployedStack | undefined> {
    const stack = asked('cloudformation:DescribeStacks', async () => {
      const { Stacks: [found] = [] } = await this.cloudFormation.send(new DescribeStacksCommand({ StackName }));
      const outputs = (found?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]);
      return found && { status: found.StackStatus ?? 'unknown', outputs: Object.fromEntries(outputs) };
    });
    // CloudFormation has no error code for a missing stack.
    return missing('ValidationError', stack, /does not exist/);
  }

  allSubscriptions(): Promise<readonly AccountSubscription[]> {
    return asked('sns:ListSubscriptions', async () => {
      const pages = await all(paginateListSubscriptions({ client: this.sns }, {}));
      return pages.flatMap(({ Subscriptions = [] }) =>
        Subscriptions.map((each) => ({ topicArn: each.TopicArn ?? '', ...subscriptionOf(each) })),
      );
    });
  }

  topicKey(TopicArn: string): Promise<string | undefined> {
    return asked('sns:GetTopicAttributes', async () => {
      const { Attributes } = await this.sns.send(new GetTopicAttributesCommand({ TopicArn }));
      return Attributes?.KmsMasterKeyId || undefined;
    });
  }
}

const mostOfError = 400;

function subscriptionOf({ Protocol = '', Endpoint = '', SubscriptionArn }: Subscription): TopicSubscription {
  // An unconfirmed one has PendingConfirmation or Deleted in place of an ARN.
  return { protocol: Protocol, endpoint: Endpoint, isConfirmed: SubscriptionArn?.startsWith('arn:') ?? false };
}

/** Returns undefined if AWS answers with this error, which means that the resource does not exist. */
async function missing<Value>(name: string, asking: Promise<Value>, message = /^/): Promise<Value | undefined> {
  try {
    return await asking;
  } catch (error) {
    const { cause } = error as AccountError;
    if (cause instanceof Error && cause.name === name && message.test(cause.message)) return undefined;
    throw error;
  }
}

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
