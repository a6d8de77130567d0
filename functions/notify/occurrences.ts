import type { AlarmSubject } from '../findings/alarm-subject.ts';
import type { Finding } from '../model/finding.ts';
import type { LoggedLine, LogLine } from '../model/log-line.ts';
import { findingsOf } from '../model/outcome.ts';
import type { Slo } from '../model/slo.ts';
import { formatTarget } from '../model/target.ts';
import type { AlarmChange } from './event.ts';
import type { Evidence } from './evidence.ts';

/** One finding, at all targets that show it and in all runs that report it. */
export interface Occurrence {
  /** As reported last at the first target. */
  readonly finding: Finding;
  /** The keys of all targets where it is a notice: see `Finding.once`. One target may report each run what another tells once. */
  readonly once: readonly string[];
  /** When it was reported first and last, in milliseconds since the epoch. */
  readonly since: number;
  readonly until: number;
  /** The most affected first. */
  readonly targets: readonly AffectedTarget[];
}

export interface AffectedTarget {
  readonly target: string;
  /** How many runs reported it. */
  readonly count: number;
  /** How many runs there were here since it was first reported anywhere; unknown for a finding about the run itself. */
  readonly runs?: number;
  /** The most recent outcomes that show it, the last first. */
  readonly outcomes: readonly LogLine[];
}

/** Whether every cause of the alarm is announced only once. */
export function isNotice(occurrences: readonly Occurrence[]): boolean {
  return occurrences.length > 0 && occurrences.every(({ finding }) => finding.once !== undefined);
}

const mostOutcomes = 3;
const minuteMs = 60_000;

interface Found {
  readonly time: number;
  readonly target: string;
  readonly finding: Finding;
  readonly outcome?: LogLine;
}

type IsRelevant = (finding: Finding, outcome?: LogLine) => boolean;

/** The findings that made an alarm fire, the leading one first. */
export function alarmOccurrences(alarm: AlarmChange, evidence: Evidence): readonly Occurrence[] {
  const isRelevant = relevantTo(alarm.subject, evidence.slo);
  const lines = linesOfIncident(alarm, evidence, isRelevant);
  const { firing } = evidence;
  const { news } = alarm;
  const occurrences = occurrencesIn(lines, isRelevant);
  if (!firing && news === undefined) return occurrences;
  // The finding that led when the alarm fired also leads when it resolves, so that both messages have the same name.
  const whenFiring = occurrencesIn(
    lines.filter(({ time }) => time <= (firing?.at ?? alarm.changedAt)),
    isRelevant,
  );
  const code = news ?? firing?.code ?? whenFiring[0]?.finding.code;
  return occurrences.toSorted((one, other) => Number(other.finding.code === code) - Number(one.finding.code === code));
}

/** Which findings make an alarm fire. */
export function relevantTo(subject: AlarmSubject, slo?: Slo): IsRelevant {
  if (subject.kind === 'burn-rate') {
    return ({ domain, severity }) => severity === 'page' && (slo?.domains.includes(domain) ?? true);
  }
  if ('domain' in subject) {
    return ({ domain, severity }) => domain === subject.domain && severity === subject.severity;
  }
  if ('probe' in subject) return (_, outcome) => outcome?.probe === subject.probe && outcome.status === 'failed';
  return () => false;
}

/**
 * The lines of this incident only. The log that was read may begin during the previous incident, which ended when there
 * was no bad run for as long as the alarm looks back.
 */
export function linesOfIncident(
  alarm: AlarmChange,
  { lines, firing }: Pick<Evidence, 'lines' | 'firing'>,
  isRelevant: IsRelevant,
): readonly LoggedLine[] {
  const firedAt = firing?.at ?? alarm.changedAt;
  const isBad = (line: LoggedLine) => foundIn(line).some(({ finding, outcome }) => isRelevant(finding, outcome));
  const bad = lines.filter((line) => line.time <= firedAt && isBad(line)).map(({ time }) => time);
  const restart = bad.findLastIndex((time, at) => time - (bad[at - 1] ?? time) >= alarm.lookBackMs);
  const beginning = bad[restart] ?? Number.NEGATIVE_INFINITY;
  return lines.filter(({ time }) => time >= beginning);
}

/** The relevant findings of some lines by code, the leading one first. */
export function occurrencesIn(lines: readonly LoggedLine[], isRelevant: IsRelevant): readonly Occurrence[] {
  const found = lines.flatMap(foundIn).filter(({ finding, outcome }) => isRelevant(finding, outcome));
  const byCode = Object.values(Object.groupBy(found, ({ finding }) => finding.code));
  const occurrences = byCode.flatMap((each = []) => occurrenceOf(each, lines) ?? []);
  const last = Math.max(...occurrences.map(({ until }) => until));
  return occurrences.toSorted(
    (one, other) =>
      // A finding that ended before the others was a separate problem, even if it came first.
      Number(endedEarly(one, last)) - Number(endedEarly(other, last)) ||
      minuteOf(one.since) - minuteOf(other.since) ||
      other.targets.length - one.targets.length ||
      other.until - one.until,
  );
}

function endedEarly({ until }: Occurrence, last: number): boolean {
  return last - until > 3 * minuteMs;
}

/** The order of runs within a minute means nothing. */
function minuteOf(time: number): number {
  return Math.floor(time / minuteMs);
}

function isOrg(target: string): boolean {
  return target === 'organization';
}

function foundIn({ time, line }: LoggedLine): readonly Found[] {
  if (line.type === 'finding') return [{ time, target: formatTarget({}), finding: line.finding }];
  if (line.type !== 'outcome') return [];
  // The same may be a ticket of one thing and a page of another.
  const unique = new Map(findingsOf(line).map((finding) => [`${finding.code} ${finding.severity}`, finding]));
  return [...unique.values()].map((finding) => ({ time, target: formatTarget(line), finding, outcome: line }));
}

function occurrenceOf(found: readonly Found[], lines: readonly LoggedLine[]): Occurrence | undefined {
  const [first, last] = [found[0], found.at(-1)];
  if (!first || !last) return undefined;
  const byTarget = Object.entries(Object.groupBy(found, ({ target }) => target));
  const targets = byTarget.map(([target, seen = []]) => {
    const runs = lines.filter(
      ({ time, line }) => time >= first.time && line.type === 'outcome' && formatTarget(line) === target,
    );
    const outcomes = seen.flatMap(({ outcome }) => outcome ?? []);
    const recent = outcomes.slice(-mostOutcomes).reverse();
    return { target, count: seen.length, outcomes: recent, ...(outcomes.length > 0 && { runs: runs.length }) };
  });
  // The probe of the org itself comes before others that fail as often: they may fail because of it.
  const sorted = targets.toSorted(
    (one, other) => other.count - one.count || Number(isOrg(other.target)) - Number(isOrg(one.target)),
  );
  const lastAt = (target?: string) => found.findLast((each) => each.target === target)?.finding;
  return {
    finding: lastAt(sorted[0]?.target) ?? last.finding,
    once: sorted.flatMap(({ target }) => lastAt(target)?.once ?? []),
    since: first.time,
    until: last.time,
    targets: sorted,
  };
}
