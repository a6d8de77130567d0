import { type DeploymentVariant, isFleet } from '../scenarios/deployment-variants.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { type PoolSize, runPool } from './pool.ts';
import type { Skipped } from './result.ts';
import { openScenarioWorker, type ScenarioRun, type ScenarioWorkerOptions } from './scenario-worker.ts';

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
}

export interface DrillOptions extends ScenarioWorkerOptions {
  readonly scenarios: readonly Scenario[];
  readonly onFinished?: (run: ScenarioRun, progress: DrillProgress) => void;
  readonly onMinute?: (progress: DrillProgress) => void;
  readonly poolSize?: PoolSize;
}

/** Runs scenarios in several simulations at the same time and verifies each. The report keeps their order. */
export async function runScenarios(options: DrillOptions): Promise<Omit<DrillReport, 'skipped'>> {
  const { scenarios, onFinished, onMinute, poolSize } = options;
  const startedAt = performance.now();
  const runs = new Map<Scenario, ScenarioRun>();
  let virtualMinutes = 0;
  const progress = () => ({ done: runs.size, of: scenarios.length, virtualMinutes });
  // A synthesis blocks the process. While a simulation runs, its functions would wait for the emulators in here.
  for (const variant of new Set(scenarios.flatMap(deploymentsIn))) options.deployments.templateOf(variant);
  const jobs = [...Map.groupBy(scenarios, jobOf).values()].map((together) => ({
    pace: together[0]?.pace,
    async run(worker: ReturnType<typeof openScenarioWorker>) {
      for (const scenario of together) {
        const run = await worker.run(scenario, {
          onEvent(event) {
            if (event.kind !== 'minute') return;
            virtualMinutes += 1;
            onMinute?.(progress());
          },
        });
        runs.set(scenario, run);
        onFinished?.(run, progress());
      }
    },
  }));
  await runPool(jobs, async () => openScenarioWorker(options), poolSize);
  return {
    runs: scenarios.flatMap((scenario) => runs.get(scenario) ?? []),
    virtualMinutes,
    seconds: (performance.now() - startedAt) / 1000,
  };
}

/** The deployments that a scenario needs. */
function deploymentsIn({ deployment, before = [], faultPhases }: Scenario): readonly DeploymentVariant[] {
  return [deployment, ...[...before, ...faultPhases].flatMap(({ deploys }) => deploys ?? [])];
}

/** The scenarios of a fleet are one job, so that its simulation, which takes long to open, is opened once. */
function jobOf(scenario: Scenario): DeploymentVariant | Scenario {
  return isFleet(scenario.deployment) ? scenario.deployment : scenario;
}
