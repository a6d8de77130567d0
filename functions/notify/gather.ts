import { type CloudWatchClient, DescribeAlarmHistoryCommand } from '@aws-sdk/client-cloudwatch';
import { type CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { AlarmSubject } from '../alarms/subject.ts';
import type { AlarmChange } from './event.ts';
import { type Evidence, type Gap, type LoggedLine, timeOf, type Window, windowsOf } from './evidence.ts';
import { readLine } from './log.ts';
import { asRecord, parseJson, text } from './read.ts';

/** By what they say, so that each is told once. */
type Gaps = Map<string, Gap>;

/** Where the evidence is. */
export interface Sources {
  readonly logs: Pick<CloudWatchLogsClient, 'send'>;
  readonly cloudWatch: Pick<CloudWatchClient, 'send'>;
  /** The log groups of the probe functions. */
  readonly logGroups: readonly string[];
  /** Ends the reading. What was read by then is told. */
  readonly signal: AbortSignal;
}

/** A page is a megabyte at most. What more there is says the same again. */
const mostPages = 12;

/** Okta's status page is read once an hour at least. */
const statusMs = 65 * 60_000;

/**
 * Reads what the probes logged around an alarm's change. It never throws: what cannot be read is a gap of the evidence,
 * and a message with a gap is better than none.
 */
export async function gather(change: AlarmChange, sources: Sources): Promise<Evidence> {
  const { subject, changedAt } = change;
  const gaps: Gaps = new Map();
  const logGroups = groupsOf(subject, sources.logGroups);
  const firing = change.kind === 'recovered' ? await readRise(change, sources, gaps) : undefined;
  const windows = windowsOf(change, firing);
  const read = (pattern: string, stretches: readonly Window[]) =>
    Promise.all(
      logGroups.flatMap((group) => stretches.map((window) => readLog(group, pattern, window, sources, gaps))),
    ).then((found) => found.flat());
  const lines = await read(patternFor(subject), windows);
  if ('org' in subject && !lines.some(({ line }) => line.type === 'outcome' && line.probe === statusPage)) {
    const pattern = `{ $.org = ${JSON.stringify(subject.org)} && $.probe = "${statusPage}" }`;
    lines.push(...(await read(pattern, [{ from: changedAt - statusMs, to: changedAt }])));
  }
  lines.sort((one, other) => one.time - other.time);
  return { lines, windows, ...(firing && { firing }), logGroups, gaps: [...gaps.values()] };
}

const statusPage = 'status-page';
const crashed = ['timeout', 'error', 'failure'].map((status) => `$.record.status = "${status}"`).join(' || ');

function patternFor(subject: AlarmSubject): string {
  switch (subject.kind) {
    case 'findings':
    case 'probe':
      return `{ $.org = ${JSON.stringify(subject.org)} }`;
    case 'not-running':
      return `{ $.org = ${JSON.stringify(subject.org)} || ${crashed} }`;
    case 'monitor':
      return `{ $.type = "monitor-error" || ${crashed} }`;
    default:
      return subject satisfies never;
  }
}

/** An alarm on one function asks for that function's log, and one on messages for none: `flows-broken`. */
function groupsOf(subject: AlarmSubject, logGroups: readonly string[]): readonly string[] {
  if (subject.kind !== 'monitor') return logGroups;
  return logGroups.filter((name) => name.endsWith(`-${subject.id.split('-')[0]}`));
}

/** Trap: a page may hold nothing although more follow; only one without a token is the last. */
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
        note(gaps, 'lacking', `${logGroupName} was read in part: it holds too much`);
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
    note(gaps, 'refused', `${logGroupName} could not be read: ${nameOf(error, signal)}`);
  }
  return found;
}

/** When the alarm went up, by its history: the youngest change to ALARM before it recovered. */
async function readRise(
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
    note(gaps, 'lacking', 'the history of the alarm does not tell when it went up');
  } catch (error) {
    note(gaps, 'refused', `the history of the alarm could not be read: ${nameOf(error, signal)}`);
  }
  return undefined;
}

function note(gaps: Gaps, kind: Gap['kind'], sentence: string): void {
  gaps.set(sentence, { kind, sentence });
}

/** By its name alone: what an error says may quote what was sent. */
function nameOf(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return 'there was no time';
  return error instanceof Error ? error.name : 'unknown error';
}
