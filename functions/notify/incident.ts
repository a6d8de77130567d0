import type { Route } from '../alarms/subject.ts';
import { formatTarget } from '../model/target.ts';
import type { LogLine } from '../runtime/log.ts';
import type { AlarmChange } from './event.ts';
import type { Evidence } from './evidence.ts';
import { latestOutcomes } from './latest-outcomes.ts';
import { type Meaning, meaningOf } from './meaning.ts';
import { type MonitorError, monitorErrorsIn } from './monitor-errors.ts';
import { type Occurrence, occurrencesIn } from './occurrences.ts';
import { type OktaStatus, oktaStatusIn } from './okta-status.ts';
import { alarmOccurrences } from './watched.ts';

/** Where messages link to, and whom they are for. */
export interface Links {
  readonly route: Route;
  /** What a link to the runbook begins with. */
  readonly runbook: string;
  readonly dashboard: string;
}

/** What a change of an alarm means, as the evidence shows it: everything that a message says, in no format yet. */
export interface Incident extends Meaning {
  readonly alarm: AlarmChange;
  readonly org?: string;
  /** What the alarm watches, the one that leads first. */
  readonly occurrences: readonly Occurrence[];
  /** What else was found in the org at the time of a rise, and somebody must act on. */
  readonly related: readonly Occurrence[];
  /** Milliseconds since the epoch. A recovery's `until` is the last time that it was seen. */
  readonly since: number;
  readonly until: number;
  /** Whether the log shows that it was not there before `since`. */
  readonly startObserved: boolean;
  /** Places where it was and that pass again, once it is over. */
  readonly passingAgain: readonly string[];
  /** Other places that passed when they were last asked. Before it began says nothing. */
  readonly stillPassing: readonly string[];
  /** Places that failed when they were last asked, and why, once it is over. */
  readonly stillFailing: readonly string[];
  /** Places that were not asked, by why. */
  readonly skipped: Readonly<Record<string, readonly string[]>>;
  readonly oktaStatus?: OktaStatus;
  readonly monitorErrors: readonly MonitorError[];
  /** When each log group last told of the org; undefined where it did not, as far as it was read. */
  readonly lastLogAt: Readonly<Record<string, number | undefined>>;
  /** Whether the log was read without a hole between `since` and `until`, so that runs can be counted. */
  readonly isComplete: boolean;
  /** What could not be read, in words for the reader. */
  readonly gaps: readonly string[];
}

/** Makes sense of the evidence around an alarm's change. */
export function incidentOf(alarm: AlarmChange, evidence: Evidence): Incident {
  const { subject, kind, changedAt } = alarm;
  const occurrences = alarmOccurrences(alarm, evidence);
  const [lead] = occurrences;
  const isOver = kind === 'recovered';
  const seen = occurrences.map(({ until }) => until);
  const began = lead?.since ?? (evidence.firing?.at ?? changedAt) - alarm.lookBackMs;
  const lines = evidence.lines.filter(({ time }) => time >= began);
  const latest = [...latestOutcomes(lines)].filter(([, { probe }]) => probe !== 'status-page');
  const affected = new Set(occurrences.flatMap(({ targets }) => targets.map(({ target }) => target)));
  const passing = latest.filter(([, { status }]) => status === 'passed');
  return {
    alarm,
    ...('org' in subject && { org: subject.org, oktaStatus: oktaStatusIn(evidence) }),
    ...meaningOf(subject, lead?.finding),
    occurrences,
    related: isOver ? [] : relatedTo(lines, occurrences, alarm),
    since: lead?.since ?? evidence.firing?.at ?? changedAt,
    until: isOver && seen.length > 0 ? Math.max(...seen) : changedAt,
    startObserved: !lead || lead.targets.some(({ target }) => wasAskedBefore(target, lead.since, evidence)),
    passingAgain: isOver ? passing.flatMap(([place]) => (affected.has(place) ? [place] : [])) : [],
    stillPassing: passing.flatMap(([place, outcome]) => (affected.has(place) ? [] : [inWords(place, outcome)])),
    stillFailing: isOver ? latest.flatMap(ailment) : [],
    skipped: skippedPlaces(latest),
    monitorErrors: monitorErrorsIn(evidence),
    lastLogAt: heardIn(evidence),
    isComplete: evidence.windows.length === 1,
    gaps: evidence.gaps.map(({ sentence }) => sentence),
  };
}

type PlaceOutcome = readonly [place: string, outcome: LogLine];

/** Other findings of the org that are told of: perhaps the same cause, seen from another side. */
function relatedTo(
  lines: Evidence['lines'],
  sightings: readonly Occurrence[],
  { subject }: AlarmChange,
): readonly Occurrence[] {
  if (!('org' in subject)) return [];
  const known = new Set(sightings.map(({ finding }) => finding.code));
  return occurrencesIn(lines, ({ code, severity }) => severity !== 'info' && !known.has(code));
}

function wasAskedBefore(place: string, time: number, { lines }: Evidence): boolean {
  return lines.some((seen) => seen.time < time && seen.line.type === 'outcome' && formatTarget(seen.line) === place);
}

function inWords(place: string, { retriedAfter }: LogLine): string {
  return retriedAfter === undefined ? place : `${place} (at the second try, after ${retriedAfter})`;
}

function ailment([place, outcome]: PlaceOutcome): readonly string[] {
  return outcome.status === 'failed' ? [`${place}: ${outcome.finding.code}`] : [];
}

function skippedPlaces(latest: readonly PlaceOutcome[]): Incident['skipped'] {
  const skipped = latest.flatMap(([place, outcome]) =>
    outcome.status === 'skipped' ? [{ place, because: outcome.because }] : [],
  );
  const byReason = Object.entries(Object.groupBy(skipped, ({ because }) => because));
  return Object.fromEntries(byReason.map(([because, places = []]) => [because, places.map(({ place }) => place)]));
}

function heardIn({ lines, logGroups }: Evidence): Incident['lastLogAt'] {
  const last = (logGroup: string) =>
    lines.findLast(({ line, ...seen }) => line.type === 'outcome' && seen.logGroup === logGroup)?.time;
  return Object.fromEntries(logGroups.map((logGroup) => [logGroup, last(logGroup)]));
}
