import type { Exactness } from './errors-of-run.ts';
import { leakOf, leakTolerance } from './leak.ts';
import { firstRunProcesses } from './measure-size.ts';
import { fullCoreMemoryMb } from './processor-share.ts';
import { hasMemory, isExact, recommendSize, sizeRule } from './recommend-size.ts';
import type { BenchReport, SizeReading } from './report.ts';
import type { Spread, Took } from './statistics.ts';

/** A table of the bench. All columns but the first have numbers, unless they are named. */
export interface BenchTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** The columns with words, besides the first. */
  readonly words?: readonly number[];
}

/** A part of what the bench says, for a terminal and for the docs. */
export interface BenchSection {
  readonly title: string;
  readonly tables: readonly BenchTable[];
  readonly notes: readonly string[];
  /** The loads whose curves belong here. */
  readonly curves?: readonly string[];
}

/** The sizes of the table of exactness: what the first figures were measured at. */
const comparedSizes: readonly number[] = [fullCoreMemoryMb, 512, 256];

const ms = (value: number) => (Number.isFinite(value) ? value.toFixed(value < 100 ? 1 : 0) : '');
const megabytes = (bytes: number) => (bytes / 1024 / 1024).toFixed(0);
const whole = (value: number) => Math.round(value).toLocaleString('en-US');
const dollars = (value: number) => value.toFixed(2);
const spread = ({ median, p95, max }: Spread) => [median, p95, max].map(ms);
const took = (taken: Took | undefined) => (taken ? [ms(taken.ms), ms(taken.processorMs)] : ['', '']);
const sizeName = (memoryMb: number) => (memoryMb >= fullCoreMemoryMb ? 'full core' : `${memoryMb} MB`);

/** What was measured, in an order to read it in. */
export function sectionsOf(report: BenchReport): readonly BenchSection[] {
  return [
    ...exactnessSection(report),
    ...processorSection(report),
    ...profileSection(report),
    ...coldStartSection(report),
    ...peerSection(report),
    ...growthSection(report),
    ...memorySection(report),
    ...loadSection(report),
  ];
}

const compared = ({ sizes = [] }: BenchReport) =>
  sizes.filter(({ memoryMb }) => comparedSizes.includes(memoryMb)).toSorted((a, b) => b.memoryMb - a.memoryMb);

function exactnessSection(report: BenchReport): readonly BenchSection[] {
  const { floor, delayMs, parts } = report;
  if (!floor || !parts.includes('exactness')) return [];
  const rowsOf = ({ memoryMb, exactness, first }: SizeReading) => [
    [sizeName(memoryMb), whole(exactness.readings), ...spread(exactness.all), ms(first.worstErrorMs)],
    [
      `${sizeName(memoryMb)}, published`,
      whole(exactness.readings - exactness.marked),
      ...spread(exactness.published),
      ms(first.worstPublishedMs),
    ],
  ];
  return [
    {
      title: 'Reported first byte minus the time that the server took',
      tables: [
        {
          header: ['ms', 'readings', 'median', 'p95', 'max', "first run's worst"],
          rows: [
            ['a bare script (the error of this measurement)', whole(floor.readings), ...spread(floor.all), ''],
            ...compared(report).flatMap(rowsOf),
          ],
        },
      ],
      notes: [
        `The server holds each answer back by ${delayMs} ms. Errors are absolute, by request id. "Published" leaves out the readings that the run itself marked, because its event loop was late by more than 2 ms.`,
        ...unknownNotes([floor, ...compared(report).map(({ exactness }) => exactness)]),
      ],
    },
  ];
}

function unknownNotes(of: readonly Exactness[]): readonly string[] {
  const [unknown, readings] = [sum(of.map((each) => each.unknown)), sum(of.map((each) => each.readings))];
  return unknown === 0
    ? []
    : [
        `${whole(unknown)} of ${whole(unknown + readings)} readings are not counted: the server was itself not on time for them, and does not know to a millisecond what its answer took.`,
      ];
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

function processorSection(report: BenchReport): readonly BenchSection[] {
  const sizes = compared(report);
  const [first] = sizes;
  if (!first || !report.parts.includes('exactness')) return [];
  return [
    {
      title: 'What a run takes',
      tables: [
        {
          header: ['warm', 'ms', 'p95', 'processor ms', 'connections', 'resumed', 'RSS MB'],
          rows: sizes.map(({ memoryMb, warm, peakRssBytes }) => [
            sizeName(memoryMb),
            ...[ms(warm.ms.median), ms(warm.ms.p95), ms(warm.processorMs)],
            ...[whole(warm.connections), whole(warm.resumed), megabytes(peakRssBytes)],
          ]),
        },
        {
          header: ['in a new process', 'load ms', 'processor ms', 'first run ms', 'processor ms'],
          rows: sizes.map(({ memoryMb, first: { load, run } }) => [
            sizeName(memoryMb),
            ...[...took(load), ...took(run)],
          ]),
        },
      ],
      notes: [
        `A run of flows makes ${first.warm.requests} requests to two servers. Connections are those to the org; the server closes them between two runs. RSS is the peak of the process. What is said of the first run is of ${firstRunProcesses} new processes: medians, and the worst of all errors.`,
        ...shareNotes(sizes),
      ],
    },
  ];
}

function shareNotes(sizes: readonly SizeReading[]): readonly string[] {
  const repeated = sizes.reduce((sum, { repeatedRuns }) => sum + repeatedRuns, 0);
  return [
    `The share of a processor: ${sizes.map(({ memoryMb, means }) => `${sizeName(memoryMb)}: ${means}`).join('; ')}.`,
    ...(repeated > 0
      ? [`${repeated} runs were repeated, because the machine had no time even for the reference server.`]
      : []),
  ];
}

function profileSection({ profile }: BenchReport): readonly BenchSection[] {
  if (!profile) return [];
  const { processorMs, parts, needs } = profile;
  const least = sum(needs.map((need) => need.count * need.ms));
  return [
    {
      title: 'What the processor is spent on',
      tables: [
        {
          header: ['a warm run cannot do without', 'times', 'ms each', 'ms'],
          rows: [
            ...needs.map((need) => [need.what, whole(need.count), need.ms.toFixed(2), ms(need.count * need.ms)]),
            ['together', '', '', ms(least)],
          ],
        },
        { header: ['profile of a warm run', 'ms'], rows: parts.map((part) => [part.what, ms(part.ms)]) },
      ],
      notes: [
        'The first table is what a bare script with nothing but Node.js takes for the same, in a full core and one thing at a time. The second is of the main thread of flows. A profiler was at work and has its part in each row. What other threads of the same core compute counts where somebody waited for it: signatures with client assertions.',
        `With the profiler, a run took ${ms(processorMs)} ms of a processor.`,
      ],
    },
  ];
}

function coldStartSection({ coldStarts }: BenchReport): readonly BenchSection[] {
  if (!coldStarts) return [];
  return [
    {
      title: 'Cold starts, in a full core',
      tables: [
        {
          header: ['function', 'kB', 'load ms', 'processor', 'first run ms', 'processor', 'RSS MB'],
          rows: coldStarts.map(({ function: name, bundleBytes, load, firstRun, peakRssBytes }) => [
            ...[name, (bundleBytes / 1000).toFixed(0), ...took(load), ...took(firstRun)],
            peakRssBytes === undefined ? '' : megabytes(peakRssBytes),
          ]),
        },
      ],
      notes: [
        'Medians of new processes, without the start of Node.js itself and without a compile cache. The first run of flows asks the reference server, those of the others the embedded Okta, whose answers take as long as they take. Functions without probes are only loaded.',
      ],
    },
  ];
}

function peerSection({ peers }: BenchReport): readonly BenchSection[] {
  if (!peers) return [];
  return [
    {
      title: 'Other tools, on the same five steps',
      tables: [
        {
          header: ['one server, full core', 'version', 'ms', 'processor ms'],
          rows: peers.map(({ name, version, ...taken }) => [name, version, ...took(taken)]),
        },
        {
          header: ['tool', 'what it does besides, or less'],
          rows: peers.map(({ name, checksLess }) => [name, checksLess]),
          words: [1],
        },
      ],
      notes: [
        'Discovery, keys, a token by client_secret_basic, the token read, and introspection. Processor time includes all child processes and, where each run is a new process, its start.',
      ],
    },
  ];
}

function growthSection({ growth }: BenchReport): readonly BenchSection[] {
  const [first] = growth ?? [];
  if (!growth || !first) return [];
  const prices = first.dollarsAMonth.map(({ memoryMb }) => `$ at ${sizeName(memoryMb)}`);
  return [
    {
      title: 'Many orgs',
      tables: [
        {
          header: ['orgs', 'runs', 'processor ms a run', 'runs a minute and core', 'RSS MB'],
          rows: growth.map(({ orgs, runs, processorMs, runsAMinute, rssBytes }) => [
            ...[whole(orgs), whole(runs), ms(processorMs), whole(runsAMinute), megabytes(rssBytes)],
          ]),
        },
        ...(prices.length > 0
          ? [
              {
                header: ['orgs', ...prices],
                rows: growth.map(({ orgs, dollarsAMonth }) => [
                  whole(orgs),
                  ...dollarsAMonth.map((each) => dollars(each.dollars)),
                ]),
              },
            ]
          : []),
      ],
      notes: [
        'One process of flows in a full core; the orgs take turns, because a Lambda container handles one event at a time. Prices are US dollars a month for Lambda alone (arm64, us-east-1, no free tier), for a run a minute and org.',
      ],
    },
  ];
}

function memorySection({ sizes, delayMs, parts }: BenchReport): readonly BenchSection[] {
  const recommended = recommendSize(sizes ?? []);
  if (!sizes || !recommended || !parts.includes('memory')) return [];
  const yes = (isSo: boolean) => (isSo ? 'yes' : 'no');
  return [
    {
      title: 'Memory and price of flows',
      tables: [
        {
          header: ['size', 'p95', 'max', 'marked', 'ms', 'RSS MB', '$ a month', 'exact', 'fits'],
          rows: sizes.map((size) => [
            size.memoryMb >= fullCoreMemoryMb ? `${size.memoryMb} MB` : sizeName(size.memoryMb),
            ...[ms(size.exactness.published.p95), ms(size.exactness.published.max), whole(size.exactness.marked)],
            ...[ms(size.warm.meanMs), megabytes(size.peakRssBytes), dollars(size.dollarsAMonth)],
            ...[yes(isExact(size)), yes(hasMemory(size))],
          ]),
          words: [7, 8],
        },
      ],
      notes: [
        `The rule: the cheapest size that has a fifth of its memory free at the peak, in which every probe passes, at most ${sizeRule.mostMarked * 100} % of the readings are marked, and the error of the others is under ${sizeRule.p95Ms} ms at p95 and under ${sizeRule.maxMs} ms at most.`,
        recommended.keepsRule
          ? `By this rule, flows has ${recommended.memoryMb} MB.`
          : `No size keeps this rule here. The most exact one that has the memory is ${recommended.memoryMb} MB.`,
        `Prices are for one org and a run a minute, with a cold start an hour, at a server that answers after ${delayMs} ms: a real org takes longer, and Lambda bills the waiting.`,
      ],
    },
  ];
}

function loadSection({ loads }: BenchReport): readonly BenchSection[] {
  if (!loads) return [];
  const kilobytes = (bytes: number) => (bytes / 1000).toFixed(1);
  return [
    {
      title: 'Load and leaks',
      tables: [
        {
          header: ['after', 'heap MB', 'RSS MB', 'sockets', 'heap kB a run', 'RSS kB a run', 'leaks'],
          rows: loads.map((load) => {
            const last = load.samples.at(-1);
            const { growth, leaks } = leakOf(load);
            return [
              ...[load.what, megabytes(last?.heapBytes ?? 0), megabytes(last?.rssBytes ?? 0), `${last?.sockets ?? 0}`],
              ...[kilobytes(growth.heapBytes), kilobytes(growth.rssBytes), leaks ? 'yes' : 'no'],
            ];
          }),
          words: [6],
        },
      ],
      notes: [
        `Memory after garbage collection, and open sockets, those to AWS included. Growth is the slope over the second half of the runs. It is a leak above ${kilobytes(leakTolerance.heapBytes)} kB of heap, ${kilobytes(leakTolerance.rssBytes)} kB of RSS or ${leakTolerance.sockets} sockets a run.`,
        'Lambda hands one event at a time to a container, so "at once" means one after the other there. The stress has all orgs in one process at the same time all the same.',
      ],
      curves: loads.map(({ id }) => id),
    },
  ];
}
