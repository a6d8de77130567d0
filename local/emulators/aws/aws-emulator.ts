import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type AlarmHistory, describeAlarmHistory } from './alarm-history.ts';
import { type AwsFault, RefusedByAws } from './aws-error.ts';
import { openLogs, type StoredLogs } from './logs.ts';
import { type ReceivedPoint, readPoints } from './metrics.ts';
import { readSecret, type StoredSecrets } from './secrets.ts';
import { type PublishedMessage, publishedAnswer, readPublished } from './topics.ts';
import { type AwsAnswer, type AwsCall, readCall } from './wire.ts';

export type { AwsError, AwsFault } from './aws-error.ts';
export type { ReceivedPoint } from './metrics.ts';
export type { StoredSecrets } from './secrets.ts';

/** The operations that the functions call. */
export type AwsOperation = 'PutMetricData' | 'GetSecretValue' | 'FilterLogEvents' | 'DescribeAlarmHistory' | 'Publish';

export interface AwsEmulator extends AsyncDisposable {
  /** For `AWS_ENDPOINT_URL`. */
  readonly url: string;
  /** The operations that were called, in order. */
  readonly calls: readonly string[];
  readonly points: readonly ReceivedPoint[];
  /** What was written to log groups, for FilterLogEvents. */
  readonly logs: StoredLogs;
  readonly published: readonly PublishedMessage[];
  /** What DescribeAlarmHistory tells. Nothing, until it is set. */
  alarmHistory: AlarmHistory;
  /** Refuses an operation from now on. Returns the way back. */
  refuse(operation: AwsOperation, fault: AwsFault): () => void;
  /** Empties `calls`, `points`, `published` and the log groups, which stay. */
  forget(): void;
  close(): Promise<void>;
}

type Operations = Readonly<Record<AwsOperation, (input: AwsCall['input']) => object>>;

/**
 * The few AWS operations that the functions call, on loopback, for the real SDK.
 *
 * Trap: it checks no signature and knows no rights. What a role may do is the template's matter and its tests'.
 */
export async function startAwsEmulator(secrets: StoredSecrets): Promise<AwsEmulator> {
  const calls: string[] = [];
  const points: ReceivedPoint[] = [];
  const published: PublishedMessage[] = [];
  const logs = openLogs();
  const faults = new Map<string, AwsFault>();
  const operations: Operations = {
    PutMetricData(input) {
      points.push(...readPoints(input));
      return {};
    },
    GetSecretValue: (input) => readSecret(secrets, input),
    FilterLogEvents: (input) => logs.filterLogEvents(input),
    DescribeAlarmHistory: (input) => describeAlarmHistory(aws.alarmHistory, input),
    Publish(input) {
      published.push(readPublished(input));
      return publishedAnswer();
    },
  };
  const server = createServer((request, response) => void serve(request, response, operations, faults, calls));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  const { port } = server.address() as AddressInfo;
  const aws: AwsEmulator = {
    url: `http://127.0.0.1:${port}`,
    calls,
    points,
    logs,
    published,
    alarmHistory: () => [],
    refuse(operation, fault) {
      faults.set(operation, fault);
      return () => {
        faults.delete(operation);
      };
    },
    forget() {
      for (const list of [calls, points, published]) list.length = 0;
      logs.forget();
    },
    close,
    [Symbol.asyncDispose]: close,
  };
  return aws;
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  operations: Operations,
  faults: ReadonlyMap<string, AwsFault>,
  calls: string[],
): Promise<void> {
  const call = await readCall(request);
  calls.push(call.operation);
  const fault = faults.get(call.operation);
  if (fault === 'connection closed') {
    request.socket.destroy();
    return;
  }
  if (fault === 'no answer') return;
  const { status, headers, body } = fault ? call.protocol.fail(fault) : answer(call, operations);
  response.writeHead(status, headers).end(body);
}

function answer({ operation, input, protocol }: AwsCall, operations: Operations): AwsAnswer {
  try {
    if (!(operation in operations)) throw new RefusedByAws('UnknownOperationException', operation);
    return protocol.succeed(operation, operations[operation as AwsOperation](input));
  } catch (error) {
    if (error instanceof RefusedByAws) return protocol.fail(error.error);
    throw error;
  }
}
