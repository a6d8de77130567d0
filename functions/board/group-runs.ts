import { severityLevels } from '../model/finding.ts';
import type { EvidenceLine } from '../model/log-line.ts';
import { type Group, groups } from '../model/probe.ts';
import { asRecord, number, text } from '../model/read.ts';
import { readDocument } from '../model/read-line.ts';
import type { GroupState } from '../model/state.ts';
import { formatTarget } from '../model/target.ts';
import type { RunMark } from '../model/words.ts';
import { findingsIn, lateIntervals, type RunLine, readHistory, timeOfMoment } from '../state/history.ts';
import type { Kept } from '../state/kept.ts';

const minuteMs = 60_000;

/** The recent runs of a group, as the state table has them. */
export interface GroupRuns {
  readonly group: Group;
  readonly intervalMs: number;
  readonly lastAt: number;
  /** Whether the next run should have been here. */
  readonly isLate: boolean;
  /** In order of time, each with what became of its targets. */
  readonly runs: readonly { readonly at: number; readonly marks: ReadonlyMap<string, RunMark> }[];
  /** The lines of the last run. */
  readonly last: readonly EvidenceLine[];
  readonly rateLimits: GroupState['rateLimits'];
}

/** What an org has of its groups; `unreadable` are those whose state is malformed. */
export function groupRunsOf(kept: Kept, now: number) {
  const all: GroupRuns[] = [];
  const unreadable: Group[] = [];
  for (const group of groups) {
    const state = kept.states[group];
    if (!state) continue;
    try {
      all.push(groupRuns(group, state, kept.org, now));
    } catch {
      // Another version of the monitor wrote it, or it was changed by hand.
      unreadable.push(group);
    }
  }
  return { all, unreadable };
}

function groupRuns(group: Group, state: GroupState, org: string, now: number): GroupRuns {
  const intervalMs = (number(state.intervalMinutes) ?? 1) * minuteMs;
  const lastAt = timeOfMoment(state.last);
  const { runs } = readHistory(state, org);
  if (!runs.every(({ at }) => Number.isFinite(at))) throw new TypeError('a run has no time');
  return {
    ...{ group, intervalMs, lastAt, isLate: now - lastAt > lateIntervals * intervalMs },
    runs: runs.map(({ at, lines }) => ({ at, marks: new Map(lines.flatMap(markOf)) })),
    last: (runs.findLast(({ at }) => at === lastAt)?.lines ?? []).flatMap(
      (line) => readDocument(JSON.parse(JSON.stringify(line))) ?? [],
    ),
    rateLimits: state.rateLimits,
  };
}

/** Trap: the lines of earlier runs are not read field by field, which would take seconds for a hundred orgs. */
function markOf(line: RunLine): readonly (readonly [target: string, mark: RunMark])[] {
  if (line.type !== 'outcome') return [];
  const { probe, server, status } = asRecord(line);
  const [name, at] = [text(probe, 60), text(server, 60)];
  if (name === undefined) return [];
  const target = formatTarget({ probe: name, server: at });
  if (status !== 'passed') return [[target, status === 'failed' || status === 'skipped' ? status : undefined]];
  return [[target, findingsIn(line).some(({ severity }) => severityLevels[severity] > 0) ? 'warned' : 'passed']];
}
