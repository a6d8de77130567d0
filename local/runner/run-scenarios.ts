import { availableParallelism } from 'node:os';
import type { Standing } from '../reporters/drill-progress.ts';
import type { Drill } from '../scenarios/scenario.ts';
import { type LaneOptions, openLane } from './scenario-worker.ts';
import type { DrillVerdict } from './verify-scenario.ts';

/** A row that was played. */
export interface Row {
  readonly drill: Drill;
  readonly verdict: DrillVerdict;
  /** A word on what was tried. */
  readonly remark?: string;
  /** Virtual ones. */
  readonly minutes: number;
  readonly seconds: number;
}

/** A case for which there is no row, and why. */
export interface NotDrilled {
  readonly id: string;
  readonly title: string;
  readonly because: string;
}

export interface DrillReport {
  readonly rows: readonly Row[];
  readonly notDrilled: readonly NotDrilled[];
  readonly virtualMinutes: number;
  readonly seconds: number;
}

export interface DrillOptions extends LaneOptions {
  readonly drills: readonly Drill[];
  readonly finished?: (row: Row, standing: Standing) => void;
  readonly moved?: (standing: Standing) => void;
  /** How many rows are played at the same time, by the kind of lane. */
  readonly lanes?: Readonly<Record<keyof typeof orders, number>>;
}

/** Lanes that take what keeps a processor busy first, and lanes that begin with what only waits. */
const mostLanes = { busy: 2 * Math.max(1, Math.min(4, availableParallelism())), waiting: 3 } as const;

/** What each kind of lane takes first. What is long begins early, so that it is not waited for at the end. */
const orders = {
  busy: ['long', 'short', 'waits'],
  waiting: ['waits', 'short', 'long'],
} as const;

/** Plays rows in several worlds at the same time and judges each. The report keeps the order of the table. */
export async function runDrills(options: DrillOptions): Promise<Omit<DrillReport, 'notDrilled'>> {
  const { drills, finished, moved, lanes = mostLanes } = options;
  const startedAt = performance.now();
  const rows = new Map<Drill, Row>();
  let minutes = 0;
  const standing = () => ({ rows: rows.size, ofRows: drills.length, minutes });
  const left = new Set(drills);
  const next = (kind: keyof typeof orders): Drill | undefined => {
    const paces: readonly string[] = orders[kind];
    const rank = ({ pace = 'short' }: Drill) => paces.indexOf(pace);
    const [drill] = [...left].toSorted((one, other) => rank(one) - rank(other));
    if (drill) left.delete(drill);
    return drill;
  };
  const runLane = async (kind: keyof typeof orders) => {
    await using lane = openLane(options);
    for (let drill = next(kind); drill; drill = next(kind)) {
      const played = await lane.play(drill, () => {
        minutes += 1;
        moved?.(standing());
      });
      rows.set(drill, played);
      finished?.(played, standing());
    }
  };
  const waiting = Math.min(lanes.waiting, drills.filter(({ pace }) => pace === 'waits').length);
  await Promise.all([
    ...Array.from({ length: waiting }, () => runLane('waiting')),
    ...Array.from({ length: Math.min(lanes.busy, drills.length - waiting) }, () => runLane('busy')),
  ]);
  return {
    rows: drills.flatMap((drill) => rows.get(drill) ?? []),
    virtualMinutes: minutes,
    seconds: (performance.now() - startedAt) / 1000,
  };
}
