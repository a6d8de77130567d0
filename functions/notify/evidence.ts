import { setTimeout } from 'node:timers/promises';
import type { CloudWatch, CloudWatchLogs } from '../aws/clients.ts';
import type { AlarmSubject } from '../findings/alarm-subject.ts';
import { type Group, groups } from '../model/probe.ts';
import type { Slo } from '../model/slo.ts';
import { within } from '../runtime/deadline.ts';
import type { ErrorBudget } from './error-budget.ts';
import type { AlarmChange } from './event.ts';
import { isExpected, type Kept, keptLines, lackingIn } from './kept.ts';
import { type EvidenceLine, readLine } from './log.ts';
import type { OrgChange } from './org-changes.ts';
import { asRecord, parseJson, text } from './read.ts';
import { readErrorBudget } from './read-error-budget.ts';
import type { Silence } from './silent-orgs-item.ts';

/** What a message is made of, apart from the alarm itself. */
export interface Evidence {
  /** In order of time. */
  readonly lines: readonly LoggedLine[];
  readonly windows: readonly Window[];
  /** For an alarm that fired before: when, and why. */
  readonly firing?: Firing;
  /** Whether the beginning of the incident was not read, because it is known otherwise. */
  readonly isPartial?: boolean;
  /** The log groups that were read. */
  readonly logGroups: readonly string[];
  readonly gaps: readonly Gap[];
  /** What the org's System Log has of the last hour, if it is read. */
  readonly changes?: readonly OrgChange[];
  /** The org's service level objective and what is left of its error budget, for an alarm about it. */
  readonly slo?: Slo;
  readonly budget?: ErrorBudget;
  /** The orgs for which the alarm's group does not run. */
  readonly silent?: readonly Silence[];
}

/** When an alarm fired, and what people were told then. */
export interface Firing {
  readonly at: number;
  readonly reason?: string;
  /** When the problem began; absent if nobody was told. */
  readonly since?: number;
  readonly startObserved?: boolean;
  /** The code of the leading finding. */
  readonly code?: string;
}

/** What is known before the logs are read. */
export interface Known {
  /** Absent if there is no state table, or if it could not be read: `gap` says why. */
  readonly kept?: Kept;
  readonly gap?: Gap;
  readonly firing?: Firing;
}

/** One line of a log, and when it was logged. */
export interface LoggedLine<Line extends EvidenceLine = EvidenceLine> {
  /** The minute of the run's data points, in milliseconds since the epoch. */
  readonly time: number;
  readonly logGroup: string;
  readonly line: Line;
}

/** A period of time, in milliseconds since the epoch, both ends included. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** Evidence that could not be read, or that is not complete. */
export interface Gap {
  readonly kind: 'unreadable' | 'incomplete';
  /** For the reader. */
  readonly sentence: string;
}

/** Where the evidence is. */
export interface Sources {
  readonly logs: CloudWatchLogs;
  readonly cloudWatch: Pick<CloudWatch, 'describeAlarmHistory' | 'getMetricData'>;
  /** The log groups of the probe functions. */
  readonly logGroups: readonly string[];
  /** Ends the reading. The message is made of what was read by then. */
  readonly signal: AbortSignal;
}

const minuteMs = 60_000;

/** Points reach CloudWatch up to minutes late, and it looks further back than its periods when some are missing. */
const marginMs = 5 * minuteMs;

/** The timeout of a function is shorter. */
const longestRunMs = minuteMs;

/** A run that is later than this goes by its start. */
const mostLateMs = 6 * minuteMs;

/** How far back a message about a silent org looks for its last run. */
const silenceMs = 30 * minuteMs;

/** Of a longer incident, only the beginning and the end are read. */
const longestWindowMs = 60 * minuteMs;

/** Okta's status page is read at least once an hour. */
const statusPageMs = 65 * minuteMs;

/** A page is at most a megabyte. Further pages would only repeat what these contain. */
const mostPages = 12;

/** How long CloudWatch may take to answer a call. What else there is to read must still be read. */
const callMs = 6_000;

const statusPage = 'status-page';

/** By sentence, so that a message contains each only once. */
type Gaps = Map<string, Gap>;

/**
 * Finds what the probes logged around an alarm's change: in the state table, and in the logs what the table lacks. It
 * never throws: when something cannot be read, that becomes a gap, because a message with a gap is better than none.
 *
 * Trap: all notifiers together may read logs only a few times per second. So each reads one log after another.
 */
export async function gatherEvidence(change: AlarmChange, sources: Sources, known: Known = {}): Promise<Evidence> {
  const { subject, changedAt } = change;
  const gaps: Gaps = new Map(known.gap ? [[known.gap.sentence, known.gap]] : []);
  const kept = 'org' in subject ? known.kept : undefined;
  const logGroups = logGroupsFor(subject, sources.logGroups);
  const firing = known.firing ?? (change.kind === 'resolved' ? await readFiring(change, sources, gaps) : undefined);
  const wanted = windowsOf(change, firing);
  // The beginning of a long incident is known if people were told of it.
  const windows = firing?.since === undefined ? wanted : wanted.slice(-1);
  const slo = subject.kind === 'burn-rate' ? kept?.states.flows?.slo : undefined;
  // Beside the logs, which may take all the time that there is.
  const budgetReading = slo && readBudget(change, slo, kept?.states.flows?.intervalMinutes ?? 1, sources, gaps);
  const found = logGroups.map((logGroup) => fromTable(kept, logGroup, windows, firing));
  const lines = found.flatMap((each) => each.lines);
  for (const [index, logGroup] of logGroups.entries()) {
    for (const window of found[index]?.lacking ?? []) {
      lines.push(...(await readLog(logGroup, patternFor(subject), window, sources, gaps)));
    }
  }
  if ('org' in subject && !lines.some(({ line }) => isStatusPage(line))) {
    const during = { from: changedAt - statusPageMs, to: changedAt };
    for (const logGroup of logGroups.filter((name) => groupOf(name) === 'status')) {
      const last = fromTable(kept, logGroup, [during], firing).lines.findLast(({ line }) => isStatusPage(line));
      const pattern = `{ $.org = ${JSON.stringify(subject.org)} && $.probe = "${statusPage}" }`;
      const isKnown = last || (kept && isExpected(kept, 'status') === false);
      lines.push(...(last ? [last] : isKnown ? [] : await readLog(logGroup, pattern, during, sources, gaps)));
    }
  }
  // An alarm that was muted fired long ago. What the table has of the time before costs nothing.
  if (kept && change.kind === 'firing') lines.push(...linesBefore(kept, logGroups, windows));
  lines.sort((one, other) => one.time - other.time);
  const budget = await budgetReading;
  const isPartial = windows.length < wanted.length || found.some((each) => each.isPartial);
  return {
    ...{ lines: withoutDuplicates(lines), windows, logGroups, gaps: [...gaps.values()] },
    ...(firing && { firing }),
    ...(kept && { changes: kept.changes }),
    ...(isPartial && { isPartial }),
    ...(slo && { slo }),
    ...(budget && { budget }),
    ...(subject.kind === 'group-not-running' && { silent: known.kept?.silences?.[subject.group] ?? [] }),
  };
}

function isStatusPage(line: EvidenceLine): boolean {
  return line.type === 'outcome' && line.probe === statusPage;
}

/** The group whose function writes a log. */
function groupOf(logGroup: string): Group | undefined {
  return groups.find((group) => logGroup.endsWith(`-${group}`));
}

interface FromTable {
  readonly lines: readonly LoggedLine[];
  /** What must be read from the log. */
  readonly lacking: readonly Window[];
  readonly isPartial: boolean;
}

/** All that the table has of the time before these windows. */
function linesBefore(kept: Kept, logGroups: readonly string[], [first]: readonly Window[]): readonly LoggedLine[] {
  if (!first) return [];
  return logGroups.flatMap((logGroup) => {
    const group = groupOf(logGroup);
    return group ? keptLines(kept, group, logGroup, { from: 0, to: first.from - 1 }) : [];
  });
}

/** What the table has instead of a log. */
function fromTable(
  kept: Kept | undefined,
  logGroup: string,
  windows: readonly Window[],
  firing: Firing | undefined,
): FromTable {
  const group = groupOf(logGroup);
  if (!kept || !group) return { lines: [], lacking: windows, isPartial: false };
  const state = kept.states[group];
  if (!state) return { lines: [], lacking: isExpected(kept, group) === false ? [] : windows, isPartial: false };
  const lacking = windows.map((window) => lackingIn(state, kept.org, window));
  const isKnown = firing?.since !== undefined;
  return {
    lines: windows.flatMap((window) => keptLines(kept, group, logGroup, window)),
    lacking: lacking.flatMap(({ before, between }) => [...(before && !isKnown ? [before] : []), ...between]),
    isPartial: isKnown && lacking.some(({ before }) => before !== undefined),
  };
}

/** An alarm about an org needs all logs, one about a function that function's log, and one about a notifier none. */
function logGroupsFor(subject: AlarmSubject, logGroups: readonly string[]): readonly string[] {
  if ('org' in subject) return logGroups;
  return 'group' in subject ? logGroups.filter((name) => name.endsWith(`-${subject.group}`)) : [];
}

function patternFor(subject: AlarmSubject): string {
  const crashed = ['timeout', 'error', 'failure'].map((status) => `$.record.status = "${status}"`);
  if (!('org' in subject)) return `{ ${['$.type = "monitor-error"', ...crashed].join(' || ')} }`;
  const ofOrg = `$.org = ${JSON.stringify(subject.org)}`;
  return `{ ${[ofOrg, ...(subject.kind === 'not-running' ? crashed : [])].join(' || ')} }`;
}

/** When the log shows what changed an alarm: during all of its periods, and a little longer for late points. */
export function windowsOf(
  { changedAt, lookBackMs, subject }: AlarmChange,
  firing?: Evidence['firing'],
): readonly Window[] {
  const before = Math.max(lookBackMs, subject.kind === 'not-running' ? silenceMs : 0) + marginMs;
  const around = (time: number): Window => ({ from: time - before, to: time + minuteMs });
  const last = around(changedAt);
  if (!firing) return [last];
  const first = around(Math.min(firing.at, changedAt));
  return last.from - first.to <= longestWindowMs ? [{ from: first.from, to: last.to }] : [first, last];
}

/**
 * The time of a line: the minute that its run was due in, which is also the time of the alarm's datapoint. Without a
 * schedule, the run's start. If that is far from the time at which CloudWatch received the line, then that time.
 *
 * A line is written when its run ends. If the run's clock is wrong, or a simulation has set it, its time must not split
 * an incident: the alarm goes by CloudWatch's time.
 */
export function timeOf(line: EvidenceLine, timestamp: number): number {
  if (!('at' in line)) return timestamp;
  const [startedAt, due] = [Date.parse(line.at), Date.parse(line.due ?? '')];
  if (!(Math.abs(timestamp - startedAt) <= longestRunMs)) return timestamp;
  return Math.abs(startedAt - due) <= mostLateMs ? due : startedAt;
}

/** The lines without those of a run that was the second one of the same event: it says the same of the same minute. */
function withoutDuplicates(lines: readonly LoggedLine[]): readonly LoggedLine[] {
  const first = new Map<string, string>();
  return lines.filter(({ line }) => {
    if (!('at' in line) || line.executionId === undefined) return true;
    const { at, executionId } = line;
    if (!first.has(executionId)) first.set(executionId, at);
    return first.get(executionId) === at;
  });
}

/** Trap: a page may be empty although more follow. Only a page without a token is the last. */
async function readLog(
  logGroupName: string,
  filterPattern: string,
  { from, to }: Window,
  { logs, signal }: Sources,
  gaps: Gaps,
): Promise<readonly LoggedLine[]> {
  const found: LoggedLine[] = [];
  try {
    let nextToken: string | undefined;
    for (let page = 1; page === 1 || nextToken !== undefined; page++) {
      if (page > mostPages) {
        note(gaps, 'incomplete', `only part of ${logGroupName} was read: it has too many matching lines`);
        break;
      }
      const input = { logGroupName, filterPattern, startTime: from, endTime: to, nextToken };
      const answer = await unlessThrottled(
        () => logs.filterLogEvents(input, { abortSignal: within(callMs, signal) }),
        signal,
      );
      for (const { message, timestamp = from } of answer.events ?? []) {
        const line = readLine(message);
        if (line) found.push({ time: timeOf(line, timestamp), logGroup: logGroupName, line });
      }
      ({ nextToken } = answer);
    }
  } catch (error) {
    note(gaps, 'unreadable', `${logGroupName} could not be read: ${nameOf(error, signal)}`);
  }
  return found;
}

/** Between two tries of a throttled request: at random, so that notifiers that wait do not all come back at once. */
const [shortestWaitMs, longestWaitMs] = [300, 3_000];

/** Repeats a request that is throttled until the time is up. Throws its error then. */
async function unlessThrottled<Answer>(request: () => Promise<Answer>, signal: AbortSignal): Promise<Answer> {
  for (let wait = shortestWaitMs; ; wait = Math.min(2 * wait, longestWaitMs)) {
    try {
      return await request();
    } catch (error) {
      if (!(error instanceof Error && error.name === 'ThrottlingException')) throw error;
      await setTimeout(wait * (0.5 + Math.random()), undefined, { signal });
    }
  }
}

async function readBudget(
  { name, subject, changedAt }: AlarmChange,
  slo: Slo,
  intervalMinutes: number,
  { cloudWatch, signal }: Sources,
  gaps: Gaps,
): Promise<ErrorBudget | undefined> {
  const [deployment = ''] = name.split('/');
  const org = { name: 'org' in subject ? subject.org : '', deployment };
  try {
    return await readErrorBudget({
      cloudWatch,
      org,
      slo,
      intervalMinutes,
      at: changedAt,
      signal: within(callMs, signal),
    });
  } catch (error) {
    note(gaps, 'unreadable', `the error budget could not be read: ${nameOf(error, signal)}`);
    return undefined;
  }
}

/** When the alarm fired: the last change to ALARM in its history before it resolved. */
async function readFiring(
  { name, changedAt }: AlarmChange,
  { cloudWatch, signal }: Sources,
  gaps: Gaps,
): Promise<Evidence['firing']> {
  try {
    const { AlarmHistoryItems = [] } = await cloudWatch.describeAlarmHistory(
      {
        ...{ AlarmName: name, HistoryItemType: 'StateUpdate', ScanBy: 'TimestampDescending' },
        ...{ EndDate: new Date(changedAt), MaxRecords: 100 },
      },
      { abortSignal: within(callMs, signal) },
    );
    for (const { Timestamp, HistoryData } of AlarmHistoryItems) {
      const { stateValue, stateReason } = asRecord(asRecord(parseJson(HistoryData)).newState);
      if (Timestamp && stateValue === 'ALARM') {
        return { at: Timestamp.getTime(), reason: text(stateReason, 500) };
      }
    }
    note(gaps, 'incomplete', "the alarm's history does not show when it fired");
  } catch (error) {
    note(gaps, 'unreadable', `the alarm's history could not be read: ${nameOf(error, signal)}`);
  }
  return undefined;
}

function note(gaps: Gaps, kind: Gap['kind'], sentence: string): void {
  gaps.set(sentence, { kind, sentence });
}

/** The error's name only: its message may quote what was sent. */
function nameOf(error: unknown, signal: AbortSignal): string {
  const name = error instanceof Error ? error.name : 'unknown error';
  return signal.aborted || name === 'AbortError' || name === 'TimeoutError' ? 'time ran out' : name;
}
