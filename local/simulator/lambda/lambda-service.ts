import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Entry } from '../../../lib/functions/entries.ts';
import type { DeployedFunction } from '../template/deployment.ts';
import type { AttemptStatus } from './asynchronous-event.ts';
import { type FunctionEnvironment, type FunctionProcess, startFunction } from './function-process.ts';

/** One attempt to run a function. */
export interface Execution {
  readonly status: AttemptStatus;
  readonly lines: readonly string[];
  /** What the handler returned. */
  readonly value?: unknown;
  /** What the handler threw, or why the process ended. */
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

/** Runs the deployed functions as Lambda does, unless they are throttled or crash. */
export interface LambdaService extends AsyncDisposable {
  /** Finds a function by its name, with or without the prefix `okta-synthetics-`. */
  functionByName(name: string): DeployedFunction;
  /** Replaces the functions. Warm containers of those that remain stay warm. */
  deploy(functions: readonly DeployedFunction[]): Promise<void>;
  invoke(name: string, event: unknown, options: ExecutionOptions): Promise<Execution>;
  /** Throttles a function until the returned function is called. */
  throttle(name: string): () => void;
  /** Makes a function crash at its start until the returned function is called. */
  crash(name: string): () => void;
  /** Stops the idle containers of a function: they lose their state, and the next run is a cold start. */
  coldStart(name: string): Promise<void>;
}

export function openLambdaService(
  deployed: readonly DeployedFunction[],
  bundleOf: (entry: Entry) => string,
  access: FunctionEnvironment,
): LambdaService {
  let functions = deployed;
  let containers = 0;
  const nextAccessKeyId = () => {
    containers += 1;
    // Nobody else on this machine can guess it.
    return `container-${containers}-${randomUUID()}`;
  };
  const pools = new Map<string, ContainerPool>();
  const throttled = new Set<string>();
  const crashing = new Set<string>();
  const functionByName = (name: string): DeployedFunction => {
    const found = functions.find((each) => each.name === name || each.name === `okta-synthetics-${name}`);
    if (!found) throw new Error(`no function is named ${name}; there are ${functions.map((each) => each.name)}`);
    return found;
  };
  const poolOf = ({ name, entry, variables }: DeployedFunction): ContainerPool => {
    const pool = pools.get(name) ?? openContainerPool(bundleOf(entry), { ...access, variables }, nextAccessKeyId);
    pools.set(name, pool);
    return pool;
  };
  const addTo = (names: Set<string>, { name }: DeployedFunction) => {
    names.add(name);
    return () => {
      names.delete(name);
    };
  };
  return {
    functionByName,
    async deploy(changed) {
      const before = functions;
      functions = changed;
      for (const [name, pool] of pools) {
        const [one, other] = [before, changed].map((all) => all.find((each) => each.name === name));
        if (isDeepStrictEqual(one, other)) continue;
        pools.delete(name);
        await pool[Symbol.asyncDispose]();
      }
    },
    async invoke(name, event, options) {
      if (throttled.has(name)) return throttledExecution;
      if (crashing.has(name)) return crashedExecution;
      return poolOf(functionByName(name)).run(event, options);
    },
    throttle: (name) => addTo(throttled, functionByName(name)),
    crash: (name) => addTo(crashing, functionByName(name)),
    coldStart: (name) => poolOf(functionByName(name)).stopIdle(),
    async [Symbol.asyncDispose]() {
      await Promise.all([...pools.values()].map((pool) => pool[Symbol.asyncDispose]()));
    },
  };
}

/** What happens when a function is throttled. */
export const throttledExecution: Execution = { status: 'throttled', lines: [], durationMs: 0, cold: false };
const crashedExecution: Execution = {
  ...{ status: 'failed', lines: [], durationMs: 1, cold: true },
  error: "the function's process ended with 1",
};

/** The containers of one function. As in Lambda, each handles one event at a time and stays warm for the next. */
interface ContainerPool extends AsyncDisposable {
  run(event: unknown, options: ExecutionOptions): Promise<Execution>;
  stopIdle(): Promise<void>;
}

interface Container {
  readonly process: FunctionProcess;
  readonly accessKeyId: string;
}

function openContainerPool(
  file: string,
  environment: FunctionEnvironment,
  nextAccessKeyId: () => string,
): ContainerPool {
  const containers = new Set<Container>();
  const idle: Container[] = [];

  function start(): Container {
    const accessKeyId = nextAccessKeyId();
    const container = { process: startFunction(file, { ...environment, accessKeyId }), accessKeyId };
    containers.add(container);
    return container;
  }

  async function stop(stopping: readonly Container[]): Promise<void> {
    for (const container of stopping) containers.delete(container);
    await Promise.all(stopping.map(({ process }) => process.stop()));
  }

  return {
    async run(event, { timeoutMs, onStart, ...request }) {
      const warm = idle.pop();
      const container = warm ?? start();
      onStart?.(container.accessKeyId);
      const startedAt = performance.now();
      const result = await container.process.invoke(event, timeoutMs, request);
      const durationMs = performance.now() - startedAt;
      if (container.process.alive) idle.push(container);
      else await stop([container]);
      const outcome =
        'error' in result
          ? ({ status: 'failed', error: result.error } as const)
          : ({ status: 'succeeded', value: result.value } as const);
      return { ...outcome, lines: result.lines, durationMs, cold: !warm };
    },
    stopIdle: () => stop(idle.splice(0)),
    [Symbol.asyncDispose]: () => stop([...containers]),
  };
}
