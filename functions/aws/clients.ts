import {
  CloudWatchClient,
  DescribeAlarmHistoryCommand,
  GetMetricDataCommand,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient, GetItemCommand, PutItemCommand, QueryCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetTopicAttributesCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { untilDeadline } from '../model/time-limit.ts';
import { isPlainHttp, strictTls } from '../model/tls.ts';
import { defaultProvider } from './credentials.ts';

/** Where the Region, the credentials and the endpoints are read, and how many times a call is sent at most. */
export interface AwsOptions {
  readonly environment?: NodeJS.ProcessEnv;
  readonly maxAttempts?: number;
}

/**
 * The operations of a service that functions use, by the SDK's method names. Each call requires a signal, so that a service
 * that never answers cannot hang a run.
 */
type Operations<Commands> = { readonly [Name in keyof Commands]: Operation<Commands[Name]> };

type Operation<Command> = Command extends new (
  ...input: infer Input extends [object?]
) => infer Sent
  ? (input: NonNullable<Input[0]>, options: { readonly abortSignal: AbortSignal }) => Promise<OutputOf<Sent>>
  : never;

type OutputOf<Sent> = Sent extends {
  resolveMiddleware(...given: never): (...given: never) => Promise<{ readonly output: infer Output }>;
}
  ? Omit<Output, '$metadata'>
  : never;

// Trap: the SDK is imported statically. esbuild keeps all of a package that is imported with `import()`, and running all of
// one client takes longer than running the used parts of five. A bundle contains only the clients that its function opens.

export type CloudWatch = ReturnType<typeof openCloudWatch>;
export function openCloudWatch(options?: AwsOptions) {
  return open('CLOUDWATCH', CloudWatchClient, options, {
    putMetricData: PutMetricDataCommand,
    getMetricData: GetMetricDataCommand,
    describeAlarmHistory: DescribeAlarmHistoryCommand,
  });
}

export type DynamoDb = ReturnType<typeof openDynamoDb>;
export function openDynamoDb(options?: AwsOptions) {
  return open('DYNAMODB', DynamoDBClient, options, {
    getItem: GetItemCommand,
    putItem: PutItemCommand,
    query: QueryCommand,
    scan: ScanCommand,
  });
}

export type EventBridge = ReturnType<typeof openEventBridge>;
export function openEventBridge(options?: AwsOptions) {
  return open('EVENTBRIDGE', EventBridgeClient, options, { putEvents: PutEventsCommand });
}

export type SecretsManager = ReturnType<typeof openSecretsManager>;
export function openSecretsManager(options?: AwsOptions) {
  return open('SECRETS_MANAGER', SecretsManagerClient, options, { getSecretValue: GetSecretValueCommand });
}

export type Sns = ReturnType<typeof openSns>;
export function openSns(options?: AwsOptions) {
  return open('SNS', SNSClient, options, { publish: PublishCommand, getTopicAttributes: GetTopicAttributesCommand });
}

/** Makes the client at the first call, because some runs need no call. */
function open<Commands extends Readonly<Record<string, new (input: never) => object>>>(
  service: string,
  Client: new (settings: ReturnType<typeof settingsOf>) => { send(...given: never): Promise<object> },
  options: AwsOptions = {},
  commands: Commands,
): Operations<Commands> {
  let client: { send(command: object, options: object): Promise<object> } | undefined;
  const operations = Object.entries(commands).map(([name, Command]) => [
    name,
    async (input: never, { abortSignal }: { readonly abortSignal: AbortSignal }) => {
      client ??= new Client(settingsOf(service, options));
      // The SDK does not look at the signal while it pauses between attempts.
      return untilDeadline(client.send(new Command(input), { abortSignal }).catch(rethrow), abortSignal);
    },
  ]);
  return Object.fromEntries(operations);
}

/**
 * Throws an error again, without the SDK's attachments: its `$response` leads to the request, which has the session
 * token and the signature. Trap: the message may quote the call.
 */
function rethrow(error: unknown): never {
  const { name, message, stack, code, Item } = Object(error);
  const copy = Object.assign(new Error(message), { name, ...(code && { code }), ...(Item && { Item }) });
  throw Object.defineProperty(copy, 'stack', { value: stack });
}

/** How long a connection may take to open, in milliseconds, so that there is time for another attempt. */
const connectionTimeout = 2_000;

/** How long an idle connection is kept open, in milliseconds. */
const idleMs = 5_000;

function settingsOf(service: string, { environment = process.env, maxAttempts = 3 }: AwsOptions) {
  return {
    region: environment.AWS_REGION ?? '',
    endpoint: endpointOf(service, environment),
    credentials: defaultProvider({ environment }),
    maxAttempts,
    disableRequestCompression: true,
    requestHandler: { connectionTimeout, httpsAgent: { ...strictTls, timeout: idleMs } },
  };
}

/**
 * Returns the endpoint that the environment sets for one service or for all, or undefined for the Region's own. Throws if
 * secrets would go to another machine over plain http.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
function endpointOf(service: string, environment: NodeJS.ProcessEnv): string | undefined {
  const configured = environment[`AWS_ENDPOINT_URL_${service}`] || environment.AWS_ENDPOINT_URL || undefined;
  if (isPlainHttp(configured ?? '')) throw new Error('the endpoint of AWS is plain http on another machine');
  return configured;
}
