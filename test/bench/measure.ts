import { availableParallelism, cpus } from 'node:os';
import { assumed, minutesPerMonth, prices } from '../../lib/cost/prices.ts';
import {
  errorsOfRun,
  exactnessOf,
  type LoggedExchange,
  median,
  medianTook,
  spreadOf,
  type Took,
} from './errors-of-run.ts';
import { measurePeers } from './measure-peers.ts';
import {
  type Bench,
  type BenchOptions,
  type FiveSteps,
  fiveStepsAt,
  flowsAt,
  type Invocation,
  notPassed,
  openBench,
  undisturbed,
} from './open-bench.ts';
import { fullCoreMemoryMb, openProcessorShare } from './processor-share.ts';

export const parts = ['exactness', 'memory', 'peers'] as const;

export type Part = (typeof parts)[number];

/** Lambda's smallest size, the deployed ones, and the first with a whole core. */
const memorySizes = [fullCoreMemoryMb, 1_024, 512, 256, 128];

/** The sizes for exactness alone. */
const exactnessSizes = [fullCoreMemoryMb, 512, 256];

/** The number of new processes whose first run is measured. */
export const firstRunProcesses = 3;

/** The JSON document of `npm run bench`. `…Ms` are milliseconds, prices are US dollars. */
export type BenchReport = Awaited<ReturnType<typeof measure>>;

export type SizeReading = NonNullable<Awaited<ReturnType<typeof measureSize>>>;

/** What could not be measured, and why. */
export interface Omission {
  readonly what: string;
  readonly why: string;
}

/** Measures some parts, and closes everything that it opened, however it ends. */
export async function measure(only: readonly Part[], options: BenchOptions) {
  const at = new Date().toISOString();
  const cores = availableParallelism();
  await using bench = await openBench(options);
  const isWanted = (...some: readonly Part[]) => some.some((part) => only.includes(part));
  const floor = isWanted('exactness', 'peers') ? await measureFloor(bench) : undefined;
  const wantedSizes = isWanted('memory') ? memorySizes : isWanted('exactness') ? exactnessSizes : [];
  const sizes: SizeReading[] = [];
  const skipped: Omission[] = [];
  for (const memoryMb of wantedSizes) {
    const reading = await measureSize(bench, memoryMb);
    if (reading) sizes.push(reading);
    else skipped.push({ what: `${memoryMb} MB`, why: 'this machine allows no share of a core' });
  }
  const peers = isWanted('peers') && floor ? await measurePeers(bench, floor) : undefined;
  return {
    schema_version: 2,
    at,
    parts: only,
    machine: {
      processor: cpus()[0]?.model.trim() ?? 'an unknown processor',
      cores,
      platform: `${process.platform} ${process.arch}`,
      node: process.versions.node,
      hasOwnCore: bench.core !== undefined,
    },
    runs: options.runs,
    delayMs: options.delayMs,
    floor,
    sizes,
    peers: peers?.readings ?? [],
    skipped: [...skipped, ...(peers?.skipped ?? [])],
  };
}

type BareReply = Took & { readonly exchanges: readonly LoggedExchange[] };

/** The first runs compile the code, and do not count. */
const warmUp = 5;

/** A bare script over one kept connection: the error of the measurement itself, and the least that five steps take. */
async function measureFloor({ options, domain, readServer, startBareClient }: Bench) {
  await using client = await startBareClient<FiveSteps, BareReply>();
  await readServer();
  const replies: BareReply[] = [];
  for (let run = 0; run < warmUp + options.runs; run += 1) {
    options.signal.throwIfAborted();
    options.progress(`a bare client, run ${run + 1} of ${warmUp + options.runs}`);
    replies.push(await client.ask(fiveStepsAt(domain)));
  }
  const exchangesOf = (some: readonly BareReply[]) => some.flatMap(({ exchanges }) => exchanges);
  const errors = errorsOfRun(exchangesOf(replies), await readServer());
  const exactness = exactnessOf(errors.slice(exchangesOf(replies.slice(0, warmUp)).length));
  return { exactness, ...medianTook(replies.slice(warmUp)) };
}

/** Runs `flows` in the share of one size: in new processes, and then warm. Undefined if there is no such share. */
async function measureSize(bench: Bench, memoryMb: number) {
  const { options, domain } = bench;
  const event = flowsAt(domain);
  using share = openProcessorShare(memoryMb);
  if (!share) return undefined;
  const withErrors = (run: Invocation) => ({ ...run, errors: errorsOfRun(run.exchanges, run.reading) });
  const starts = [];
  for (let index = 0; index < firstRunProcesses; index += 1) {
    options.progress(`flows at ${memoryMb} MB, new process ${index + 1} of ${firstRunProcesses}`);
    const start = await undisturbed(async () => {
      await using measured = await bench.startFlows(share);
      return { ...withErrors(await measured.invoke(event)), loaded: measured.loaded };
    });
    starts.push(start);
  }
  await using measured = await bench.startFlows(share);
  await measured.invoke(event);
  const warm = [];
  for (let run = 0; run < options.runs; run += 1) {
    options.progress(`flows at ${memoryMb} MB, run ${run + 1} of ${options.runs}`);
    const attempt = async () => {
      await bench.rest();
      return withErrors(await measured.invoke(event));
    };
    warm.push(await undisturbed(attempt));
  }
  const all = [...starts, ...warm];
  const first = exactnessOf(starts.flatMap(({ errors }) => errors));
  const load = medianTook(starts.map(({ loaded }) => loaded));
  const firstRun = medianTook(starts);
  const meanMs = warm.reduce((sum, { ms }) => sum + ms, 0) / warm.length;
  return {
    memoryMb,
    means: share.means,
    exactness: exactnessOf(warm.flatMap(({ errors }) => errors)),
    first: { worstErrorMs: first.all.max, worstPublishedMs: first.published.max, load, run: firstRun },
    warm: {
      ms: spreadOf(warm.map(({ ms }) => ms)),
      meanMs,
      processorMs: medianTook(warm).processorMs,
      requests: median(warm.map(({ exchanges }) => exchanges.length)),
      connections: median(warm.map(({ reading }) => reading.connections)),
      resumed: median(warm.map(({ reading }) => reading.resumed)),
    },
    peakRssBytes: Math.max(...all.map(({ peakRssBytes }) => peakRssBytes)),
    failedRuns: all.filter((run) => notPassed(run).length > 0).length,
    repeatedRuns: all.reduce((sum, { repeated }) => sum + repeated, 0),
    dollarsAMonth: dollarsAMonth({ memoryMb, warmMs: meanMs, coldMs: load.ms + firstRun.ms }),
  };
}

interface RunDurations {
  readonly memoryMb: number;
  readonly warmMs: number;
  /** Loading and the first run, once an hour. Lambda bills both. */
  readonly coldMs: number;
}

/** Lambda's price for a month of runs each minute, in US dollars: compute and invocations, arm64, without free tiers. */
export function dollarsAMonth({ memoryMb, warmMs, coldMs }: RunDurations): number {
  const cold = assumed.coldStartsPerMonth;
  const seconds = ((minutesPerMonth - cold) * Math.ceil(warmMs) + cold * Math.ceil(coldMs)) / 1000;
  return seconds * (memoryMb / 1024) * prices.lambdaGigabyteSecond + minutesPerMonth * prices.lambdaRequest;
}

/** The limits for a memory size to be good enough for `flows`. */
export const sizeRule = {
  /** The errors of published readings, in milliseconds. */
  p95Ms: 2,
  maxMs: 5,
  /** The part of all readings that the latency series may lack. */
  mostMarked: 0.1,
  /** The part of the memory that must stay free at the peak. */
  leastFree: 0.2,
} as const;

type RatedSize = Pick<SizeReading, 'memoryMb' | 'peakRssBytes' | 'exactness' | 'failedRuns' | 'dollarsAMonth'>;

export function hasMemory({ memoryMb, peakRssBytes }: Pick<RatedSize, 'memoryMb' | 'peakRssBytes'>): boolean {
  return peakRssBytes <= memoryMb * 1024 * 1024 * (1 - sizeRule.leastFree);
}

export function isExact({ exactness, failedRuns }: Pick<RatedSize, 'exactness' | 'failedRuns'>): boolean {
  const { published, marked, readings } = exactness;
  return (
    failedRuns === 0 &&
    published.p95 < sizeRule.p95Ms &&
    published.max < sizeRule.maxMs &&
    marked <= readings * sizeRule.mostMarked
  );
}

/** Returns the cheapest size that keeps the rule, or the most exact one with enough memory if none does. */
export function recommendSize(sizes: readonly RatedSize[]) {
  const large = sizes.filter(hasMemory);
  const [cheapest] = large.filter(isExact).toSorted((a, b) => a.dollarsAMonth - b.dollarsAMonth);
  if (cheapest) return { memoryMb: cheapest.memoryMb, keepsRule: true };
  const [best] = large.toSorted((a, b) => a.exactness.published.p95 - b.exactness.published.p95);
  return best && { memoryMb: best.memoryMb, keepsRule: false };
}
