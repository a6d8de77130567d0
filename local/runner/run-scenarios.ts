import { availableParallelism } from 'node:os';
import type { Standing } from '../reporters/drill-progress.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { openScenarioWorker, type ScenarioWorkerOptions } from './scenario-worker.ts';
import type { ScenarioVerification } from './verify-scenario.ts';

/** A row that was played. */
export interface ScenarioRun {
  readonly scenario: Scenario;
  readonly verification: ScenarioVerification;
  /** A word on what was tried. */
  readonly remark?: string;
  /** Virtual ones. */
  readonly minutes: number;
  readonly seconds: number;
}

/** A case for which there is no row, and why. */
export interface SkippedCase {
  readonly id: string;
  readonly title: string;
  readonly because: string;
}

export interface DrillReport {
  readonly runs: readonly ScenarioRun[];
  readonly skipped: readonly SkippedCase[];
  readonly virtualMinutes: number;
  readonly seconds: number;
}

export interface DrillOptions extends ScenarioWorkerOptions {
  readonly drills: readonly Scenario[];
  readonly finished?: (row: ScenarioRun, standing: Standing) => void;
  readonly moved?: (standing: Standing) => void;
  /** How many runs are played at the same time, by the kind of lane. */
  readonly lanes?: Readonly<Record<keyof typeof orders, number>>;
}

/** Lanes that take what keeps a processor busy first, and lanes that begin with what only waits. */
const mostLanes = { busy: 2 * Math.max(1, Math.min(4, availableParallelism())), waiting: 3 } as const;

/** What each kind of lane takes first. What is long begins early, so that it is not waited for at the end. */
const orders = {
  busy: ['long', 'short', 'waits'],
  waiting: ['waits', 'short', 'long'],
} as const;

/** Plays runs in several worlds at the same time and judges each. The report keeps the order of the table. */
export async function runScenarios(options: DrillOptions): Promise<Omit<DrillReport, 'skipped'>> {
  const { drills, finished, moved, lanes = mostLanes } = options;
  const startedAt = performance.now();
  const rows = new Map<Scenario, ScenarioRun>();
  let minutes = 0;
  const standing = () => ({ rows: rows.size, ofRows: drills.length, minutes });
  const left = new Set(drills);
  const next = (kind: keyof typeof orders): Scenario | undefined => {
    const paces: readonly string[] = orders[kind];
    const rank = ({ pace = 'short' }: Scenario) => paces.indexOf(pace);
    const [scenario] = [...left].toSorted((one, other) => rank(one) - rank(other));
    if (scenario) left.delete(scenario);
    return scenario;
  };
  const runLane = async (kind: keyof typeof orders) => {
    await using lane = openScenarioWorker(options);
    for (let scenario = next(kind); scenario; scenario = next(kind)) {
      const played = await lane.run(scenario, () => {
        minutes += 1;
        moved?.(standing());
      });
      rows.set(scenario, played);
      finished?.(played, standing());
    }
  };
  const waiting = Math.min(lanes.waiting, drills.filter(({ pace }) => pace === 'waits').length);
  await Promise.all([
    ...Array.from({ length: waiting }, () => runLane('waiting')),
    ...Array.from({ length: Math.min(lanes.busy, drills.length - waiting) }, () => runLane('busy')),
  ]);
  return {
    runs: drills.flatMap((scenario) => rows.get(scenario) ?? []),
    virtualMinutes: minutes,
    seconds: (performance.now() - startedAt) / 1000,
  };
}
