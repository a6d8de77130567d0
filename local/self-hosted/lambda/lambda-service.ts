import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Entry } from '../../../lib/functions/entries.ts';
import { addTo } from '../add-to.ts';
import type { MessageAlarm } from '../sns/sns.ts';
import type { DeployedFunction } from '../template/deployment.ts';
import type { AttemptStatus } from './asynchronous-event.ts';
import { type FunctionEnvironment, type FunctionProcess, startFunction } from './function-process.ts';
import { machineNow } from './shifted-clock.ts';

/** One attempt to run a function. */
export interface Execution {
  readonly status: AttemptStatus;
  readonly lines: readonly string[];
  /** The handler's result. */
  readonly value?: unknown;
  /** The handler's error, or why the process ended. */
  readonly error?: string;
  readonly durationMs: number;
  /** Whether a container was started for it. */
  readonly cold: boolean;
}

export interface ExecutionOptions {
  readonly timeoutMs: number;
  /** How far the function's clock runs ahead of the real one. */
  readonly clockAheadMs?: number;
  readonly requestId?: string;
  /** Called with the access key of its AWS calls before it starts. A container makes one run at a time. */
  readonly onStart?: (accessKeyId: string) => void;
}

/** How containers are made. */
export interface ContainerOptions {
  readonly start: typeof startFunction;
  /** How many of one function there may be. A run waits for one in real time. */
  readonly most: number;
}

/** As at AWS. */
const containerOptions: ContainerOptions = { start: startFunction, most: Number.POSITIVE_INFINITY };

/** Runs the deployed functions as Lambda does, unless they are throttled or crash. */
export class LambdaService implements AsyncDisposable {
  #functions: readonly DeployedFunction[];
  readonly #bundleOf: (entry: Entry) => string;
  readonly #access: FunctionEnvironment;
  readonly #containers: ContainerOptions;
  readonly #pools = new Map<string, ContainerPool>();
  readonly #throttled = new Set<string>();
  readonly #crashing = new Set<string>();

  constructor(
    functions: readonly DeployedFunction[],
    bundleOf: (entry: Entry) => string,
    access: FunctionEnvironment,
    containers: ContainerOptions = containerOptions,
  ) {
    this.#functions = functions;
    this.#bundleOf = bundleOf;
    this.#access = access;
    this.#containers = containers;
    // Building takes seconds, in which the emulators of this process would answer no function that already runs.
    for (const { entry } of functions) bundleOf(entry);
  }

  /** Finds a function by its name, with or without the prefix `okta-synthetics-`. */
  functionByName(name: string): DeployedFunction {
    const found = this.#functions.find((each) => each.name === name || each.name === `okta-synthetics-${name}`);
    if (!found) throw new Error(`no function is named ${name}; there are ${this.#functions.map((each) => each.name)}`);
    return found;
  }

  /** Replaces the functions. Warm containers of those that remain stay warm. */
  async deploy(functions: readonly DeployedFunction[]): Promise<void> {
    const before = this.#functions;
    this.#functions = functions;
    for (const [name, pool] of this.#pools) {
      const [one, other] = [before, functions].map((all) => all.find((each) => each.name === name));
      if (isDeepStrictEqual(one, other)) continue;
      this.#pools.delete(name);
      await pool.stop();
    }
  }

  async invoke(name: string, event: unknown, options: ExecutionOptions): Promise<Execution> {
    if (this.#throttled.has(name)) return throttledExecution;
    if (this.#crashing.has(name)) return crashedExecution;
    return this.#poolOf(name).run(event, options);
  }

  /** Throttles a function until the returned function is called. */
  throttle(name: string): () => void {
    return addTo(this.#throttled, this.functionByName(name).name);
  }

  /** Makes a function crash at its start until the returned function is called. */
  crash(name: string): () => void {
    return addTo(this.#crashing, this.functionByName(name).name);
  }

  /** Stops the idle containers of a function: they lose their state, and the next run is a cold start. */
  coldStart(name: string): Promise<void> {
    return this.#poolOf(name).stopIdle();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.stop()));
  }

  #poolOf(given: string): ContainerPool {
    const { name, entry, variables } = this.functionByName(given);
    const pool =
      this.#pools.get(name) ??
      new ContainerPool(this.#bundleOf(entry), { ...this.#access, variables }, this.#containers);
    this.#pools.set(name, pool);
    return pool;
  }
}

/** What happens when a function is throttled. */
export const throttledExecution: Execution = { status: 'throttled', lines: [], durationMs: 0, cold: false };
const crashedExecution: Execution = {
  ...{ status: 'failed', lines: [], durationMs: 1, cold: true },
  error: "the function's process ended with 1",
};

interface Container {
  readonly process: FunctionProcess;
  readonly accessKeyId: string;
}

/** The containers of one function. As in Lambda, each handles one event at a time and stays warm for the next. */
class ContainerPool {
  readonly #file: string;
  readonly #environment: FunctionEnvironment;
  readonly #options: ContainerOptions;
  readonly #containers = new Set<Container>();
  readonly #idle: Container[] = [];
  /** Runs that wait for a container. */
  readonly #waiting: (() => void)[] = [];

  constructor(file: string, environment: FunctionEnvironment, options: ContainerOptions) {
    this.#file = file;
    this.#environment = environment;
    this.#options = options;
  }

  async run(event: unknown, { timeoutMs, onStart, ...request }: ExecutionOptions): Promise<Execution> {
    while (this.#idle.length === 0 && this.#containers.size >= this.#options.most) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    const warm = this.#idle.pop();
    const container = warm ?? this.#start();
    onStart?.(container.accessKeyId);
    const startedAt = performance.now();
    const result = await container.process.invoke(event, timeoutMs, request);
    const durationMs = performance.now() - startedAt;
    if (container.process.alive) this.#idle.push(container);
    else await this.stop([container]);
    this.#waiting.shift()?.();
    const outcome =
      'error' in result
        ? ({ status: 'failed', error: result.error } as const)
        : ({ status: 'succeeded', value: result.value } as const);
    return { ...outcome, lines: result.lines, durationMs, cold: !warm };
  }

  stopIdle(): Promise<void> {
    return this.stop(this.#idle.splice(0));
  }

  /** Stops these containers. Without `stopping`, all of them for good: runs that wait for one never start. */
  async stop(stopping?: readonly Container[]): Promise<void> {
    if (!stopping) this.#waiting.length = 0;
    await this.#end(stopping ?? [...this.#containers]);
  }

  async #end(stopping: readonly Container[]): Promise<void> {
    for (const container of stopping) this.#containers.delete(container);
    await Promise.all(stopping.map(({ process }) => process.stop()));
  }

  #start(): Container {
    // No other user of this machine can guess it.
    const accessKeyId = `container-${randomUUID()}`;
    const container = { process: this.#options.start(this.#file, { ...this.#environment, accessKeyId }), accessKeyId };
    this.#containers.add(container);
    return container;
  }
}

/**
 * The lines that Lambda itself writes to the log of a function with JSON logging: the start, the error that the handler
 * threw, and the report.
 *
 * Trap: a run that was killed logs no error. Only its report shows that it existed.
 * https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html#platform-report
 */
export function platformLines(
  { memoryMb }: Pick<DeployedFunction, 'memoryMb'>,
  requestId: string,
  startedAt: number,
  { error, durationMs, cold }: Execution,
): { readonly before: readonly object[]; readonly after: readonly object[] } {
  const time = (at: number) => new Date(at).toISOString();
  const endedAt = startedAt + durationMs;
  const status = statusOf(error);
  return {
    before: [{ time: time(startedAt), type: 'platform.start', record: { requestId, version: '$LATEST' } }],
    after: [
      ...(error !== undefined && status === 'failure' ? [errorLine(time(endedAt), requestId, error)] : []),
      {
        time: time(endedAt),
        type: 'platform.report',
        record: {
          requestId,
          metrics: {
            durationMs: Number(durationMs.toFixed(3)),
            billedDurationMs: Math.ceil(durationMs),
            memorySizeMB: memoryMb,
            maxMemoryUsedMB: memoryMb / 2,
            ...(cold && { initDurationMs: 0 }),
          },
          status,
          ...(status === 'failure' && { errorType: 'Error' }),
          ...(status === 'error' && { errorType: 'Runtime.ExitError' }),
        },
      },
    ],
  };
}

/** `failure`: the handler threw. `error`: the process ended. `timeout`: the run took too long. */
function statusOf(error: string | undefined): 'success' | 'failure' | 'error' | 'timeout' {
  if (error === undefined) return 'success';
  if (error.startsWith('Task timed out')) return 'timeout';
  return error.startsWith("the function's process ended") ? 'error' : 'failure';
}

function errorLine(timestamp: string, requestId: string, error: string): object {
  const [first = '', ...frames] = error.split('\n');
  const message = {
    errorType: 'Error',
    errorMessage: first.replace(/^\w*Error: /, ''),
    stackTrace: frames.map((frame) => frame.trim()),
  };
  return { timestamp, level: 'ERROR', requestId, message };
}

/** A run of a function in virtual time. */
export interface RunInProgress {
  /** Virtual, epoch ms. */
  readonly startedAt: number;
  /** Real, epoch ms. */
  readonly beganAt: number;
  /** The alarm in its event. */
  readonly alarm?: MessageAlarm;
}

/** Knows which run makes an AWS call, and when in virtual time: each container signs with its own access key. */
export class RunsInProgress {
  readonly #startedAt: number;
  readonly #runs = new Map<string, RunInProgress>();
  #newest: RunInProgress | undefined;

  constructor(startedAt: number) {
    this.#startedAt = startedAt;
  }

  begin(accessKeyId: string, run: RunInProgress): void {
    this.#runs.set(accessKeyId, run);
    this.#newest = run;
  }

  /** Whether an access key is that of a container. */
  readonly isKnown = (accessKeyId: string | undefined): boolean => this.#runs.has(accessKeyId ?? '');

  /** Returns the last run in a container. */
  ofCaller(accessKeyId: string | undefined): RunInProgress | undefined {
    return this.#runs.get(accessKeyId ?? '') ?? this.#newest;
  }

  /** Returns the time of a call: the start of its run, and the real time that has passed since. */
  readonly timeOf = (accessKeyId: string | undefined): number => {
    const run = this.ofCaller(accessKeyId);
    return run ? run.startedAt + machineNow() - run.beganAt : this.#startedAt;
  };
}
