import type {
  DescribeAlarmHistoryCommandInput,
  DescribeAlarmHistoryCommandOutput,
  GetMetricDataCommandInput,
  GetMetricDataCommandOutput,
  PutMetricDataCommandInput,
} from '@aws-sdk/client-cloudwatch';
import type { FilterLogEventsCommandInput, FilterLogEventsCommandOutput } from '@aws-sdk/client-cloudwatch-logs';
import type {
  GetItemCommandInput,
  GetItemCommandOutput,
  PutItemCommandInput,
  QueryCommandInput,
  QueryCommandOutput,
  ScanCommandInput,
  ScanCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type { PutEventsCommandInput, PutEventsCommandOutput } from '@aws-sdk/client-eventbridge';
import type { GetSecretValueCommandInput, GetSecretValueCommandOutput } from '@aws-sdk/client-secrets-manager';
import type {
  GetTopicAttributesCommandInput,
  GetTopicAttributesCommandOutput,
  PublishCommandInput,
} from '@aws-sdk/client-sns';
import { type AwsOptions, type CallOptions, call } from './call.ts';
import { type Service, services } from './service.ts';

/**
 * The operations that functions use, with the names and the types of AWS's SDK, so that its aggregated clients (`DynamoDB`,
 * `SecretsManager`) can be passed where these are asked for. Nothing is opened before the first call.
 *
 * Each call names when it ends: a service that never answers must not end a run.
 */
type Operation<Input, Output = object> = (input: Input, options: CallOptions) => Promise<Output>;

export interface CloudWatch {
  readonly putMetricData: Operation<PutMetricDataCommandInput>;
  readonly getMetricData: Operation<
    GetMetricDataCommandInput,
    Pick<GetMetricDataCommandOutput, 'MetricDataResults' | 'NextToken'>
  >;
  readonly describeAlarmHistory: Operation<
    DescribeAlarmHistoryCommandInput,
    Pick<DescribeAlarmHistoryCommandOutput, 'AlarmHistoryItems'>
  >;
}

export interface CloudWatchLogs {
  readonly filterLogEvents: Operation<
    FilterLogEventsCommandInput,
    Pick<FilterLogEventsCommandOutput, 'events' | 'nextToken'>
  >;
}

export interface DynamoDb {
  readonly getItem: Operation<GetItemCommandInput, Pick<GetItemCommandOutput, 'Item'>>;
  readonly putItem: Operation<PutItemCommandInput>;
  readonly query: Operation<QueryCommandInput, Pick<QueryCommandOutput, 'Items' | 'LastEvaluatedKey'>>;
  readonly scan: Operation<ScanCommandInput, Pick<ScanCommandOutput, 'Items' | 'LastEvaluatedKey'>>;
}

export interface EventBridge {
  readonly putEvents: Operation<PutEventsCommandInput, Pick<PutEventsCommandOutput, 'Entries'>>;
}

export interface SecretsManager {
  readonly getSecretValue: Operation<
    GetSecretValueCommandInput,
    Pick<GetSecretValueCommandOutput, 'SecretString' | 'VersionId'>
  >;
}

export interface Sns {
  /** Trap: attributes of messages are not sent. */
  readonly publish: Operation<Pick<PublishCommandInput, 'TopicArn' | 'Subject' | 'Message' | 'MessageStructure'>>;
  readonly getTopicAttributes: Operation<
    GetTopicAttributesCommandInput,
    Pick<GetTopicAttributesCommandOutput, 'Attributes'>
  >;
}

export function openCloudWatch(options: AwsOptions = {}): CloudWatch {
  const operation = operationsOf(services.cloudWatch, options);
  return {
    putMetricData: operation('PutMetricData'),
    getMetricData: operation('GetMetricData'),
    describeAlarmHistory: operation('DescribeAlarmHistory'),
  };
}

export function openCloudWatchLogs(options: AwsOptions = {}): CloudWatchLogs {
  return { filterLogEvents: operationsOf(services.logs, options)('FilterLogEvents') };
}

export function openDynamoDb(options: AwsOptions = {}): DynamoDb {
  const operation = operationsOf(services.dynamoDb, options);
  return {
    getItem: operation('GetItem'),
    putItem: operation('PutItem'),
    query: operation('Query'),
    scan: operation('Scan'),
  };
}

export function openEventBridge(options: AwsOptions = {}): EventBridge {
  return { putEvents: operationsOf(services.eventBridge, options)('PutEvents') };
}

export function openSecretsManager(options: AwsOptions = {}): SecretsManager {
  return { getSecretValue: operationsOf(services.secretsManager, options)('GetSecretValue') };
}

export function openSns(options: AwsOptions = {}): Sns {
  const operation = operationsOf(services.sns, options);
  return { publish: operation('Publish'), getTopicAttributes: operation('GetTopicAttributes') };
}

function operationsOf(service: Service, awsOptions: AwsOptions) {
  return <Input extends object, Output extends object>(name: string): Operation<Input, Output> =>
    (input, options) =>
      call(service, name, input, awsOptions, options) as Promise<Output>;
}
