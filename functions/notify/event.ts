import { type AlarmSubject, alarmSubject } from '../alarms/subject.ts';
import { asRecord, list, number, oneOf, parseJson, text } from './read.ts';

/** A change of an alarm that people hear of. */
export interface AlarmChange {
  readonly kind: 'rose' | 'recovered';
  readonly name: string;
  readonly subject: AlarmSubject;
  /** Milliseconds since the epoch. */
  readonly changedAt: number;
  /** How long before it the alarm looked: all its periods. */
  readonly lookBackMs: number;
  /** CloudWatch's own words, with the data points. */
  readonly reason: string;
}

/** What became of a record: a change to tell, one to keep silent about, or something that only a person can read. */
export type ReadRecord =
  | AlarmChange
  | { readonly kind: 'silent' }
  | { readonly kind: 'unreadable'; readonly raw: string; readonly why: string };

const states = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const;
const minuteMs = 60_000;

/**
 * Reads one record of an SNS event whose message is an alarm's change of state.
 *
 * An incident is one rise and one recovery. A rise out of INSUFFICIENT_DATA is one too: it is how an alarm begins that
 * is deployed in the midst of an outage. All other changes are silent.
 *
 * Trap: whatever cannot be read is told as it is, for a person to read. Nothing is dropped.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
 */
export function readRecord(record: unknown): ReadRecord {
  const { Message, Timestamp } = asRecord(asRecord(record).Sns);
  const unreadable = (why: string): ReadRecord => ({
    kind: 'unreadable',
    raw: typeof Message === 'string' ? Message : (JSON.stringify(record) ?? String(record)),
    why,
  });
  const alarm = asRecord(parseJson(Message));
  const name = text(alarm.AlarmName);
  if (name === undefined) return unreadable('it names no alarm');
  const subject = alarmSubject(name);
  if (!subject) return unreadable('the alarm is none of this monitor');
  const [state, before] = [alarm.NewStateValue, alarm.OldStateValue].map((value) => oneOf(states, value));
  if (!state) return unreadable('it tells no state');
  const changedAt = parseTime(alarm.StateChangeTime) ?? parseTime(Timestamp);
  if (changedAt === undefined) return unreadable('it tells no time');
  const kind = state === 'ALARM' ? 'rose' : 'recovered';
  const isTold = kind === 'rose' ? before !== 'ALARM' : state === 'OK' && before === 'ALARM';
  if (!isTold) return { kind: 'silent' };
  return {
    kind,
    name,
    subject,
    changedAt,
    lookBackMs: lookBackMs(alarm.Trigger),
    reason: text(alarm.NewStateReason, 500) ?? '',
  };
}

/** An alarm on an expression tells the periods with its metrics. Trap: CloudWatch may add one of no meaning beside. */
function lookBackMs(trigger: unknown): number {
  const { Period, EvaluationPeriods, Metrics } = asRecord(trigger);
  const periods = list(Metrics, (metric) => number(asRecord(asRecord(metric).MetricStat).Period));
  const seconds = Math.max(60, number(Period) ?? 0, ...periods);
  const lookBack = seconds * 1000 * Math.max(1, number(EvaluationPeriods) ?? 10);
  // Longer than any alarm of ours: only a message that is not to be trusted says so.
  return Math.min(lookBack, 24 * 60 * minuteMs);
}

function parseTime(value: unknown): number | undefined {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isFinite(time) ? time : undefined;
}
