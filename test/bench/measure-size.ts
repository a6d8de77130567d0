import { errorsOfRun, exactnessOf, type ReadingError } from './errors-of-run.ts';
import { flowsAt } from './events.ts';
import { type Bench, exchangesOf, type Invocation, notPassed, undisturbed } from './open-bench.ts';
import { dollarsAMonth } from './price.ts';
import type { SizeReading } from './report.ts';
import { mean, median, medianTook, spreadOf } from './statistics.ts';

/** The sizes that are compared: Lambda's smallest, those that are deployed, and the first with a whole core. */
export const sizes = [128, 256, 512, 1_024, 1_769] as const;

/** In how many new processes the first run is measured. */
export const firstRunProcesses = 3;

/** Runs `flows` in the share of one size: first in new processes, and then warm. Undefined if there is no such share. */
export async function measureSize(bench: Bench, memoryMb: number): Promise<SizeReading | undefined> {
  const [domain = ''] = bench.reference.domains;
  const event = flowsAt(domain);
  await using share = bench.openShare(memoryMb);
  if (!share) return undefined;
  const readRun = (run: Invocation) => {
    const exchanges = exchangesOf(run);
    return { ...run, requests: exchanges.length, errors: errorsOfRun(exchanges, run.reading) };
  };
  const { options } = bench;
  const starts = [];
  for (let index = 0; index < firstRunProcesses; index += 1) {
    options.progress(`flows at ${memoryMb} MB, new process ${index + 1} of ${firstRunProcesses}`);
    const start = await undisturbed(async () => {
      await using measured = await bench.startFunction('flows', { share });
      return { ...readRun(await measured.invoke(event)), loaded: measured.loaded };
    });
    starts.push(start);
  }
  await using measured = await bench.startFunction('flows', { share });
  await measured.invoke(event);
  const warm = [];
  for (let run = 0; run < options.runs; run += 1) {
    options.progress(`flows at ${memoryMb} MB, run ${run + 1} of ${options.runs}`);
    warm.push(
      await undisturbed(async () => {
        await bench.rest();
        return readRun(await measured.invoke(event));
      }),
    );
  }
  const all = [...starts, ...warm];
  const worst = (errors: readonly ReadingError[]) => Math.max(0, ...errors.map(({ errorMs }) => Math.abs(errorMs)));
  const ofStarts = starts.flatMap(({ errors }) => errors).filter(({ known }) => known);
  const first = {
    worstErrorMs: worst(ofStarts),
    worstPublishedMs: worst(ofStarts.filter(({ marked }) => !marked)),
    load: medianTook(starts.map(({ loaded }) => loaded)),
    run: medianTook(starts),
  };
  const meanMs = mean(warm.map(({ ms }) => ms));
  return {
    ...{ memoryMb, means: share.means, first },
    exactness: exactnessOf(warm.flatMap(({ errors }) => errors)),
    warm: {
      ...{ ms: spreadOf(warm.map(({ ms }) => ms)), meanMs },
      processorMs: median(warm.map(({ processorMs }) => processorMs)),
      requests: median(warm.map(({ requests }) => requests)),
      connections: median(warm.map(({ reading }) => reading.connections)),
      resumed: median(warm.map(({ reading }) => reading.resumed)),
    },
    peakRssBytes: Math.max(...all.map(({ memory }) => memory.peakRssBytes)),
    failedRuns: all.filter((run) => notPassed(run).length > 0).length,
    repeatedRuns: all.reduce((sum, { repeated }) => sum + repeated, 0),
    dollarsAMonth: dollarsAMonth({ memoryMb, warmMs: meanMs, coldMs: first.load.ms + first.run.ms }),
  };
}
