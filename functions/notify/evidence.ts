import { type CloudWatchClient, DescribeAlarmHistoryCommand } from '@aws-sdk/client-cloudwatch';
import { type CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { AlarmSubject } from '../alarms/subject.ts';
import type { AlarmChange } from './event.ts';
import { type EvidenceLine, readLine } from './log.ts';
import { asRecord, parseJson, text } from './read.ts';

/** What a message is made of, apart from the alarm itself. */
export interface Evidence {
  /** In order of time. */
  readonly lines: readonly LoggedLine[];
  readonly windows: readonly Window[];
  /** For an alarm that has resolved: when it fired, and why. */
  readonly firing?: { readonly at: number; readonly reason?: string };
  /** The log groups that were read. */
  readonly logGroups: readonly string[];
  readonly gaps: readonly Gap[];
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
  readonly logs: Pick<CloudWatchLogsClient, 'send'>;
  readonly cloudWatch: Pick<CloudWatchClient, 'send'>;
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

const statusPage = 'status-page';

/** By sentence, so that a message contains each only once. */
type Gaps = Map<string, Gap>;

/**
 * Reads what the probes logged around an alarm's change. It never throws: when something cannot be read, that becomes a
 * gap, because a message with a gap is better than none.
 */
export async function gatherEvidence(change: AlarmChange, sources: Sources): Promise<Evidence> {
  const { subject, changedAt } = change;
  const gaps: Gaps = new Map();
  const logGroups = logGroupsFor(subject, sources.logGroups);
  const firing = change.kind === 'resolved' ? await readFiring(change, sources, gaps) : undefined;
  const windows = windowsOf(change, firing);
  const read = (pattern: string, during: readonly Window[]) =>
    Promise.all(
      logGroups.flatMap((group) => during.map((window) => readLog(group, pattern, window, sources, gaps))),
    ).then((found) => found.flat());
  const lines = await read(patternFor(subject), windows);
  if ('org' in subject && !lines.some(({ line }) => line.type === 'outcome' && line.probe === statusPage)) {
    const pattern = `{ $.org = ${JSON.stringify(subject.org)} && $.probe = "${statusPage}" }`;
    lines.push(...(await read(pattern, [{ from: changedAt - statusPageMs, to: changedAt }])));
  }
  lines.sort((one, other) => one.time - other.time);
  return { lines: withoutDuplicates(lines), windows, ...(firing && { firing }), logGroups, gaps: [...gaps.values()] };
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
      const answer = await logs.send(
        new FilterLogEventsCommand({ logGroupName, filterPattern, startTime: from, endTime: to, nextToken }),
        { abortSignal: signal },
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

/** When the alarm fired: the last change to ALARM in its history before it resolved. */
async function readFiring(
  { name, changedAt }: AlarmChange,
  { cloudWatch, signal }: Sources,
  gaps: Gaps,
): Promise<Evidence['firing']> {
  try {
    const { AlarmHistoryItems = [] } = await cloudWatch.send(
      new DescribeAlarmHistoryCommand({
        ...{ AlarmName: name, HistoryItemType: 'StateUpdate', ScanBy: 'TimestampDescending' },
        ...{ EndDate: new Date(changedAt), MaxRecords: 100 },
      }),
      { abortSignal: signal },
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
  if (signal.aborted) return 'time ran out';
  return error instanceof Error ? error.name : 'unknown error';
}
