import { fork } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { functionTimeoutMs } from '../../../functions/run/deadline.ts';

/** The message that asks a function's process to handle an event. */
export interface InvokeMessage {
  readonly event: unknown;
  readonly timeoutMs: number;
  /** How far the function's clock runs ahead of the real one. */
  readonly clockAheadMs?: number;
  /** Lambda's id of the request: the same in every try of an asynchronous event. */
  readonly requestId?: string;
}

/** The handler's value, or its error as text, and each line that the function logged during the invocation. */
export type InvocationResult = { readonly lines: readonly string[] } & (
  | { readonly value: unknown }
  | { readonly error: string }
);

/** The process's reply, with the number of characters on stdout that its lines account for. */
export type ReplyMessage = InvocationResult & { readonly characters: number };

export interface FunctionEnvironment {
  readonly awsEndpoint: string;
  /** A PEM file of authorities to trust in addition to Node's own. */
  readonly caFile?: string | undefined;
  /** The access key of its AWS calls. */
  readonly accessKeyId?: string;
  /** The function's environment variables. The settings for loopback override them. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** A built function in its own process. Like a container, it stays warm between events. */
export interface FunctionProcess extends AsyncDisposable {
  /**
   * Handles one event at a time. The timeout may be shorter than that of the deployed functions. As in Lambda, a run
   * that exceeds it is killed together with its process.
   */
  invoke(
    event: unknown,
    timeoutMs?: number,
    options?: Pick<InvokeMessage, 'clockAheadMs' | 'requestId'>,
  ): Promise<InvocationResult>;
  /** Whether it can handle another event. */
  readonly alive: boolean;
  stop(): Promise<void>;
}

/** The timeout of a deployed function whose orgs have the default `timeoutMs`. */
const deployedTimeoutMs = functionTimeoutMs(10_000);

/** How long a process may take to stop before it is killed. It holds nothing that could be lost. */
const stopTimeoutMs = 500;

/** Functions need little memory, and V8 would let the space of new objects grow to 48 MB before it collects garbage. */
const heapOptions = ['--max-semi-space-size=2'] as const;

/** Starts a built function with the SDK pointed at loopback. The bundle is the deployed one, unchanged. */
export function startFunction(file: string, environment: FunctionEnvironment): FunctionProcess {
  const child = fork(path.join(import.meta.dirname, 'function-host.ts'), [file], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: [...process.execArgv, ...heapOptions],
    env: {
      ...environment.variables,
      PATH: process.env.PATH,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: environment.accessKeyId ?? 'loopback',
      AWS_SECRET_ACCESS_KEY: 'loopback',
      AWS_ENDPOINT_URL: environment.awsEndpoint,
      ...(environment.caFile !== undefined && { NODE_EXTRA_CA_CERTS: environment.caFile }),
      // Halves the processor time of a start: the compiled code of a bundle is the same in every process.
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? path.join(tmpdir(), 'node-compile-cache'),
    },
  });
  // Trap: the child emits no `close` if this side disconnected the channel.
  const exited = Promise.all([
    new Promise<number | null>((resolve) => child.once('exit', resolve)),
    ...[child.stdout, child.stderr].map((stream) => new Promise((resolve) => stream?.once('close', resolve))),
  ]);
  // Sending to a process that has exited is an error. `ended` already reports the exit.
  child.on('error', () => {});

  /** Stdout that no reply covers yet. When the process ends, this is the log of the unfinished run. */
  let logged = '';
  /** Characters that replies cover and that are still to be dropped from `logged`. */
  let covered = 0;
  let errorOutput = '';
  const dropCovered = () => {
    const arrived = Math.min(covered, logged.length);
    logged = logged.slice(arrived);
    covered -= arrived;
  };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    logged += text;
    dropCovered();
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errorOutput += text;
  });
  let alive = true;
  const ended = exited.then(([code]): InvocationResult => {
    alive = false;
    const lines = logged.split('\n').filter((line) => line !== '');
    return { lines, error: `the function's process ended with ${code}\n${errorOutput}` };
  });
  const stop = async () => {
    if (child.connected) child.disconnect();
    const kill = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
    await exited;
    clearTimeout(kill);
  };
  return {
    get alive() {
      return alive && child.connected;
    },
    async invoke(event, timeoutMs = deployedTimeoutMs, options = {}) {
      const { promise, resolve } = Promise.withResolvers<InvocationResult>();
      const onMessage = ({ characters, ...result }: ReplyMessage) => {
        covered += characters;
        errorOutput = '';
        dropCovered();
        resolve(result);
      };
      child.once('message', onMessage as (message: unknown) => void);
      let error: string | undefined;
      const timer = setTimeout(() => {
        error = `Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`;
        child.kill('SIGKILL');
      }, timeoutMs);
      try {
        if (child.connected) child.send({ event, timeoutMs, ...options } satisfies InvokeMessage);
        const result = await Promise.race([promise, ended]);
        return error === undefined ? result : { lines: result.lines, error };
      } finally {
        clearTimeout(timer);
        child.off('message', onMessage as (message: unknown) => void);
      }
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
