import { fork } from 'node:child_process';
import path from 'node:path';

/** What a function's process is sent. */
export interface Invocation {
  readonly event: unknown;
  readonly timeoutMs: number;
  /** How far the function's clock is to be ahead of the real one. */
  readonly clockAheadMs?: number;
}

/** What it sends back: the handler's value, or its error as text, and each line that it logged meanwhile. */
export type InvocationResult = { readonly lines: readonly string[] } & (
  | { readonly value: unknown }
  | { readonly error: string }
);

/** The result on its way, and how much of what came by stdout it stands for. */
export type Answered = InvocationResult & { readonly characters: number };

/** Where a function finds the world. */
export interface FunctionEnvironment {
  readonly awsEndpoint: string;
  /** A PEM file to trust besides Node's own authorities. */
  readonly caFile: string;
  /** What the function is configured with. What points it at loopback stands above it. */
  readonly variables?: Readonly<Record<string, string>>;
}

export type InvokeOptions = Pick<Invocation, 'clockAheadMs'>;

/** A built function in a process of its own. It stays warm from one event to the next, as a container does. */
export interface FunctionProcess extends AsyncDisposable {
  /**
   * One event at a time. A run may be given less time than the deployed functions have; one that takes longer is
   * killed, as Lambda does, and its process with it.
   */
  invoke(event: unknown, timeoutMs?: number, options?: InvokeOptions): Promise<InvocationResult>;
  /** Whether it can still be invoked. */
  readonly alive: boolean;
  stop(): Promise<void>;
}

/** The timeout of the deployed functions. */
const deployedTimeoutMs = 30_000;

/** How long a process that is told to stop is waited for. It holds nothing that could be lost. */
const patienceMs = 500;

/**
 * Starts a built function with the SDK pointed at loopback: the bundle is the one that is deployed, and nothing in it
 * knows that it runs on a laptop.
 */
export function startFunction(file: string, environment: FunctionEnvironment): FunctionProcess {
  const child = fork(path.join(import.meta.dirname, 'function-host.ts'), [file], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      ...environment.variables,
      PATH: process.env.PATH,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'loopback',
      AWS_SECRET_ACCESS_KEY: 'loopback',
      AWS_ENDPOINT_URL: environment.awsEndpoint,
      NODE_EXTRA_CA_CERTS: environment.caFile,
    },
  });
  // Not the child's own `close`: it never comes when it was this side that closed the channel.
  const exited = Promise.all([
    new Promise<number | null>((resolve) => child.once('exit', resolve)),
    ...[child.stdout, child.stderr].map((stream) => new Promise((resolve) => stream?.once('close', resolve))),
  ]);
  // A process that is gone cannot be sent to. Whoever waits for it hears of its end.
  child.on('error', () => {});

  /** What no result has told yet: all that is left of a run which did not end by itself. */
  let logged = '';
  let told = 0;
  let complaints = '';
  const forgetTold = () => {
    const known = Math.min(told, logged.length);
    logged = logged.slice(known);
    told -= known;
  };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    logged += text;
    forgetTold();
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaints += text;
  });
  let alive = true;
  const ended = exited.then(([code]): InvocationResult => {
    alive = false;
    return { lines: linesOf(logged), error: `the function's process ended with ${code}\n${complaints}` };
  });
  const stop = async () => {
    if (child.connected) child.disconnect();
    const kill = setTimeout(() => child.kill('SIGKILL'), patienceMs);
    await exited;
    clearTimeout(kill);
  };
  return {
    get alive() {
      return alive && child.connected;
    },
    async invoke(event, timeoutMs = deployedTimeoutMs, options = {}) {
      const { promise, resolve } = Promise.withResolvers<InvocationResult>();
      const onMessage = ({ characters, ...result }: Answered) => {
        told += characters;
        complaints = '';
        forgetTold();
        resolve(result);
      };
      child.once('message', onMessage as (message: unknown) => void);
      let error: string | undefined;
      const timeUp = setTimeout(() => {
        error = `Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`;
        child.kill('SIGKILL');
      }, timeoutMs);
      try {
        if (child.connected) child.send({ event, timeoutMs, ...options } satisfies Invocation);
        const result = await Promise.race([promise, ended]);
        return error === undefined ? result : { lines: result.lines, error };
      } finally {
        clearTimeout(timeUp);
        child.off('message', onMessage as (message: unknown) => void);
      }
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** One entry a line. */
export function linesOf(logged: string): readonly string[] {
  return logged.split('\n').filter((line) => line !== '');
}
