import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import type { MetricIdentity } from '../../functions/model/metric.ts';

/** One point as CloudWatch received it. */
export interface ReceivedPoint {
  readonly identity: MetricIdentity;
  readonly unit: string;
  readonly value: number;
  /** ISO 8601 in UTC. */
  readonly at: string;
}

/** An error of AWS. */
export interface AwsError {
  readonly status: number;
  readonly type: string;
  readonly message: string;
}

/** How an operation is refused: by an error, or by no answer at all. */
export type AwsFault = AwsError | 'connection closed';

/** The text of each secret by its name, or the error that reading it comes to. */
export type StoredSecrets = ReadonlyMap<string, string | AwsError>;

const noSuchSecret: AwsError = { status: 400, type: 'ResourceNotFoundException', message: 'no such secret' };

export interface LoopbackAws extends AsyncDisposable {
  /** For `AWS_ENDPOINT_URL`. */
  readonly url: string;
  /** The operations that were called, in order. */
  readonly calls: readonly string[];
  readonly points: readonly ReceivedPoint[];
  /** Refuses an operation from now on. Returns the way back. */
  refuse(operation: 'PutMetricData', fault: AwsFault): () => void;
  /** Empties `calls` and `points`. */
  forget(): void;
  close(): Promise<void>;
}

type Operation = (input: Record<string, unknown>) => { status: number; body: object };

/**
 * The few AWS operations that the functions call, on loopback, for the real SDK.
 *
 * Trap: it checks no signature and knows no rights. What a role may do is the template's matter and its tests'.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html
 */
export async function startLoopbackAws(secrets: StoredSecrets): Promise<LoopbackAws> {
  const calls: string[] = [];
  const points: ReceivedPoint[] = [];
  const faults = new Map<string, AwsFault>();
  const operations: Record<string, Operation> = {
    PutMetricData: (input) => {
      points.push(...readPoints(input));
      return { status: 200, body: {} };
    },
    GetSecretValue: ({ SecretId }) => {
      const stored = secrets.get(String(SecretId)) ?? noSuchSecret;
      return typeof stored === 'string'
        ? { status: 200, body: { Name: SecretId, SecretString: stored } }
        : { status: stored.status, body: { __type: stored.type, message: stored.message } };
    },
  };
  const server = createServer((request, response) => void answer(request, response, operations, faults, calls));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    points,
    refuse(operation, fault) {
      faults.set(operation, fault);
      return () => {
        faults.delete(operation);
      };
    },
    forget() {
      calls.length = 0;
      points.length = 0;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  operations: Record<string, Operation>,
  faults: ReadonlyMap<string, AwsFault>,
  calls: string[],
): Promise<void> {
  const name = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
  const bytes = await buffer(request);
  const text = request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes;
  calls.push(name);
  const fault = faults.get(name);
  if (fault === 'connection closed') {
    request.socket.destroy();
    return;
  }
  if (fault) {
    const { type, message, status } = fault;
    // The kind of error also goes by header: the SDK of a service that once spoke another protocol looks there.
    response
      .writeHead(status, { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-query-error': `${type};Sender` })
      .end(JSON.stringify({ __type: type, message }));
    return;
  }
  const operation = operations[name];
  const { status, body } = operation
    ? operation(JSON.parse(text.toString()))
    : { status: 400, body: { __type: 'UnknownOperationException', message: name } };
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body));
}

interface MetricDatum {
  readonly MetricName: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[];
  readonly Timestamp: number;
  readonly Unit: string;
  readonly Value: number;
}

function readPoints({ Namespace, MetricData }: Record<string, unknown>): ReceivedPoint[] {
  return (MetricData as MetricDatum[]).map(({ MetricName, Dimensions = [], Timestamp, Unit, Value }) => ({
    identity: {
      namespace: String(Namespace),
      name: MetricName,
      dimensions: Object.fromEntries(Dimensions.map(({ Name, Value: value }) => [Name, value])),
    },
    unit: Unit,
    value: Value,
    at: new Date(Timestamp * 1000).toISOString(),
  }));
}
