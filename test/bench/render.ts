import { markdownTable } from '../../local/commands/reporters/docs/markdown.ts';
import type { Exactness } from './errors-of-run.ts';
import {
  type BenchReport,
  firstRunProcesses,
  hasMemory,
  isExact,
  recommendSize,
  type SizeReading,
  sizeRule,
} from './measure.ts';

const ms = (value: number) => (Number.isFinite(value) ? value.toFixed(value < 100 ? 1 : 0) : '');
const megabytes = (bytes: number) => (bytes / 1024 / 1024).toFixed(0);
const whole = (value: number) => Math.round(value).toLocaleString('en-US');
const spread = ({ median, p95, max }: Exactness['all']) => [median, p95, max].map(ms);
const yes = (isSo: boolean) => (isSo ? 'yes' : 'no');

/** Returns the figures as Markdown, for a terminal and for the generated part of docs/performance.md. */
export function renderBench(report: BenchReport): string {
  const { at, machine, runs, delayMs, skipped } = report;
  const { processor, cores, platform, node, hasOwnCore } = machine;
  const alone = hasOwnCore ? 'one of them for the measured process alone' : 'none for the measured process alone';
  return [
    `Measured on ${at.slice(0, 10)} with Node.js ${node} on ${platform}, ${processor}, ${cores} cores, ${alone}. Figures are of ${runs} runs unless they say otherwise; the server held each answer back by ${delayMs} ms. To repeat it: \`npm run bench -- --write\`.`,
    ...(report.parts.includes('exactness') ? exactnessSection(report) : []),
    ...(report.parts.includes('memory') ? memorySection(report) : []),
    ...peersSection(report),
    ...(skipped.length > 0 ? [`Not measured: ${skipped.map(({ what, why }) => `${what} (${why})`).join('; ')}.`] : []),
  ].join('\n\n');
}

function exactnessSection({ floor, sizes }: BenchReport): readonly string[] {
  const rowsOf = ({ memoryMb, exactness, first }: SizeReading) => [
    [`${memoryMb} MB`, whole(exactness.readings), ...spread(exactness.all), ms(first.worstErrorMs)],
    [
      `${memoryMb} MB, published`,
      whole(exactness.readings - exactness.marked),
      ...spread(exactness.published),
      ms(first.worstPublishedMs),
    ],
  ];
  const bare = floor
    ? [
        [
          'a bare script (the error of this measurement)',
          whole(floor.exactness.readings),
          ...spread(floor.exactness.all),
        ],
      ]
    : [];
  const unknown = [floor, ...sizes].reduce((sum, reading) => sum + (reading?.exactness.unknown ?? 0), 0);
  const repeated = sizes.reduce((sum, { repeatedRuns }) => sum + repeatedRuns, 0);
  const requests = sizes[0]?.warm.requests ?? 0;
  return [
    '### Reported first byte minus the time that the server took',
    markdownTable(['ms', 'readings', 'median', 'p95', 'max', "first run's worst"], [...bare, ...sizes.flatMap(rowsOf)]),
    `Errors are absolute, by request id. "Published" leaves out the readings that the run itself marked, because its event loop was late by more than 2 ms. ${whole(unknown)} readings are not counted, because the server was itself late for them; ${whole(repeated)} runs were repeated, because the machine was busy.`,
    '### What a run takes',
    markdownTable(
      ['warm', 'ms', 'p95', 'processor ms', 'connections', 'resumed', 'RSS MB'],
      sizes.map(({ memoryMb, warm, peakRssBytes }) => [
        `${memoryMb} MB`,
        ...[warm.ms.median, warm.ms.p95, warm.processorMs].map(ms),
        ...[warm.connections, warm.resumed].map(whole),
        megabytes(peakRssBytes),
      ]),
    ),
    markdownTable(
      ['in a new process', 'load ms', 'processor ms', 'first run ms', 'processor ms'],
      sizes.map(({ memoryMb, first: { load, run } }) => [
        `${memoryMb} MB`,
        ...[load.ms, load.processorMs, run.ms, run.processorMs].map(ms),
      ]),
    ),
    `A run of flows makes ${requests} requests to two servers. Connections are those to the org; the server closes them between two runs. RSS is the peak of the process. The figures of first runs are of ${firstRunProcesses} new processes: medians, and the worst of all errors.`,
    `The share of a processor: ${sizes.map(({ memoryMb, means }) => `${memoryMb} MB: ${means}`).join('; ')}.`,
  ];
}

function memorySection({ sizes, delayMs }: BenchReport): readonly string[] {
  const recommended = recommendSize(sizes);
  if (!recommended) return [];
  return [
    '### Memory and price of flows',
    markdownTable(
      ['size', 'p95', 'max', 'marked', 'ms', 'RSS MB', '$ a month', 'exact', 'fits'],
      sizes.map((size) => [
        `${size.memoryMb} MB`,
        ...[size.exactness.published.p95, size.exactness.published.max].map(ms),
        whole(size.exactness.marked),
        ms(size.warm.meanMs),
        megabytes(size.peakRssBytes),
        size.dollarsAMonth.toFixed(2),
        yes(isExact(size)),
        yes(hasMemory(size)),
      ]),
    ),
    `The rule: the cheapest size that has a fifth of its memory free at the peak, in which every probe passes, at most ${sizeRule.mostMarked * 100} % of the readings are marked, and the error of the others is under ${sizeRule.p95Ms} ms at p95 and under ${sizeRule.maxMs} ms at most.`,
    recommended.keepsRule
      ? `By this rule, flows has ${recommended.memoryMb} MB.`
      : `No size keeps this rule here. The most exact one that has the memory is ${recommended.memoryMb} MB.`,
    `Prices are for one org and a run a minute, with a cold start an hour, at a server that answers after ${delayMs} ms: a real org takes longer, and Lambda bills the waiting.`,
  ];
}

function peersSection({ peers }: BenchReport): readonly string[] {
  if (peers.length === 0) return [];
  return [
    '### Other tools, on the same five steps',
    markdownTable(
      ['one server, full core', 'version', 'ms', 'processor ms', 'what it does besides, or less'],
      peers.map(({ name, version, checksLess, ...took }) => [
        name,
        version,
        ms(took.ms),
        ms(took.processorMs),
        checksLess,
      ]),
    ),
    'Discovery, keys, a token by client_secret_basic, the token read, and introspection. Processor time includes all child processes and, where each run is a new process, its start.',
  ];
}
