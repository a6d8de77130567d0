import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openThrottle, type Rates } from './limits.ts';
import { createLogs, type LogGroups } from './logs.ts';
import { type PublishedMessage, type PutEvent, readPublish, readPutEvents } from './messages.ts';
import {
  type AlarmHistory,
  describeAlarmHistory,
  getMetricData,
  type MetricData,
  type ReceivedPoint,
  readPoints,
} from './metrics.ts';
import { type AwsCall, type AwsError, AwsException, type AwsResponse, readCall } from './protocols.ts';
import { Tables, tablesApi } from './tables.ts';

export type { ReceivedPoint } from './metrics.ts';
export type { AwsError } from './protocols.ts';

/** Operations on tables are dynalite's. */
type TableOperation = 'GetItem' | 'PutItem' | 'Query' | 'Scan';

type OwnOperation =
  | 'PutMetricData'
  | 'GetMetricData'
  | 'GetSecretValue'
  | 'FilterLogEvents'
  | 'DescribeAlarmHistory'
  | 'Publish'
  | 'GetTopicAttributes'
  | 'PutEvents';

type AwsOperation = OwnOperation | TableOperation;

/**
 * How an operation fails: with an error, with a closed connection, or without any answer. `answer lost`: it is done, and
 * the connection closes before the answer. Only a repetition of the same call is answered.
 */
export type AwsFault = AwsError | 'connection closed' | 'no answer' | 'answer lost';

/** A secret's value, and the id of this version if it has one. */
interface StoredSecret {
  readonly text: string;
  readonly version: string;
}

/** The value of a secret, or the error that reading it returns. Undefined: no secret has this name. */
type SecretAnswer = string | StoredSecret | AwsError | undefined;

/** The secrets by their names. A map, or a place that takes a while to ask. */
export interface StoredSecrets {
  get(name: string): SecretAnswer | Promise<SecretAnswer>;
}

export interface AwsEmulator extends AsyncDisposable {
  /** For `AWS_ENDPOINT_URL`. */
  readonly url: string;
  /** The names of the called operations, in order. */
  readonly calls: readonly string[];
  readonly points: readonly (ReceivedPoint & Received)[];
  /** The log groups that FilterLogEvents reads. */
  readonly logs: LogGroups;
  readonly published: readonly (PublishedMessage & Received)[];
  /** What PutEvents accepted. */
  readonly events: readonly (PutEvent & Received)[];
  /** The tables of DynamoDB. */
  readonly tables: Tables;
  /** The number of calls that were refused because they exceeded a rate, by operation. */
  readonly throttled: ReadonlyMap<string, number>;
  /** The history that DescribeAlarmHistory returns. Empty by default. */
  alarmHistory: AlarmHistory;
  /** What GetTopicAttributes returns for a topic's ARN. */
  topicAttributes: (arn: string) => Readonly<Partial<Record<string, string>>>;
  /** What GetMetricData reads. Empty by default. */
  metricData: MetricData;
  /** Makes an operation fail from now on. Returns a function that ends this. */
  injectFault(operation: AwsOperation, fault: AwsFault): () => void;
  /** Drops the record of all calls, and log lines before a time. Tables remain. */
  forget(before: number): void;
  /** Empties `calls`, `points`, `published`, `events`, `throttled` and the log groups. The groups and all tables remain. */
  clear(): void;
  close(): Promise<void>;
}

/** Who sent something, and when. */
interface Received {
  /** The access key that signed the call. */
  readonly caller?: string;
  /** Epoch milliseconds, by the clock of the emulator. */
  readonly receivedAt: number;
}

export interface AwsEmulatorOptions {
  /** How many calls of each operation are accepted in a second. By default, all are. */
  readonly rates?: () => Rates;
  /**
   * Whether to answer a caller by its access key. By default, every caller is answered.
   *
   * Trap: signatures are not checked, so the key must be hard to guess.
   */
  readonly accepts?: (caller: string | undefined) => boolean;
  /** The time of a call, epoch milliseconds. The system clock by default. */
  readonly now?: (caller: string | undefined) => number;
}

type Operations = Readonly<
  Record<OwnOperation, (input: AwsCall['input'], call: AwsCall & Received) => object | Promise<object>>
>;

/**
 * Starts an HTTP server on loopback for the AWS SDK. See README.md for the emulated operations.
 *
 * Trap: it checks neither signatures nor permissions.
 */
export async function startAwsEmulator(
  secrets: StoredSecrets,
  { rates = () => ({}), now = Date.now, accepts = () => true }: AwsEmulatorOptions = {},
): Promise<AwsEmulator> {
  const calls: string[] = [];
  const points: (ReceivedPoint & Received)[] = [];
  const published: (PublishedMessage & Received)[] = [];
  const events: (PutEvent & Received)[] = [];
  const throttled = new Map<string, number>();
  const throttle = openThrottle(rates);
  const logs = createLogs();
  const tables = new Tables();
  const faults = new Map<string, AwsFault>();
  const operations: Operations = {
    PutMetricData(input, call) {
      points.push(...readPoints(input, call.bytes).map((point) => ({ ...point, ...receipt(call) })));
      return {};
    },
    GetMetricData: (input, { receivedAt }) => getMetricData(aws.metricData, input, receivedAt),
    GetSecretValue: (input) => readSecret(secrets, input),
    FilterLogEvents: (input) => logs.filterLogEvents(input),
    DescribeAlarmHistory: (input) => describeAlarmHistory(aws.alarmHistory, input),
    Publish(input, call) {
      published.push({ ...readPublish(input), ...receipt(call) });
      return { MessageId: randomUUID() };
    },
    GetTopicAttributes: ({ TopicArn }) => ({ Attributes: aws.topicAttributes(String(TopicArn)) }),
    PutEvents(input, call) {
      const put = readPutEvents(input);
      events.push(...put.events.map((event) => ({ ...event, ...receipt(call) })));
      return put.answer;
    },
  };
  const runOnTable = async ({ operation, input, protocol }: AwsCall): Promise<AwsResponse> => {
    const answered = await tables.call(operation, JSON.stringify(input));
    if (answered.status === 200) return answered;
    const { __type = '', message = '', Item } = JSON.parse(answered.body);
    return protocol.failure({ status: answered.status, type: __type.split('#').at(-1), message, Item });
  };
  const answer = async (call: AwsCall): Promise<AwsResponse> => {
    if (!accepts(call.caller)) {
      const message = 'The security token included in the request is invalid.';
      return call.protocol.failure({ status: 403, type: 'UnrecognizedClientException', message });
    }
    const receivedAt = now(call.caller);
    const refused = throttle.refuse(call.operation, receivedAt);
    if (!refused) return call.service === tablesApi ? runOnTable(call) : run({ ...call, receivedAt }, operations);
    throttled.set(call.operation, (throttled.get(call.operation) ?? 0) + 1);
    return call.protocol.failure(refused);
  };
  const unanswered = new Set<string>();
  const server = createServer((request, response) => {
    // A call that is under way when the emulator closes needs no answer.
    serve(request, response, answer, { faults, unanswered, calls, now }).catch(() => request.socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await Promise.all([once(server, 'close'), tables[Symbol.asyncDispose]()]);
  };
  const { port } = server.address() as AddressInfo;
  const aws: AwsEmulator = {
    url: `http://127.0.0.1:${port}`,
    calls,
    points,
    logs,
    published,
    events,
    tables,
    throttled,
    alarmHistory: () => [],
    topicAttributes: () => ({}),
    metricData: () => [],
    injectFault(operation, fault) {
      faults.set(operation, fault);
      return () => {
        faults.delete(operation);
      };
    },
    forget(before) {
      for (const list of [calls, points, published, events]) list.length = 0;
      logs.forget(before);
    },
    clear() {
      for (const list of [calls, points, published, events]) list.length = 0;
      throttled.clear();
      logs.clear();
    },
    close,
    [Symbol.asyncDispose]: close,
  };
  return aws;
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  answer: (call: AwsCall) => Promise<AwsResponse>,
  {
    faults,
    unanswered,
    calls,
    now,
  }: {
    readonly faults: ReadonlyMap<string, AwsFault>;
    /** The calls whose answer was lost. */
    readonly unanswered: Set<string>;
    readonly calls: string[];
    readonly now: (caller: string | undefined) => number;
  },
): Promise<void> {
  const call = await readCall(request);
  calls.push(call.operation);
  const fault = faults.get(call.operation);
  if (fault === 'connection closed') {
    request.socket.destroy();
    return;
  }
  if (fault === 'no answer') return;
  const sent = JSON.stringify([call.caller, call.operation, call.input]);
  if (fault === 'answer lost' && !unanswered.has(sent)) {
    unanswered.add(sent);
    await answer(call);
    request.socket.destroy();
    return;
  }
  const { status, headers, body } = typeof fault === 'object' ? call.protocol.failure(fault) : await answer(call);
  response.writeHead(status, { date: new Date(now(call.caller)).toUTCString(), ...headers }).end(body);
}

function receipt({ caller, receivedAt }: Received): Received {
  return { receivedAt, ...(caller !== undefined && { caller }) };
}

async function run(call: AwsCall & Received, operations: Operations): Promise<AwsResponse> {
  const { operation, input, protocol } = call;
  try {
    if (!(operation in operations)) throw new AwsException('UnknownOperationException', operation);
    return protocol.success(operation, await operations[operation as OwnOperation](input, call));
  } catch (error) {
    if (error instanceof AwsException) return protocol.failure(error.error);
    throw error;
  }
}

/** GetSecretValue. https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html */
async function readSecret(secrets: StoredSecrets, { SecretId }: AwsCall['input']): Promise<object> {
  const stored = await secrets.get(String(SecretId));
  if (stored === undefined) throw new AwsException('ResourceNotFoundException', 'no such secret');
  if (typeof stored === 'string') {
    return { Name: SecretId, SecretString: stored, VersionId: versionOf(String(SecretId), stored) };
  }
  if ('type' in stored) throw new AwsException(stored.type, stored.message, stored.status);
  return { Name: SecretId, SecretString: stored.text, VersionId: stored.version };
}

/** Another value has another version, in the form of a UUID. Trap: storing the same text again does not make a new one. */
function versionOf(name: string, stored: string): string {
  const digest = createHash('sha256').update(`${name}\n${stored}`).digest('hex');
  return [
    [0, 8],
    [8, 12],
    [12, 16],
    [16, 20],
    [20, 32],
  ]
    .map(([from, to]) => digest.slice(from, to))
    .join('-');
}
