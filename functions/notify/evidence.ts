import type { CloudWatch } from '../aws/clients.ts';
import type { AlarmSubject } from '../findings/alarm-subject.ts';
import type { LoggedLine, Window } from '../model/log-line.ts';
import { type Group, groups } from '../model/probe.ts';
import { asRecord, parseJson, text } from '../model/read.ts';
import type { Slo } from '../model/slo.ts';
import { formatClock, joinFirst } from '../model/text.ts';
import { within } from '../model/time-limit.ts';
import type { Firing } from '../state/incident-item.ts';
import { beginsBad, isExpected, type Kept, keptLines, lackingIn } from '../state/kept.ts';
import type { OrgChange } from '../state/org-changes.ts';
import type { Silence } from '../state/silent-orgs-item.ts';
import type { ErrorBudget } from './error-budget.ts';
import type { AlarmChange } from './event.ts';
import { readErrorBudget } from './read-error-budget.ts';

/** The evidence behind a message, apart from the alarm itself. */
export interface Evidence {
  /** In order of time. */
  readonly lines: readonly LoggedLine[];
  readonly windows: readonly Window[];
  /** For an alarm that fired before: when, and why. */
  readonly firing?: Firing;
  /** Whether the beginning of the incident is missing. */
  readonly isPartial?: boolean;
  /** The logs of the functions that the message is about. The monitor writes them and reads none: they are for people. */
  readonly logGroups: readonly string[];
  readonly gaps: readonly Gap[];
  /** The changes of the last hour in the org's System Log, if it is read. */
  readonly changes?: readonly OrgChange[];
  /** The org's service level objective, for an alarm about its error budget. */
  readonly slo?: Slo;
  readonly budget?: ErrorBudget;
  /** The orgs for which the alarm's group does not run. */
  readonly silent?: readonly Silence[];
}

/** The contents of the state table. */
export interface Known {
  /** Absent if the table could not be read: `gap` says why. */
  readonly kept?: Kept;
  readonly gap?: Gap;
  readonly firing?: Firing;
}

/** Evidence that could not be read, or that is not complete. */
export interface Gap {
  readonly kind: 'unreadable' | 'incomplete';
  /** For the reader. */
  readonly sentence: string;
  /** The log that may have the missing lines. */
  readonly logGroup?: string;
}

/** Where the evidence is that the state table does not have. */
export interface Sources {
  readonly cloudWatch: Pick<CloudWatch, 'describeAlarmHistory' | 'getMetricData'>;
  /** The log groups of the probe functions. */
  readonly logGroups: readonly string[];
  /** Ends the reading. The message then uses the evidence read so far. */
  readonly signal: AbortSignal;
}

const minuteMs = 60_000;

/** Points reach CloudWatch up to minutes late, and it looks further back than its periods when some are missing. */
const marginMs = 5 * minuteMs;

/** How far back a message about a silent org looks for its last run. */
const silenceMs = 30 * minuteMs;

/** Of a longer incident, only the beginning and the end are evidence. */
const longestWindowMs = 60 * minuteMs;

/** Okta's status page is read at least once an hour. */
const statusPageMs = 65 * minuteMs;

/** How long CloudWatch may take to answer a call. */
const callMs = 6_000;

const statusPage = 'status-page';

/**
 * Finds the probes' reports around an alarm's change, in the state table. It never throws: missing evidence becomes
 * a gap, which names the log that may have it, because a message with a gap is better than none.
 */
export async function gatherEvidence(change: AlarmChange, sources: Sources, known: Known): Promise<Evidence> {
  const { subject } = change;
  const gaps: Gap[] = known.gap ? [known.gap] : [];
  const kept = 'org' in subject ? known.kept : undefined;
  const logGroups = logGroupsFor(subject, sources.logGroups);
  const firing = known.firing ?? (change.kind === 'resolved' ? await readFiring(change, sources, gaps) : undefined);
  const wanted = windowsOf(change, firing);
  // The beginning of a long incident is known if people were told of it.
  const windows = firing?.since === undefined ? wanted : wanted.slice(-1);
  const slo = subject.kind === 'burn-rate' ? kept?.states.flows?.slo : undefined;
  const intervalMinutes = kept?.states.flows?.intervalMinutes ?? 1;
  const budget = slo && (await readBudget(change, slo, intervalMinutes, sources, gaps));
  const found = kept ? logGroups.map((logGroup) => fromTable(kept, logGroup, windows, firing)) : [];
  const inWindows = found.flatMap((each) => each.lines);
  const isEmpty = kept !== undefined && Object.keys(kept.states).length === 0;
  gaps.push(...(isEmpty ? [nothingKept(logGroups)] : found.flatMap((each) => each.gaps)));
  const lines = kept ? [...inWindows, ...linesBeside(kept, logGroups, windows, change, inWindows)] : inWindows;
  lines.sort((earlier, later) => earlier.time - later.time);
  const isPartial = windows.length < wanted.length || found.some((each) => each.isPartial);
  return {
    lines: withoutDuplicates(lines),
    windows,
    logGroups,
    gaps,
    ...(firing && { firing }),
    ...(kept && { changes: kept.changes }),
    ...(isPartial && { isPartial }),
    ...(slo && { slo }),
    ...(budget && { budget }),
    ...(subject.kind === 'group-not-running' && { silent: known.kept?.silences?.[subject.group] ?? [] }),
  };
}

/** Returns lines from outside the windows: the last reading of the status page, and the time before. */
function linesBeside(
  kept: Kept,
  logGroups: readonly string[],
  [first]: readonly Window[],
  { kind, changedAt }: AlarmChange,
  inWindows: readonly LoggedLine[],
): readonly LoggedLine[] {
  const during = (window: Window) => logGroups.flatMap((logGroup) => linesDuring(kept, logGroup, window));
  const pages = inWindows.some(isStatusPage)
    ? []
    : during({ from: changedAt - statusPageMs, to: changedAt }).filter(isStatusPage);
  // An alarm that was muted fired long ago, and reading the time before costs nothing.
  const before = kind === 'firing' ? during({ from: 0, to: (first?.from ?? 0) - 1 }) : [];
  return [...pages.slice(-1), ...before];
}

function isStatusPage({ line }: LoggedLine): boolean {
  return line.type === 'outcome' && line.probe === statusPage;
}

/** The group whose function writes a log. */
function groupOf(logGroup: string): Group | undefined {
  return groups.find((group) => logGroup.endsWith(`-${group}`));
}

function linesDuring(kept: Kept, logGroup: string, during: Window): readonly LoggedLine[] {
  const group = groupOf(logGroup);
  return group ? keptLines(kept, group, logGroup, during) : [];
}

interface FromTable {
  readonly lines: readonly LoggedLine[];
  readonly gaps: readonly Gap[];
  readonly isPartial: boolean;
}

/** Returns the lines that the table has of the runs of one log, and the gaps. */
function fromTable(kept: Kept, logGroup: string, windows: readonly Window[], firing: Firing | undefined): FromTable {
  const group = groupOf(logGroup);
  const state = group && kept.states[group];
  if (!group || !state) {
    const isMissing = group && isExpected(kept, group) !== false;
    return { lines: [], gaps: isMissing ? [lacking(`no run of ${group}`, logGroup)] : [], isPartial: false };
  }
  const lines = windows.flatMap((window) => linesDuring(kept, logGroup, window));
  const found = windows.map((window) => lackingIn(state, kept.org, window));
  const missing = found.flatMap(({ between }) => between);
  const times = missing.map(({ from, to }) => `from ${formatClock(from)} to ${formatClock(to)}`);
  const begins = found.find(({ beginsAt }) => beginsAt !== undefined)?.beginsAt;
  // Good runs are dropped first, so what came before a good run was good, unless all of the incident is gone.
  const isCut = begins !== undefined && (begins > (firing?.at ?? begins) || beginsBad(state, kept.org));
  const isToldAlready = firing?.since !== undefined;
  return {
    lines,
    gaps: [
      ...(times.length > 0 ? [lacking(`no run of ${group} ${joinFirst(times, mostTimes)}`, logGroup)] : []),
      ...(isCut && !isToldAlready ? [lacking(`no run of ${group} before ${formatClock(begins)}`, logGroup)] : []),
    ],
    isPartial: isToldAlready ? begins !== undefined : isCut,
  };
}

const mostTimes = 3;

function lacking(what: string, logGroup: string): Gap {
  return { kind: 'incomplete', sentence: `the state table has ${what}: see ${logGroup}`, logGroup };
}

function nothingKept([logGroup = 'the logs of the probes']: readonly string[]): Gap {
  return lacking('no run of this org', logGroup);
}

/** An alarm about an org is about all groups, one about a function about that function, and one about a notifier about none. */
function logGroupsFor(subject: AlarmSubject, logGroups: readonly string[]): readonly string[] {
  if ('org' in subject) return logGroups;
  return 'group' in subject ? logGroups.filter((name) => name.endsWith(`-${subject.group}`)) : [];
}

/** When runs show what changed an alarm: during all of its periods, and a little longer for late points. */
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

async function readBudget(
  { name, subject, changedAt }: AlarmChange,
  slo: Slo,
  intervalMinutes: number,
  { cloudWatch, signal }: Sources,
  gaps: Gap[],
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
    gaps.push({ kind: 'unreadable', sentence: `the error budget could not be read: ${nameOf(error, signal)}` });
    return undefined;
  }
}

/** When the alarm fired: the last change to ALARM in its history before it resolved. */
async function readFiring(
  { name, changedAt }: AlarmChange,
  { cloudWatch, signal }: Sources,
  gaps: Gap[],
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
    gaps.push({ kind: 'incomplete', sentence: "the alarm's history does not show when it fired" });
  } catch (error) {
    gaps.push({ kind: 'unreadable', sentence: `the alarm's history could not be read: ${nameOf(error, signal)}` });
  }
  return undefined;
}

/** Returns the error's name only: its message may quote a request. */
function nameOf(error: unknown, signal: AbortSignal): string {
  const name = error instanceof Error ? error.name : 'unknown error';
  return signal.aborted || name === 'AbortError' || name === 'TimeoutError' ? 'time ran out' : name;
}
