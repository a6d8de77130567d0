import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetAccountSettingsCommand, GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetTopicAttributesCommand, ListSubscriptionsCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { awsOptions } from '../aws-options.ts';

/** What the doctor reads of AWS, in the account and Region of the credentials. Everything throws the SDK's errors. */
export interface AwsReader {
  region(): Promise<string>;
  identity(): Promise<{ readonly account: string; readonly arn: string }>;
  /** Of the CDK's bootstrap stack. */
  bootstrapVersion(): Promise<string | undefined>;
  /** How many functions may run at once that have no reserved concurrency. */
  unreservedConcurrency(): Promise<number | undefined>;
  /** Undefined if there is no such stack. */
  stack(name: string): Promise<DeployedStack | undefined>;
  functionState(name: string): Promise<DeployedFunction>;
  subscriptions(): Promise<readonly Subscription[]>;
  /** The id of the key with which a topic is encrypted. Undefined if it is not. */
  topicKey(topicArn: string): Promise<string | undefined>;
}

export interface DeployedStack {
  readonly status: string;
  readonly outputs: Readonly<Record<string, string>>;
}

export interface DeployedFunction {
  readonly state: string | undefined;
  readonly lastUpdate: string | undefined;
}

export interface Subscription {
  readonly topicArn: string;
  readonly protocol: string;
  /** Trap: the address of a webhook may contain a secret. */
  readonly endpoint: string;
  readonly isConfirmed: boolean;
}

/** As `cdk bootstrap` does without a qualifier of one's own. */
const bootstrapParameter = '/cdk-bootstrap/hnb659fds/version';

/** Reads AWS with the credentials of this machine. */
export function openAwsReader(options: ReturnType<typeof awsOptions>): AwsReader {
  const clients = {
    cloudFormation: new CloudFormationClient(options),
    lambda: new LambdaClient(options),
    sns: new SNSClient(options),
    ssm: new SSMClient(options),
    sts: new STSClient(options),
  };
  return {
    region: () => clients.sts.config.region(),
    async identity() {
      const { Account = '', Arn = '' } = await clients.sts.send(new GetCallerIdentityCommand({}));
      return { account: Account, arn: Arn };
    },
    async bootstrapVersion() {
      const { Parameter } = await clients.ssm.send(new GetParameterCommand({ Name: bootstrapParameter }));
      return Parameter?.Value;
    },
    async unreservedConcurrency() {
      const { AccountLimit } = await clients.lambda.send(new GetAccountSettingsCommand({}));
      return AccountLimit?.UnreservedConcurrentExecutions ?? AccountLimit?.ConcurrentExecutions;
    },
    async stack(name) {
      try {
        const { Stacks: [stack] = [] } = await clients.cloudFormation.send(
          new DescribeStacksCommand({ StackName: name }),
        );
        const outputs = (stack?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]);
        return stack && { status: stack.StackStatus ?? 'unknown', outputs: Object.fromEntries(outputs) };
      } catch (error) {
        // CloudFormation has no error of its own for it.
        if (error instanceof Error && error.name === 'ValidationError' && /does not exist/.test(error.message))
          return undefined;
        throw error;
      }
    },
    async functionState(name) {
      const { State, LastUpdateStatus } = await clients.lambda.send(
        new GetFunctionConfigurationCommand({ FunctionName: name }),
      );
      return { state: State, lastUpdate: LastUpdateStatus };
    },
    async subscriptions() {
      const found: Subscription[] = [];
      let token: string | undefined;
      do {
        const { Subscriptions = [], NextToken } = await clients.sns.send(
          new ListSubscriptionsCommand({ NextToken: token }),
        );
        for (const { TopicArn = '', Protocol = '', Endpoint = '', SubscriptionArn = '' } of Subscriptions) {
          const isConfirmed = SubscriptionArn.startsWith('arn:');
          found.push({ topicArn: TopicArn, protocol: Protocol, endpoint: Endpoint, isConfirmed });
        }
        token = NextToken;
      } while (token);
      return found;
    },
    async topicKey(topicArn) {
      const { Attributes } = await clients.sns.send(new GetTopicAttributesCommand({ TopicArn: topicArn }));
      return Attributes?.KmsMasterKeyId || undefined;
    },
  };
}
