/**
 * Measures the monitor as a measuring instrument: the error of its readings, and their cost. `npm run bench`.
 *
 * Everything is on loopback. docs/performance.md describes the method and its limits.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { memorySizes } from '../../lib/functions/probe-function.ts';
import { defineCommand, integerOf, listOf, main, type Output, sharedOptions } from '../../local/commands/command.ts';
import { fillMarkers } from '../../local/commands/reporters/docs/markdown.ts';
import { showProgress } from '../../local/commands/reporters/progress.ts';
import { toJson } from '../../local/commands/reporters/text.ts';
import { UsageError } from '../../local/lab/result.ts';
import { type BenchReport, isExact, measure, type Part, parts } from './measure.ts';
import { renderBench } from './render.ts';

export const bench = defineCommand({
  name: 'bench',
  options: {
    only: {
      type: 'string',
      value: '<part>',
      multiple: true,
      help: `only ${parts.join(', ')}; repeat it or separate by commas`,
    },
    runs: { type: 'string', value: '<number>', default: '30', help: 'how many runs make a figure (default: 30)' },
    delay: {
      type: 'string',
      value: '<ms>',
      default: '20',
      help: 'how long the server holds each answer back (default: 20)',
    },
    json: sharedOptions.json,
    write: { type: 'boolean', default: false, help: 'also write the figures into docs/performance.md' },
  },
  notes: 'It exits with 1 if readings at the deployed size are not exact. Ctrl-C stops it.',
  async run(values, output) {
    const only = readParts(listOf(values.only));
    if (values.write && only.length < parts.length)
      throw new UsageError('--write takes all parts: it cannot be used with --only.');
    const runs = integerOf('runs', values.runs, 2, 10_000);
    const delayMs = integerOf('delay', values.delay, 0, 5_000);
    const report = await stoppable(output, (signal) => {
      using progress = showProgress(output.stderr);
      const update = (text: string) => progress.update(text);
      return measure(only, { runs, delayMs, signal, progress: update, separatesCores: true });
    });
    if (report === undefined) return 130;
    const passed = isExactWhereDeployed(report);
    output.stdout.write(`${values.json ? toJson(passed, rounded(report)) : renderBench(report)}\n`);
    if (values.write) await write(report, output);
    return passed ? 0 : 1;
  },
});

function readParts(names: readonly string[] = parts): readonly Part[] {
  const unknown = names.filter((name) => !parts.some((part) => part === name));
  if (unknown.length > 0) throw new UsageError(`--only must be ${parts.join(', ')}, not ${unknown.join(', ')}.`);
  return parts.filter((part) => names.includes(part));
}

export const isExactWhereDeployed = ({ sizes }: Pick<BenchReport, 'sizes'>) =>
  sizes.filter(({ memoryMb }) => memoryMb === memorySizes.flows).every(isExact);

/** Runs until it is done or the process gets a signal, for which it returns undefined. */
async function stoppable<Result>(
  { stderr }: Output,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result | undefined> {
  const stop = new AbortController();
  const abort = () => stop.abort();
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const name of signals) process.on(name, abort);
  try {
    return await work(stop.signal);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    stderr.write('stopped\n');
    return undefined;
  } finally {
    for (const name of signals) process.off(name, abort);
  }
}

/** Rounds all numbers to three decimals: more are noise. */
function rounded(report: BenchReport): BenchReport {
  const round = (_: string, value: unknown) => (typeof value === 'number' ? Math.round(value * 1000) / 1000 : value);
  return JSON.parse(JSON.stringify(report, round));
}

async function write(report: BenchReport, { stderr }: Output): Promise<void> {
  const page = path.resolve(import.meta.dirname, '../../docs/performance.md');
  await writeFile(page, await fillMarkers(await readFile(page, 'utf8'), { bench: () => renderBench(report) }));
  stderr.write('wrote docs/performance.md\n');
}

if (import.meta.main) await main(bench);
