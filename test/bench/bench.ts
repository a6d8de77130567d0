/**
 * Measures the monitor as a measuring instrument: how exact its readings are, and what they cost. `npm run bench`.
 *
 * Everything is on loopback. docs/performance.md says what is measured, and what the figures do not say.
 */
import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { memorySizes } from '../../lib/functions/memory-sizes.ts';
import { defineCommand, integerOf, listOf, main, type Output, sharedOptions } from '../../local/cli/command.ts';
import { fillMarkers } from '../../local/reporters/docs/fill-markers.ts';
import { toJson } from '../../local/reporters/json.ts';
import { showProgress } from '../../local/reporters/progress.ts';
import { duration } from '../../local/reporters/text.ts';
import { UsageError } from '../../local/runner/select.ts';
import { checksOf } from './checks.ts';
import { measure } from './measure.ts';
import { expectedSeconds, type Part, parts } from './parts.ts';
import { pictureFile, pictures } from './pictures.ts';
import { type ShareKind, shareKinds } from './processor-share.ts';
import { benchMarkdown } from './render-markdown.ts';
import { benchText } from './render-text.ts';
import type { BenchReport } from './report.ts';

export const bench = defineCommand({
  name: 'npm run bench',
  options: {
    only: {
      ...{ type: 'string', value: '<part>', multiple: true },
      help: `only ${parts.join(', ')}; repeat it or separate by commas`,
    },
    runs: { type: 'string', value: '<number>', default: '30', help: 'how many runs a figure is made of (default: 30)' },
    delay: {
      ...{ type: 'string', value: '<ms>', default: '20' },
      help: 'how long the server holds each answer back (default: 20)',
    },
    share: {
      ...{ type: 'string', value: '<kind>' },
      help: `how a share of a processor is imposed: ${shareKinds.join(', ')} (default: the first that is possible)`,
    },
    from: {
      type: 'string',
      value: '<file>',
      help: 'a JSON document of this command: print or write it, and measure nothing',
    },
    json: sharedOptions.json,
    write: { type: 'boolean', default: false, help: 'also write docs/performance.md, .json and its pictures' },
  },
  notes: 'It ends with 1 if readings at the deployed size are not exact, or if something leaks. Ctrl-C stops it.',
  async run(values, output) {
    const report =
      values.from === undefined ? await measureAnew(values, output) : readReport(values.from, values.write);
    if (report === undefined) return 130;
    const checks = checksOf(report, memorySizes.flows);
    const passed = checks.every((check) => check.passed);
    output.stdout.write(
      `${values.json ? toJson(passed, { ...rounded(report), checks }) : benchText(report, checks)}\n`,
    );
    if (values.write) await write(report, output);
    return passed ? 0 : 1;
  },
});

interface MeasureFlags {
  readonly only?: string[] | undefined;
  readonly runs: string;
  readonly delay: string;
  readonly share?: string | undefined;
  readonly write: boolean;
}

async function measureAnew(flags: MeasureFlags, output: Output): Promise<BenchReport | undefined> {
  const only = readParts(listOf(flags.only));
  if (flags.write && only.length < parts.length)
    throw new UsageError('--write takes all parts: it cannot be used with --only.');
  const runs = integerOf('runs', flags.runs, 2, 10_000);
  const options = { runs, delayMs: integerOf('delay', flags.delay, 0, 5_000), ...readShare(flags.share) };
  return stoppable(output, async (signal) => {
    using progress = showProgress(output.stderr);
    progress.step(`measuring ${only.join(', ')}; this takes about ${duration(expectedSeconds(only, options))}`);
    const update = (text: string) => progress.update(text);
    return measure(only, { ...options, signal, progress: update, separatesCores: true });
  });
}

/** What this command measured before. To be written, it must be all of it. */
function readReport(file: string, isWritten: boolean): BenchReport {
  let document: Partial<BenchReport> & { readonly passed?: unknown; readonly checks?: unknown };
  try {
    document = Object(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new UsageError(`${file} cannot be read as JSON: ${(error as Error).message}`);
  }
  const { passed: _, checks: __, ...report } = document;
  if (report.schema_version !== 1) throw new UsageError(`${file} is no document of this command.`);
  if (isWritten && parts.some((part) => !report.parts?.includes(part)))
    throw new UsageError(`${file} has not all parts: it cannot be written.`);
  return report as BenchReport;
}

function readParts(names: readonly string[] = parts): readonly Part[] {
  const unknown = names.filter((name) => !parts.some((part) => part === name));
  if (unknown.length > 0) throw new UsageError(`--only must be ${parts.join(', ')}, not ${unknown.join(', ')}.`);
  return parts.filter((part) => names.includes(part));
}

function readShare(name: string | undefined): { readonly shareKind?: ShareKind } {
  if (name === undefined) return {};
  const shareKind = shareKinds.find((kind) => kind === name);
  if (!shareKind) throw new UsageError(`--share must be ${shareKinds.join(', ')}, not '${name}'.`);
  return { shareKind };
}

/** Undefined if somebody stopped it. Everything that was opened is closed before that. */
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

/** The report with three decimals: more are noise. */
export function rounded(report: BenchReport): BenchReport {
  const text = JSON.stringify(report, (_, value) =>
    typeof value === 'number' ? Math.round(value * 1000) / 1000 : value,
  );
  return JSON.parse(text) as BenchReport;
}

const docs = path.resolve(import.meta.dirname, '../../docs');

/** What was measured, in docs/performance.md and beside it. */
async function write(report: BenchReport, { stderr }: Output): Promise<void> {
  const page = path.join(docs, 'performance.md');
  const evidence = rounded(report);
  const files = {
    [page]: fillMarkers(await readFile(page, 'utf8'), { bench: () => benchMarkdown(evidence) }),
    [path.join(docs, 'performance.json')]: `${JSON.stringify(evidence, null, 2)}\n`,
    ...Object.fromEntries(pictures(evidence).map(({ id, svg }) => [path.join(docs, pictureFile(id)), svg])),
  };
  for (const [file, text] of Object.entries(files)) {
    await writeFile(file, text);
    stderr.write(`wrote docs/${path.basename(file)}\n`);
  }
}

if (import.meta.main) await main(bench);
