import { type FunctionEnvironment, type FunctionProcess, startFunction } from './function-process.ts';

/** One run of a function. */
export interface Ran {
  readonly lines: readonly string[];
  /** What it threw, or why it was ended. */
  readonly error?: string;
  readonly durationMs: number;
  /** It ran in a container that had to be started for it. */
  readonly cold: boolean;
}

export interface RunSettings {
  readonly timeoutMs: number;
  readonly clockAheadMs?: number;
}

/** The containers of one function, as Lambda keeps them: one for each event at a time, and warm for the next. */
export interface Containers extends AsyncDisposable {
  run(event: unknown, settings: RunSettings): Promise<Ran>;
  /** Ends all that are idle: whatever they remembered is gone, and the next run is a cold one. */
  coldStart(): Promise<void>;
}

export function openContainers(file: string, environment: FunctionEnvironment): Containers {
  const all = new Set<FunctionProcess>();
  const idle: FunctionProcess[] = [];

  function start(): FunctionProcess {
    const container = startFunction(file, environment);
    all.add(container);
    return container;
  }

  async function stop(containers: readonly FunctionProcess[]): Promise<void> {
    await Promise.all(
      containers.map(async (container) => {
        all.delete(container);
        await container.stop();
      }),
    );
  }

  return {
    async run(event, { timeoutMs, clockAheadMs }) {
      const warm = idle.pop();
      const container = warm ?? start();
      const startedAt = performance.now();
      const result = await container.invoke(event, timeoutMs, clockAheadMs === undefined ? {} : { clockAheadMs });
      const durationMs = performance.now() - startedAt;
      if (container.alive) idle.push(container);
      else await stop([container]);
      const { lines } = result;
      return { lines, durationMs, cold: !warm, ...('error' in result && { error: result.error }) };
    },
    coldStart: () => stop(idle.splice(0)),
    [Symbol.asyncDispose]: () => stop([...all]),
  };
}
