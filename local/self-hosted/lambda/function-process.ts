import { type ChildProcess, fork } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { buildSync } from 'esbuild';
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

/** What a function runs in, and how to reach it. */
interface Host {
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  /** Resolves to the exit code when it has ended and all its output has arrived. */
  readonly exited: Promise<number | null>;
  /** Whether it takes messages. */
  isConnected(): boolean;
  send(message: InvokeMessage): void;
  /** Calls back once, with the next reply. Returns a function that stops this. */
  onReply(receive: (reply: ReplyMessage) => void): () => void;
  /** Asks it to end. */
  end(): void;
  kill(): void;
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

/** Starts a built function in its own process, with the SDK pointed at loopback. The bundle is the deployed one, unchanged. */
export function startFunction(file: string, environment: FunctionEnvironment): FunctionProcess {
  return runIn(startProcess(file, environment));
}

/**
 * Starts a built function in a thread of this process, which takes a third of a process's memory.
 *
 * Trap: it trusts only the given authorities, and shares the threads in which Node resolves names.
 */
export function startFunctionThread(file: string, environment: FunctionEnvironment): FunctionProcess {
  return runIn(startThread(file, environment));
}

const hostFile = path.join(import.meta.dirname, 'function-host.ts');

/** Halves the processor time of a start: the compiled code of a bundle is the same everywhere. */
const compileCache = () => process.env.NODE_COMPILE_CACHE ?? path.join(tmpdir(), 'node-compile-cache');

function variablesOf(environment: FunctionEnvironment): NodeJS.ProcessEnv {
  return {
    ...environment.variables,
    PATH: process.env.PATH,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: environment.accessKeyId ?? 'loopback',
    AWS_SECRET_ACCESS_KEY: 'loopback',
    AWS_ENDPOINT_URL: environment.awsEndpoint,
    ...(environment.caFile !== undefined && { NODE_EXTRA_CA_CERTS: environment.caFile }),
    NODE_COMPILE_CACHE: compileCache(),
  };
}

function startProcess(file: string, environment: FunctionEnvironment): Host {
  const child: ChildProcess = fork(hostFile, [file], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: [...process.execArgv, ...heapOptions],
    env: variablesOf(environment),
  });
  const { stdout, stderr } = child;
  // Sending to a process that has exited is an error. `exited` already reports the exit.
  child.on('error', () => {});
  return {
    stdout,
    stderr,
    // Trap: the child emits no `close` if this side disconnected the channel.
    exited: endOf(child, stdout, stderr),
    isConnected: () => child.connected,
    send: (message) => child.send(message),
    onReply(receive) {
      child.once('message', receive as (message: unknown) => void);
      return () => child.off('message', receive as (message: unknown) => void);
    },
    end: () => child.connected && child.disconnect(),
    kill: () => child.kill('SIGKILL'),
  };
}

let hostScript: URL | undefined;

/** Returns the host as JavaScript, compiled once: stripping its types takes 12 MB in each thread. */
function compiledHost(): URL {
  if (hostScript) return hostScript;
  const options = { bundle: true, platform: 'node', format: 'esm', write: false } as const;
  const [built] = buildSync({ entryPoints: [hostFile], ...options }).outputFiles;
  hostScript = new URL(`data:text/javascript,${encodeURIComponent(built?.text ?? '')}`);
  return hostScript;
}

function startThread(file: string, environment: FunctionEnvironment): Host {
  const worker = new Worker(compiledHost(), {
    workerData: pathToFileURL(file).href,
    env: variablesOf(environment),
    stdout: true,
    stderr: true,
    resourceLimits: { maxYoungGenerationSizeMb: 3, maxOldGenerationSizeMb: 64 },
  });
  const { stdout, stderr } = worker;
  let isConnected = true;
  // What a process prints when it ends in an error.
  worker.on('error', (error) => stderr.push(String(Object(error).stack ?? error)));
  worker.once('exit', () => {
    isConnected = false;
  });
  return {
    stdout,
    stderr,
    exited: endOf(worker),
    isConnected: () => isConnected,
    send: (message) => worker.postMessage(message),
    onReply(receive) {
      worker.once('message', receive);
      return () => worker.off('message', receive);
    },
    end: () => void worker.terminate(),
    kill: () => void worker.terminate(),
  };
}

/** Resolves to the exit code of a process or a thread when its output has ended too. */
async function endOf(ended: ChildProcess | Worker, ...streams: readonly (Readable | null)[]): Promise<number | null> {
  const exit = new Promise<number | null>((resolve) => ended.once('exit', resolve));
  await Promise.all(streams.map((stream) => new Promise((resolve) => stream?.once('close', resolve))));
  return exit;
}

function runIn(host: Host): FunctionProcess {
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
  host.stdout?.setEncoding('utf8').on('data', (text: string) => {
    logged += text;
    dropCovered();
  });
  host.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errorOutput += text;
  });
  let alive = true;
  const ended = host.exited.then((code): InvocationResult => {
    alive = false;
    const lines = logged.split('\n').filter((line) => line !== '');
    return { lines, error: `the function's process ended with ${code}\n${errorOutput}` };
  });
  const stop = async () => {
    host.end();
    const kill = setTimeout(() => host.kill(), stopTimeoutMs);
    await host.exited;
    clearTimeout(kill);
  };
  return {
    get alive() {
      return alive && host.isConnected();
    },
    async invoke(event, timeoutMs = deployedTimeoutMs, options = {}) {
      const { promise, resolve } = Promise.withResolvers<InvocationResult>();
      const stopReceiving = host.onReply(({ characters, ...result }) => {
        covered += characters;
        errorOutput = '';
        dropCovered();
        resolve(result);
      });
      let error: string | undefined;
      const timer = setTimeout(() => {
        error = `Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`;
        host.kill();
      }, timeoutMs);
      try {
        if (host.isConnected()) host.send({ event, timeoutMs, ...options });
        const result = await Promise.race([promise, ended]);
        return error === undefined ? result : { lines: result.lines, error };
      } finally {
        clearTimeout(timer);
        stopReceiving();
      }
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
