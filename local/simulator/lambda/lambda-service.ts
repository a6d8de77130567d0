import type { Entry } from '../../../lib/functions/bundle.ts';
import type { DeployedFunction } from '../template/deployment.ts';
import { type Containers, openContainers, type Ran, type RunSettings } from './containers.ts';
import type { FunctionEnvironment } from './function-process.ts';

/** The deployed functions as Lambda runs them, and what may be wrong with that. */
export interface LambdaService extends AsyncDisposable {
  /** A function by its name, with or without what all begin with. */
  named(name: string): DeployedFunction;
  run(name: string, event: unknown, settings: RunSettings): Promise<Ran | 'throttled'>;
  /** Refuses to run a function from now on. Returns the way back. */
  throttle(name: string): () => void;
  /** Crashes a function at its start, from now on. Returns the way back. */
  crash(name: string): () => void;
  coldStart(name: string): Promise<void>;
}

export function openLambdaService(
  functions: readonly DeployedFunction[],
  bundleOf: (entry: Entry) => string,
  environment: FunctionEnvironment,
): LambdaService {
  const containers = new Map<string, Containers>();
  const throttled = new Set<string>();
  const broken = new Set<string>();
  const named = (name: string): DeployedFunction => {
    const found = functions.find((each) => each.name === name || each.name === `okta-synthetics-${name}`);
    if (!found) throw new Error(`no function is called ${name}: there is ${functions.map((each) => each.name)}`);
    return found;
  };
  const containersOf = ({ name, entry, variables }: DeployedFunction): Containers => {
    const open = containers.get(name) ?? openContainers(bundleOf(entry), { ...environment, variables });
    containers.set(name, open);
    return open;
  };
  const among = (names: Set<string>, name: string) => {
    const { name: whole } = named(name);
    names.add(whole);
    return () => {
      names.delete(whole);
    };
  };
  return {
    named,
    async run(name, event, settings) {
      if (throttled.has(name)) return 'throttled';
      if (broken.has(name)) return { ...crashed, cold: true };
      return containersOf(named(name)).run(event, settings);
    },
    throttle: (name) => among(throttled, name),
    crash: (name) => among(broken, name),
    coldStart: (name) => containersOf(named(name)).coldStart(),
    async [Symbol.asyncDispose]() {
      await Promise.all([...containers.values()].map((each) => each[Symbol.asyncDispose]()));
    },
  };
}

/** What is left of a run whose code could not be loaded. */
const crashed = { lines: [], durationMs: 1, error: "the function's process ended with 1" };
