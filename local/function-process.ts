import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';

/** What a function's process is sent. */
export interface Invocation {
  readonly event: unknown;
  readonly timeoutMs: number;
}

/** What it sends back: the handler's value, or its error as text, and each line that it logged meanwhile. */
export type InvocationResult = { readonly lines: readonly string[] } & (
  | { readonly value: unknown }
  | { readonly error: string }
);

/** Where a function finds the world. */
export interface FunctionEnvironment {
  readonly awsEndpoint: string;
  /** A PEM file to trust besides Node's own authorities. */
  readonly caFile: string;
}

/** A built function in a process of its own. It stays warm from one event to the next, as a container does. */
export interface FunctionProcess extends AsyncDisposable {
  /** One event at a time. A run may be given less time than the deployed functions have. */
  invoke(event: unknown, timeoutMs?: number): Promise<InvocationResult>;
  /** Ends the process. Returns everything that it logged, one entry a line. */
  stop(): Promise<readonly string[]>;
}

/** The timeout of the deployed functions. */
const deployedTimeoutMs = 30_000;

/**
 * Starts a built function with the SDK pointed at loopback: the bundle is the one that is deployed, and nothing in it
 * knows that it runs on a laptop.
 */
export function startFunction(file: string, environment: FunctionEnvironment): FunctionProcess {
  const child = fork(path.join(import.meta.dirname, 'function-host.ts'), [file], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      PATH: process.env.PATH,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'loopback',
      AWS_SECRET_ACCESS_KEY: 'loopback',
      AWS_ENDPOINT_URL: environment.awsEndpoint,
      NODE_EXTRA_CA_CERTS: environment.caFile,
    },
  });
  const output = Promise.all([child.stdout, child.stderr].map((stream) => (stream ? text(stream) : '')));
  const ended = once(child, 'exit').then(async ([code]): Promise<InvocationResult> => {
    const [, complaints] = await output;
    return { lines: [], error: `the function's process ended with ${code}\n${complaints}` };
  });
  const stop = async () => {
    if (child.connected) child.disconnect();
    const [logged = ''] = await output;
    return logged.split('\n').filter((line) => line !== '');
  };
  return {
    async invoke(event, timeoutMs = deployedTimeoutMs) {
      const answered = once(child, 'message').then(([result]) => result as InvocationResult);
      child.send({ event, timeoutMs } satisfies Invocation);
      return Promise.race([answered, ended]);
    },
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
    },
  };
}
