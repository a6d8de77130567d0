import { ConfigError } from '../../lib/config/config-error.ts';
import { Unevaluable } from '../emulators/cloudwatch/unsupported-error.ts';
import type { WorldName } from '../scenarios/deployment-variants.ts';
import type { Drill } from '../scenarios/scenario.ts';
import type { Rehearsal } from '../simulator/simulation.ts';
import { playDrill } from './run-scenario.ts';
import type { Row } from './run-scenarios.ts';
import { type DrillVerdict, judgeDrill } from './verify-scenario.ts';

/** One row after the other. */
export interface Lane extends AsyncDisposable {
  play(drill: Drill, moved: () => void): Promise<Row>;
}

export interface LaneOptions {
  readonly open: (world: WorldName) => Promise<Rehearsal>;
  /** How many minutes after its deployment a world's first row begins. */
  readonly settlingMinutes: number;
}

/** Rows that follow each other in one world, as long as each leaves it healthy. */
export function openLane({ open, settlingMinutes }: LaneOptions): Lane {
  let current: { readonly world: WorldName; readonly rehearsal: Rehearsal } | undefined;
  let healthySince = 0;
  const close = async () => {
    const { rehearsal } = current ?? {};
    current = undefined;
    await rehearsal?.[Symbol.asyncDispose]();
  };
  const worldOf = async ({ world, fresh = false }: Drill) => {
    if (current && (fresh || current.world !== world)) await close();
    if (!current) {
      current = { world, rehearsal: await open(world) };
      // Alarms that were made a moment ago say that all is well: that is of the deployment, and of no row.
      for (let minute = 0; minute < settlingMinutes; minute += 1) await current.rehearsal.tick();
      healthySince = current.rehearsal.now;
    }
    return current.rehearsal;
  };
  return {
    async play(drill, moved) {
      const startedAt = performance.now();
      let minutes = 0;
      const count = () => {
        minutes += 1;
        moved();
      };
      const row = (verdict: DrillVerdict, remark?: string): Row => ({
        ...{ drill, verdict, minutes, seconds: (performance.now() - startedAt) / 1000 },
        ...(remark !== undefined && { remark }),
      });
      try {
        const rehearsal = await worldOf(drill);
        const trace = await playDrill(rehearsal, drill, { healthySince, moved: count });
        const verdict = judgeDrill(drill, trace);
        healthySince = trace.healthySince;
        if (!verdict.right || drill.fresh) await close();
        return row(verdict, drill.remark?.(trace));
      } catch (error) {
        await close();
        return row({ right: false, why: [reasonOf(error)], told: [], alsoRose: [] });
      }
    },
    [Symbol.asyncDispose]: close,
  };
}

/** Of what is wrong with the template or the configuration, the message says all. */
function reasonOf(error: unknown): string {
  if (error instanceof Unevaluable) return `it cannot be deployed: ${error.message}`;
  if (error instanceof ConfigError) return error.message;
  return `the drill itself failed: ${error instanceof Error ? (error.stack ?? error.message) : error}`;
}
