import type { Finding } from '../model/finding.ts';
import { findingsOf } from '../model/outcome.ts';
import { formatTarget } from '../model/target.ts';
import type { LogLine } from '../runtime/log.ts';
import type { Evidence, LoggedLine } from './evidence.ts';

/** One finding, wherever and however often it was seen. */
export interface Occurrence {
  /** As it was seen last. */
  readonly finding: Finding;
  /** The first and the last time, in milliseconds since the epoch. */
  readonly since: number;
  readonly until: number;
  /** The most affected first. A run that found something of itself has no place but `the monitor`. */
  readonly targets: readonly AffectedTarget[];
}

export interface AffectedTarget {
  readonly target: string;
  /** In how many runs it was seen. */
  readonly count: number;
  /** How many runs there were here since it was first seen anywhere; unknown for what a run finds of itself. */
  readonly runs?: number;
  /** The youngest outcomes that show it, the last first. */
  readonly outcomes: readonly LogLine[];
}

const mostOutcomes = 3;

interface Found {
  readonly time: number;
  readonly target: string;
  readonly finding: Finding;
  readonly outcome?: LogLine;
}

const minuteMs = 60_000;

/** Whether a finding counts, and where it was found. */
export type IsRelevant = (finding: Finding, outcome?: LogLine) => boolean;

/** Whether a line shows a finding that counts. */
export function shows(line: LoggedLine, counts: IsRelevant): boolean {
  return foundIn(line).some(({ finding, outcome }) => counts(finding, outcome));
}

/** The findings of some lines by their codes, the one that leads first. */
export function occurrencesIn(lines: Evidence['lines'], counts: IsRelevant): readonly Occurrence[] {
  const found = lines.flatMap(foundIn).filter(({ finding, outcome }) => counts(finding, outcome));
  const byCode = Object.values(Object.groupBy(found, ({ finding }) => finding.code));
  const sightings = byCode.flatMap((seen = []) => occurrenceOf(seen, lines) ?? []);
  const last = Math.max(...sightings.map(({ until }) => until));
  return sightings.toSorted(
    (one, other) =>
      // What is over by itself was another matter, even if it came first.
      Number(isOver(one, last)) - Number(isOver(other, last)) ||
      minuteOf(one.since) - minuteOf(other.since) ||
      other.targets.length - one.targets.length ||
      other.until - one.until,
  );
}

/** Seen last long before the others were. */
function isOver({ until }: Occurrence, last: number): boolean {
  return last - until > 3 * minuteMs;
}

/** Runs of a minute begin one after the other, in no order that means anything. */
function minuteOf(time: number): number {
  return Math.floor(time / minuteMs);
}

function foundIn({ time, line }: LoggedLine): readonly Found[] {
  if (line.type === 'finding') return [{ time, target: 'the monitor', finding: line.finding }];
  if (line.type !== 'outcome') return [];
  const unique = new Map(findingsOf(line).map((finding) => [finding.code, finding]));
  return [...unique.values()].map((finding) => ({ time, target: formatTarget(line), finding, outcome: line }));
}

function occurrenceOf(found: readonly Found[], lines: Evidence['lines']): Occurrence | undefined {
  const [first, last] = [found[0], found.at(-1)];
  if (!first || !last) return undefined;
  const byTarget = Object.entries(Object.groupBy(found, ({ target }) => target));
  const targets = byTarget.map(([target, seen = []]) => {
    const runs = lines.filter(
      ({ time, line }) => time >= first.time && line.type === 'outcome' && formatTarget(line) === target,
    );
    const outcomes = seen.flatMap(({ outcome }) => outcome ?? []);
    const youngest = outcomes.slice(-mostOutcomes).reverse();
    return { target, count: seen.length, outcomes: youngest, ...(outcomes.length > 0 && { runs: runs.length }) };
  });
  return {
    finding: last.finding,
    since: first.time,
    until: last.time,
    targets: targets.toSorted((one, other) => other.count - one.count),
  };
}
