import type { Point } from '../../functions/model/metric.ts';
import type { Org } from '../../functions/model/org.ts';
import type { Memory, RunMemory } from '../../functions/model/probe.ts';
import { systemLog } from '../../functions/probes/index.ts';
import { logLines } from '../../functions/run/log.ts';
import { pointsOf } from '../../functions/run/publish.ts';
import { openRestraints } from '../../functions/run/restraint.ts';
import type { RunReport } from '../../functions/run/run.ts';
import type { RunTime } from '../../functions/run/run-time.ts';
import { openMemory } from '../../functions/state/memory.ts';
import { openRunState } from '../../functions/state/state.ts';
import type { StateTable } from '../../functions/state/state-table.ts';
import { emulateOrg } from '../../local/lab/simulation/emulated-org.ts';
import type { OktaEmulator } from '../../packages/okta-emulator/src/index.ts';
import { fullOrg } from './full-org.ts';
import { runProbes } from './run-probes.ts';

/** Where a run ends, as if its container were killed: before the memory is written, after it, or after publishing. */
export type Crash = 'before writing' | 'after writing' | 'after publishing';

export interface LogRun {
  /** Absent if the run was killed. */
  readonly report?: RunReport;
  /** What CloudWatch got. */
  readonly points: readonly Point[];
}

export interface LogSchedule {
  /** Runs the group once, in the minute that the clock shows. */
  run(crash?: Crash): Promise<LogRun>;
  /** The next run has a new container. */
  startCold(): void;
  /** The org as the runs see it. */
  readonly org: Org;
}

const minuteMs = 60_000;

/** The full org, whose System Log is read. */
export const logOrg: Org = { ...fullOrg, systemLog: { ownClientIds: [], watchedIds: [] } };

/** A schedule of the group `system-log` in virtual time: each run does what the function does, with the state table. */
export function openLogSchedule(okta: OktaEmulator, table: StateTable, now: () => number, org = logOrg): LogSchedule {
  const { org: emulated } = emulateOrg(org, okta);
  const openContainer = () => ({ memory: openMemory(table, now)(emulated.name), restraints: openRestraints() });
  let container = openContainer();
  return {
    org: emulated,
    startCold() {
      container = openContainer();
    },
    async run(crash) {
      const { memory, restraints } = container;
      const minute = Math.floor(now() / minuteMs) * minuteMs;
      const time: RunTime = { startedAt: now(), minute, due: { at: minute, latenessSeconds: 0 }, intervalMinutes: 1 };
      const state = openRunState(table, emulated.name, 'system-log');
      const restraint = restraints.before(emulated, systemLog, time, await state.previous());
      const options = { org, time, restraint, now, memory: crash === 'before writing' ? unwritable(memory) : memory };
      const report = await runProbes(okta, systemLog, options);
      if (crash === 'before writing' || crash === 'after writing') return { points: [] };
      const points = pointsOf(report);
      if (crash === 'after publishing') return { points };
      restraints.after(report);
      await state.add({ org: emulated.name, at: minute, lines: logLines(report), intervalMinutes: 1 });
      return { report, points };
    },
  };
}

function unwritable(memory: RunMemory): RunMemory {
  const of = (name: string): Memory => ({
    ...memory.of(name),
    write: async () => {
      throw new Error('the container was killed');
    },
  });
  return { ...memory, of };
}

/** The sum of a series of the group. */
export function sumOfSeries(runs: readonly LogRun[], name: string): number {
  return runs
    .flatMap(({ points }) => points)
    .filter(({ identity }) => identity.name === name)
    .reduce((sum, { value }) => sum + value, 0);
}
