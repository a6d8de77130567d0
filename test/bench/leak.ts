import type { LoadReading, LoadSample } from './report.ts';
import { slope } from './statistics.ts';

/**
 * How much more a process may hold on to after each run. A heap that grows so fast has 29 MB more after a day of runs
 * each minute.
 *
 * Trap: RSS grows for some thousand runs by what the allocator keeps of what was freed, so its limit tells only large leaks.
 */
export const leakTolerance = { rssBytes: 150_000, heapBytes: 20_000, sockets: 0.02 } as const;

export interface LeakVerdict {
  /** The growth a run, over the second half of all runs: in the first half, code is still compiled. */
  readonly growth: LoadSample;
  readonly leaks: boolean;
}

export function leakOf({ samples, orgs }: Pick<LoadReading, 'samples' | 'orgs'>): LeakVerdict {
  const settled = samples.slice(Math.floor(samples.length / 2));
  const growthOf = (name: keyof LoadSample) => slope(settled.map((sample) => sample[name])) / orgs;
  const growth = { rssBytes: growthOf('rssBytes'), heapBytes: growthOf('heapBytes'), sockets: growthOf('sockets') };
  const names = Object.keys(leakTolerance) as (keyof LoadSample)[];
  return { growth, leaks: names.some((name) => growth[name] > leakTolerance[name]) };
}
