/**
 * Proves that the monitor names every failure rightly: `npm run cases`.
 *
 * Stages each known failure at each place where it can happen, runs the built functions against it, and compares what
 * they find with what they must; then runs them while nothing is wrong. Exits with 0 when all is right, with 1 when
 * anything is not, with 2 for a wrong flag.
 */
import { parseArgs } from 'node:util';
import { type Group, groups } from '../../functions/model/probe.ts';
import { bundle } from '../../lib/functions/bundle.ts';
import { formatCases } from '../reporters/cases.ts';
import { showProgress } from '../reporters/progress.ts';
import { type CasesReport, runCases } from '../runner/run-cases.ts';
import { allCases } from '../scenarios/all-cases.ts';
import type { Case } from '../scenarios/case.ts';
import { runCommand } from './command.ts';

const usage = `Usage: npm run cases -- [--case <id>]... [--healthy <runs>] [--json]

  --case <id>       only this case; repeat it or separate ids by commas (default: all)
  --healthy <runs>  how often to run while nothing is wrong (default: 1000; with --case: 0)
  --json            print one JSON document instead of text
  --help            print this
`;

interface Flags {
  readonly cases: readonly Case[];
  readonly healthyRuns: number;
  readonly json: boolean;
  readonly help: boolean;
}

function flags(): Flags {
  const { values } = parseArgs({
    options: {
      case: { type: 'string', multiple: true },
      healthy: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const ids = values.case?.flatMap((list) => list.split(','));
  const unknown = ids?.filter((id) => !allCases.some((one) => one.id === id)) ?? [];
  if (unknown.length > 0) {
    throw new Error(`no case ${unknown.join(', ')}: there are ${allCases.map(({ id }) => id).join(', ')}`);
  }
  const healthy = values.healthy ?? (ids ? '0' : '1000');
  if (!/^\d{1,6}$/.test(healthy)) throw new Error(`'${healthy}' is no number of runs`);
  return {
    cases: ids ? allCases.filter(({ id }) => ids.includes(id)) : allCases,
    healthyRuns: Number(healthy),
    json: values.json,
    help: values.help,
  };
}

function toJson({ tried, waiting, ...rest }: CasesReport): string {
  const cells = tried.map(
    ({ case: { id, title, severity }, cell: { target, symptom, expected, warns = false }, verdict }) => ({
      ...{ case: id, title, severity, probe: target.probe, server: target.server, symptom },
      ...{ expected: { ...expected, warns }, ...verdict },
    }),
  );
  const waits = waiting.map(({ id, title, skipReason: because }) => ({ case: id, title, because }));
  return JSON.stringify({ cells, waiting: waits, ...rest }, null, 2);
}

async function run(given: Flags): Promise<number> {
  const bundles = new Map(groups.map((group) => [group, bundle(group).file]));
  const bundleOf = (group: Group) => bundles.get(group) ?? '';
  using progress = showProgress(process.stderr);
  const report = await runCases({ ...given, bundleOf, progress: progress.tell });
  process.stdout.write(`${given.json ? toJson(report) : formatCases(report)}\n`);
  return report.falseAlarms.length > 0 || report.tried.some(({ verdict }) => !verdict.passed) ? 1 : 0;
}

await runCommand({ usage, flags, run });
