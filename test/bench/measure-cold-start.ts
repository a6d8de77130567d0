import { statSync } from 'node:fs';
import type { Org } from '../../functions/model/org.ts';
import { groups } from '../../functions/model/probe.ts';
import { bundle } from '../../lib/functions/bundle.ts';
import { type Entry, entries } from '../../lib/functions/entries.ts';
import { eventOf, flowsAt } from './events.ts';
import { type Bench, notPassed, undisturbed } from './open-bench.ts';
import { fullCoreMemoryMb } from './processor-share.ts';
import type { ColdStart } from './report.ts';
import { median, medianTook } from './statistics.ts';

/** How many processes a figure is the median of. */
const processes = 5;

/**
 * Loads each function in new processes, in a full core, and has the functions with probes make their first run. `flows`
 * asks the reference server, and the others the embedded Okta, whose answers take as long as they take.
 */
export async function measureColdStarts(bench: Bench): Promise<readonly ColdStart[]> {
  const coldStarts: ColdStart[] = [];
  for (const entry of entries) coldStarts.push(await measureColdStart(bench, entry));
  return coldStarts;
}

async function measureColdStart(bench: Bench, entry: Entry): Promise<ColdStart> {
  const [domain = ''] = bench.reference.domains;
  const group = groups.find((each) => each === entry);
  const event = group && (group === 'flows' ? flowsAt(domain) : await bench.emulate(eventOf(group)));
  const starts = [];
  for (let index = 0; index < processes; index += 1) {
    bench.options.progress(`the start of ${entry}, ${index + 1} of ${processes}`);
    starts.push(await undisturbed(() => start(bench, entry, event)));
    await bench.rest();
  }
  const firstRuns = starts.flatMap(({ firstRun }) => firstRun ?? []);
  const [problem] = firstRuns.flatMap(notPassed);
  if (problem !== undefined) throw new Error(`The first run of ${entry} did not pass: ${problem}.`);
  const server = group === 'flows' ? 'reference' : 'embedded Okta';
  return {
    function: entry,
    bundleBytes: statSync(bundle(entry).file).size,
    load: medianTook(starts.map(({ loaded }) => loaded)),
    ...(event && {
      firstRun: { ...medianTook(firstRuns), server },
      peakRssBytes: median(firstRuns.map(({ memory }) => memory.peakRssBytes)),
    }),
  };
}

async function start(bench: Bench, entry: Entry, event: Org | undefined) {
  await using share = bench.openShare(fullCoreMemoryMb);
  await using started = await bench.startFunction(entry, { share });
  const firstRun = event && (await started.invoke(event));
  return { loaded: started.loaded, firstRun, isDisturbed: firstRun?.isDisturbed ?? false };
}
