import type { LogLine } from '../model/log-line.ts';
import { findingsOf } from '../model/outcome.ts';
import { type Group, groups } from '../model/probe.ts';
import { asRecord, number } from '../model/read.ts';
import { formatTarget } from '../model/target.ts';
import { formatTime } from '../model/text.ts';
import type { RunMark } from '../model/words.ts';
import { timeOfMoment } from '../state/history.ts';
import type { Kept } from '../state/kept.ts';
import { type Cell, type Grid, type GridRow, shownRuns } from './board.ts';
import type { GroupRuns } from './group-runs.ts';

/** A target that the last runs do not have is no longer asked. */
const recentRuns = 3;

/** The probes of an org, by server. Those of the org as a whole come first, then the Org server. */
export function gridOf(all: readonly GroupRuns[], kept: Kept, unreadable: readonly Group[], now: number): Grid {
  const cells = all.flatMap((runs) => targetsOf(runs).map((target) => ({ ...target, ...cellOf(runs, target, now) })));
  // Sorting always puts undefined last.
  const columns = [...new Set(cells.map(({ server }) => server ?? wholeOrg))]
    .toSorted((one, other) => rank(one) - rank(other) || one.localeCompare(other))
    .map((server) => (server === wholeOrg ? undefined : server));
  const rows = new Map<string, GridRow>();
  for (const { group, probe } of cells) {
    const key = `${group} ${probe}`;
    const own = cells.filter((cell) => cell.group === group && cell.probe === probe);
    if (!rows.has(key)) {
      rows.set(key, {
        group,
        probe,
        cells: columns.map((column) => own.find(({ server }) => server === column)?.cell),
      });
    }
  }
  return { columns, rows: [...rows.values()], notRunning: notRunning(all, kept, unreadable) };
}

/** No server has this id. */
const wholeOrg = '';

function rank(server: string): number {
  return server === wholeOrg ? 0 : server === 'org' ? 1 : 2;
}

interface GridTarget {
  readonly group: Group;
  readonly probe: string;
  readonly server: string | undefined;
  readonly target: string;
}

function targetsOf({ group, runs }: GroupRuns): readonly GridTarget[] {
  const targets = new Set(runs.slice(-recentRuns).flatMap(({ marks }) => [...marks.keys()]));
  return [...targets].map((target) => {
    const [probe = '', server] = target.split('@');
    return { group, probe, server, target };
  });
}

function cellOf(runs: GroupRuns, { target }: GridTarget, now: number): { readonly cell: Cell } {
  const line = runs.last.findLast((each): each is LogLine => each.type === 'outcome' && formatTarget(each) === target);
  const lastRun = runs.runs.findLast(({ marks }) => marks.has(target));
  const mark = line && lastRun?.marks.get(target);
  const because = line && reasonOf(line);
  return {
    cell: {
      state: runs.isLate ? 'late' : (mark ?? 'not-run'),
      at: lastRun?.at ?? runs.lastAt,
      ...(line?.durationMs !== undefined && { durationMs: line.durationMs }),
      ...(because !== undefined && { because }),
      runs: slots(runs, target, now),
      intervalMinutes: runs.intervalMs / 60_000,
    },
  };
}

function reasonOf(line: LogLine): string | undefined {
  return line.status === 'skipped' ? line.because : findingsOf(line)[0]?.brief;
}

/** The order of what matters more, if two runs are in one slot. */
const gravity: readonly RunMark[] = ['failed', 'warned', 'passed', 'skipped', undefined];

/** What became of a target in each interval. Where no run is known, nothing is. */
function slots({ runs, intervalMs, lastAt }: GroupRuns, target: string, now: number): readonly RunMark[] {
  // The run that is due now may be on its way.
  const missing = Math.max(0, Math.floor((now - lastAt) / intervalMs) - 1);
  const marks: RunMark[] = Array.from({ length: shownRuns });
  for (const { at, marks: seen } of runs) {
    const index = shownRuns - 1 - missing - Math.round((lastAt - at) / intervalMs);
    const [known, mark] = [marks[index], seen.get(target)];
    if (index >= 0 && gravity.indexOf(mark) < gravity.indexOf(known)) marks[index] = mark;
  }
  return marks;
}

function notRunning(all: readonly GroupRuns[], { states }: Kept, unreadable: readonly Group[]): readonly string[] {
  const expects = asRecord(states.flows?.expects);
  return groups.flatMap((group) => {
    const runs = all.find((each) => each.group === group);
    if (unreadable.includes(group)) return [`What ${group} left in the state table cannot be read.`];
    if (runs?.isLate) return [`${group} has not run since ${formatTime(runs.lastAt)}.`];
    const broken = runs?.last.find(({ type }) => type === 'monitor-error');
    if (broken) return [`${group} did not finish its last run, because of an error of the monitor.`];
    if (runs) return [];
    const agoMs = number(asRecord(expects[group]).agoMs);
    if (agoMs === undefined || !states.flows) return [];
    return [`${group} has never run. It should since ${formatTime(timeOfMoment(states.flows.last) - agoMs)}.`];
  });
}
