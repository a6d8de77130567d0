import { flowsAt } from './events.ts';
import { type Bench, mostOrgs } from './open-bench.ts';
import { fullCoreMemoryMb } from './processor-share.ts';
import type { GrowthReading, SizeReading } from './report.ts';
import { mean } from './statistics.ts';

const fleets = [1, 10, mostOrgs] as const;

/**
 * Runs `flows` for 1, 10 and 100 orgs in one process each, in a full core. The orgs have origins of their own, and take
 * turns as Lambda hands events over: a container handles one at a time.
 *
 * @param sizes what a run takes at each size, for the price
 */
export async function measureGrowth(bench: Bench, sizes: readonly SizeReading[]): Promise<readonly GrowthReading[]> {
  const readings: GrowthReading[] = [];
  for (const orgs of fleets) readings.push(await measureFleet(bench, orgs, sizes));
  return readings;
}

async function measureFleet(bench: Bench, orgs: number, sizes: readonly SizeReading[]): Promise<GrowthReading> {
  const { reference, options } = bench;
  const events = reference.domains.slice(0, orgs).map((domain, index) => flowsAt(domain, `org-${index + 1}`));
  // Each org has one more run, which is its first: it reads the org's secret and opens its memory.
  const rounds = 1 + Math.max(1, Math.round(options.runs / orgs));
  await using share = bench.openShare(fullCoreMemoryMb);
  await using measured = await bench.startFunction('flows', { share });
  const runs = [];
  for (let round = 0; round < rounds; round += 1)
    for (const [index, event] of events.entries()) {
      options.progress(`flows of org ${index + 1} of ${orgs}, round ${round + 1} of ${rounds}`);
      runs.push(await measured.invoke(event));
    }
  const counted = runs.slice(orgs);
  const processorMs = mean(counted.map((run) => run.processorMs));
  return {
    ...{ orgs, runs: counted.length, processorMs, runsAMinute: Math.floor(60_000 / processorMs) },
    rssBytes: Math.max(...counted.map(({ memory }) => memory.rssBytes)),
    // A schedule, and so each run of each org, is billed by itself. Only cold starts could be shared, and these are few.
    dollarsAMonth: sizes.map(({ memoryMb, dollarsAMonth }) => ({ memoryMb, dollars: orgs * dollarsAMonth })),
  };
}
