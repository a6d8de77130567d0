import { cpus } from 'node:os';
import type { Bench } from './open-bench.ts';
import type { Machine } from './report.ts';

/** The machine that a bench ran on, without anything that names it. */
export function machineOf({ shareKind, core }: Pick<Bench, 'shareKind' | 'core'>, cores: number): Machine {
  return {
    ...{ processor: cpus()[0]?.model.trim() ?? 'an unknown processor', cores },
    ...{ platform: `${process.platform} ${process.arch}`, node: process.versions.node },
    ...{ shareKind, ownCore: core !== undefined },
  };
}
