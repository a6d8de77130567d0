import { availableParallelism } from 'node:os';
import { machineOf } from './machine.ts';
import { measureColdStarts } from './measure-cold-start.ts';
import { measureFloor } from './measure-floor.ts';
import { measureGrowth } from './measure-growth.ts';
import { measureLoads } from './measure-load.ts';
import { measurePeers } from './measure-peers.ts';
import { measureProfile } from './measure-profile.ts';
import { sizes as allSizes, measureSize } from './measure-size.ts';
import { type Bench, type BenchOptions, openBench } from './open-bench.ts';
import type { Part } from './parts.ts';
import { fullCoreMemoryMb } from './processor-share.ts';
import type { BenchReport, Omission, SizeReading } from './report.ts';

/** The sizes at which exactness is told, if memory is not measured as well. */
const exactnessSizes: readonly number[] = [fullCoreMemoryMb, 512, 256];

/** Measures some parts, and closes everything that it opened, however it ends. */
export async function measure(only: readonly Part[], options: BenchOptions): Promise<BenchReport> {
  const at = new Date().toISOString();
  const cores = availableParallelism();
  await using bench = await openBench(options);
  const wants = (...some: readonly Part[]) => some.some((part) => only.includes(part));
  const floor = wants('exactness', 'peers') ? await measureFloor(bench) : undefined;
  const { sizes, skipped } = await measureSizes(bench, wantedSizes(only));
  const profile = wants('profile') ? await measureProfile(bench) : undefined;
  const coldStarts = wants('cold-start') ? await measureColdStarts(bench) : undefined;
  const peers = wants('peers') && floor ? await measurePeers(bench, floor) : undefined;
  const growth = wants('growth') ? await measureGrowth(bench, sizes) : undefined;
  const loads = wants('load') ? await measureLoads(bench) : undefined;
  const { runs, delayMs } = options;
  return {
    ...{ schema_version: 1, at, parts: only, machine: machineOf(bench, cores), runs, delayMs },
    ...(floor && wants('exactness') && { floor: floor.exactness }),
    ...(sizes.length > 0 && { sizes }),
    ...(profile && { profile }),
    ...(coldStarts && { coldStarts }),
    ...(peers && { peers: peers.peers }),
    ...(growth && { growth }),
    ...(loads && { loads }),
    skipped: [...skipped, ...(peers?.skipped ?? [])],
  };
}

function wantedSizes(only: readonly Part[]): readonly number[] {
  if (only.includes('memory')) return allSizes;
  return only.includes('exactness') ? exactnessSizes : [];
}

async function measureSizes(bench: Bench, wanted: readonly number[]) {
  const sizes: SizeReading[] = [];
  const skipped: Omission[] = [];
  for (const memoryMb of wanted) {
    const reading = await measureSize(bench, memoryMb);
    if (reading) sizes.push(reading);
    else skipped.push({ what: `${memoryMb} MB`, why: 'this machine allows no share of a core' });
  }
  return { sizes, skipped };
}
