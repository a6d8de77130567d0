import { createHash } from 'node:crypto';
import type { AlarmSubject } from '../findings/alarm-subject.ts';
import { alarmSubject } from '../findings/alarm-subject.ts';
import type { DrillFacts } from '../model/log-line.ts';
import { asRecord, list, number, oneOf, parseJson, text } from '../model/read.ts';

/** Another message about an alarm that fires: it fails again, something else is to be told, or it still fails. */
export const repetitions = ['again', 'also', 'reminder'] as const;

export type Repetition = (typeof repetitions)[number];

/** A change of an alarm that people are notified of. */
export interface AlarmChange {
  readonly kind: 'firing' | 'resolved';
  readonly name: string;
  readonly subject: AlarmSubject;
  /** Milliseconds since the epoch. */
  readonly changedAt: number;
  /** The time that all of the alarm's periods cover together. */
  readonly lookBackMs: number;
  /** CloudWatch's own explanation, with the datapoints. */
  readonly reason: string;
  /** CloudWatch's document, for receivers that expect one. */
  readonly document: Readonly<Record<string, unknown>>;
  /** The alarm's state before. */
  readonly before?: (typeof states)[number];
  /** How many bad periods make the alarm fire. */
  readonly runsToAlarm?: number;
  /** Why a message about a firing alarm is not the first one. */
  readonly repeats?: Repetition;
  /** The finding that the message is about, if it is not the one that made the alarm fire. */
  readonly news?: string;
  /** A remark for the reader, in a sentence or two. */
  readonly note?: string;
  /** A drill without a real problem. */
  readonly drill?: DrillFacts;
}

/** The contents of a record: a change to announce, a change to ignore, or text that only a person can interpret. */
export type ReadRecord =
  | AlarmChange
  | { readonly kind: 'ignored' }
  | {
      readonly kind: 'unreadable';
      readonly raw: string;
      readonly why: string;
      /** The same if SNS or Lambda repeats the event. */
      readonly id: string;
    };

const states = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const;
const minuteMs = 60_000;

/** A composite alarm has no periods. What burns the budget did so within the last hour, or it would not fire now. */
const burnLookBackMs = 60 * minuteMs;

/**
 * Reads one record of an SNS event whose message is an alarm's change of state.
 *
 * Ignores a change to INSUFFICIENT_DATA. For other changes, earlier messages decide whether people are notified: see
 * `decide`.
 *
 * Trap: a record that cannot be read is passed on as it is, for a person to read. Nothing is dropped.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
 */
export function readRecord(record: unknown, deployment?: string): ReadRecord {
  const { Message, MessageId, Timestamp } = asRecord(asRecord(record).Sns);
  const unreadable = (why: string): ReadRecord => {
    const raw = typeof Message === 'string' ? Message : (JSON.stringify(record) ?? String(record));
    const id = createHash('sha256').update(JSON.stringify([MessageId, Timestamp, raw]));
    return { kind: 'unreadable', raw, why, id: id.digest('hex') };
  };
  const alarm = asRecord(parseJson(Message));
  const name = text(alarm.AlarmName);
  if (name === undefined) return unreadable('the message does not name an alarm');
  const subject = alarmSubject(name, deployment);
  if (!subject) return unreadable('the alarm is not one of this monitor');
  const [state, before] = [alarm.NewStateValue, alarm.OldStateValue].map((value) => oneOf(states, value));
  if (!state) return unreadable('the message does not contain a valid state');
  const changedAt = parseTime(alarm.StateChangeTime) ?? parseTime(Timestamp);
  if (changedAt === undefined) return unreadable('the message does not say when the alarm changed');
  if (state === 'INSUFFICIENT_DATA') return { kind: 'ignored' };
  const runsToAlarm = number(asRecord(alarm.Trigger).DatapointsToAlarm);
  return {
    kind: state === 'ALARM' ? 'firing' : 'resolved',
    name,
    subject,
    changedAt,
    lookBackMs: subject.kind === 'burn-rate' ? burnLookBackMs : lookBackMs(alarm.Trigger),
    reason: text(alarm.NewStateReason, 500) ?? '',
    document: alarm,
    ...(before && { before }),
    ...(runsToAlarm !== undefined && { runsToAlarm }),
  };
}

/** Trap: for an alarm on an expression the periods are those of its metrics. CloudWatch may add a meaningless one. */
function lookBackMs(trigger: unknown): number {
  const { Period, EvaluationPeriods, Metrics } = asRecord(trigger);
  const periods = list(Metrics, (metric) => number(asRecord(asRecord(metric).MetricStat).Period));
  const seconds = Math.max(60, number(Period) ?? 0, ...periods);
  const lookBack = seconds * 1000 * Math.max(1, number(EvaluationPeriods) ?? 10);
  // No alarm of ours looks back further: the message cannot be trusted.
  return Math.min(lookBack, 24 * 60 * minuteMs);
}

function parseTime(value: unknown): number | undefined {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isFinite(time) ? time : undefined;
}
