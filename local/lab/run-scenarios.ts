import { ConfigError } from '../../lib/config/config-error.ts';
import { UnsupportedError } from '../../packages/cloudwatch-alarms/src/index.ts';
import { eventsOf } from '../self-hosted/timeline.ts';
import { type Delayed, runUndisturbed } from './busy-machine.ts';
import type { Deployments } from './deployments.ts';
import { type DrillSize, expectedSeconds } from './expected-length.ts';
import { type PoolSize, processors, runPool } from './pool.ts';
import type { Skipped } from './result.ts';
import { forgetOld, type RunOptions, runScenario } from './run-scenario.ts';
import { type DeploymentVariant, settlingMinutes } from './scenarios/deployment-variants.ts';
import type { Scenario, Trace } from './scenarios/scenario.ts';
import type { Simulation } from './simulation/simulation.ts';
import { type ScenarioVerification, verifyScenario } from './verify-scenario.ts';

/** A scenario that was run. */
export interface ScenarioRun extends Delayed {
  readonly scenario: Scenario;
  readonly verification: ScenarioVerification;
  readonly remark?: string;
  /** Virtual minutes. */
  readonly minutes: number;
  readonly seconds: number;
}

export interface DrillReport {
  readonly runs: readonly ScenarioRun[];
  readonly skipped: readonly Skipped[];
  readonly virtualMinutes: number;
  readonly seconds: number;
}

/** How far a drill is. */
export interface DrillProgress {
  readonly done: number;
  readonly of: number;
  readonly virtualMinutes: number;
  /** The expected length of the scenarios that are not done, in seconds. */
  readonly secondsLeft: number;
}

/** Each simulation has a process for each of its functions, so the number of simulations decides how much memory a drill takes. */
const drillPool: PoolSize = { busy: processors, waiting: 1 };

export interface DrillOptions extends ScenarioWorkerOptions, Pick<DrillSize, 'groups'> {
  readonly scenarios: readonly Scenario[];
  readonly onFinished?: (run: ScenarioRun, progress: DrillProgress) => void;
  readonly onMinute?: (progress: DrillProgress) => void;
  readonly poolSize?: PoolSize;
}

export interface ScenarioWorkerOptions {
  readonly deployments: Deployments;
  /** Called with each deployment once it is open. */
  readonly onOpen?: (simulation: Simulation) => void;
}

/** Runs scenarios in several simulations at the same time and verifies each. The report keeps their order. */
export async function runScenarios(options: DrillOptions): Promise<Omit<DrillReport, 'skipped'>> {
  const { scenarios, onFinished, onMinute, groups, poolSize: size = drillPool } = options;
  let done = 0;
  let virtualMinutes = 0;
  const left = new Set(scenarios);
  const progress = () => ({
    ...{ done, of: scenarios.length, virtualMinutes },
    secondsLeft: expectedSeconds([...left], { groups }),
  });
  const onEvent: RunOptions['onEvent'] = ({ kind }) => {
    if (kind !== 'minute') return;
    virtualMinutes += 1;
    onMinute?.(progress());
  };
  await options.deployments.prepare(scenarios.flatMap(deploymentsIn));
  const jobs = [...Map.groupBy(scenarios, jobOf).values()].map((together) => ({
    pace: together.length > 1 ? ('long' as const) : together[0]?.pace,
    async run(worker: ScenarioWorker) {
      const runs: ScenarioRun[] = [];
      for (const scenario of together) {
        const run = await runUndisturbed(() => worker.run(scenario, { onEvent }));
        runs.push(run);
        done += 1;
        left.delete(scenario);
        onFinished?.(run, progress());
      }
      return runs;
    },
  }));
  const { outcomes, seconds } = await runPool(jobs, async () => new ScenarioWorker(options), { size });
  const order = new Map(scenarios.map((scenario, index) => [scenario, index]));
  const placeOf = ({ scenario }: ScenarioRun) => order.get(scenario) ?? 0;
  return { runs: outcomes.flat().toSorted((one, other) => placeOf(one) - placeOf(other)), virtualMinutes, seconds };
}

/** Runs scenarios one after the other, in the same simulation as long as each leaves it healthy. */
export class ScenarioWorker implements AsyncDisposable {
  readonly #options: ScenarioWorkerOptions;
  #current: { readonly variant: DeploymentVariant; readonly simulation: Simulation } | undefined;
  #healthySince = 0;

  constructor(options: ScenarioWorkerOptions) {
    this.#options = options;
  }

  async run(scenario: Scenario, options: Omit<RunOptions, 'healthySince'> = {}): Promise<ScenarioRun> {
    const startedAt = performance.now();
    let meter: Simulation['loopDelay'] | undefined;
    const result = (verification: ScenarioVerification, trace?: Trace): ScenarioRun => {
      const remark = trace && scenario.remark?.(trace);
      const seconds = (performance.now() - startedAt) / 1000;
      const delay = meter?.take();
      const minutes = trace?.minutes ?? 0;
      return { scenario, verification, minutes, seconds, ...(remark && { remark }), ...(delay && { delay }) };
    };
    try {
      const simulation = await this.#simulationFor(scenario, options.onEvent);
      meter = simulation.loopDelay;
      const { templateOf } = this.#options.deployments;
      const trace = await runScenario(simulation, scenario, {
        ...options,
        templateOf,
        healthySince: this.#healthySince,
      });
      const verification = verifyScenario(scenario, trace);
      this.#healthySince = trace.healthySince;
      const isUsed = scenario.fresh || scenario.isFirstDeployment || isUpdated(scenario);
      if (!verification.passed || isUsed) await this[Symbol.asyncDispose]();
      else await forgetOld(simulation);
      return result(verification, trace);
    } catch (error) {
      await this[Symbol.asyncDispose]();
      return result({ passed: false, failures: [reasonOf(error)], notifications: [], unexpectedAlarms: [] });
    }
  }

  /** Closes the simulation. Another run opens one again. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { simulation } = this.#current ?? {};
    this.#current = undefined;
    await simulation?.[Symbol.asyncDispose]();
  }

  async #simulationFor(
    { deployment, isFirstDeployment = false, fresh = isFirstDeployment }: Scenario,
    onEvent: NonNullable<RunOptions['onEvent']> = () => {},
  ): Promise<Simulation> {
    if (this.#current && (fresh || this.#current.variant !== deployment)) await this[Symbol.asyncDispose]();
    if (this.#current) return this.#current.simulation;
    const simulation = await this.#options.deployments.open(deployment);
    this.#current = { variant: deployment, simulation };
    this.#options.onOpen?.(simulation);
    // New alarms change to OK. That belongs to the deployment, and to no scenario.
    for (let minute = 0; minute < settlingMinutes && !isFirstDeployment; minute += 1) {
      for (const event of eventsOf(await simulation.tick())) if (event.kind === 'minute') onEvent(event);
    }
    this.#healthySince = simulation.now;
    return simulation;
  }
}

/** The deployments that a scenario needs. */
function deploymentsIn({ deployment, before = [], faultPhases }: Scenario): readonly DeploymentVariant[] {
  return [deployment, ...[...before, ...faultPhases].flatMap(({ deploys }) => deploys ?? [])];
}

/** The scenarios of a deployment are one job, so that its simulation, which takes long to open, is opened once. */
function jobOf(scenario: Scenario): DeploymentVariant | Scenario {
  const { deployment, fresh = false, isFirstDeployment = false } = scenario;
  return deployment === 'configured' || fresh || isFirstDeployment ? scenario : deployment;
}

/** Whether another deployment than its own is there at the end. */
function isUpdated({ before = [], faultPhases }: Scenario): boolean {
  return [...before, ...faultPhases].some(({ deploys }) => deploys !== undefined);
}

/** The message says everything about a template or a configuration that cannot be used. */
function reasonOf(error: unknown): string {
  if (error instanceof UnsupportedError) return `it cannot be deployed: ${error.message}`;
  if (error instanceof ConfigError) return error.message;
  return `the drill itself failed: ${error instanceof Error ? (error.stack ?? error.message) : error}`;
}
