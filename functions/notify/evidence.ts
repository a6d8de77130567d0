import type { AlarmChange } from './event.ts';
import type { EvidenceLine } from './log.ts';

/** One line of a log, and when it was. */
export interface LoggedLine<Line extends EvidenceLine = EvidenceLine> {
  /** Milliseconds since the epoch: when the run began. */
  readonly time: number;
  /** The log group that it stands in. */
  readonly logGroup: string;
  readonly line: Line;
}

/** A stretch of time, in milliseconds since the epoch, both ends included. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** What could not be read: evidence that was refused, or that is not there. */
export interface Gap {
  readonly kind: 'refused' | 'lacking';
  /** For the reader. */
  readonly sentence: string;
}

/** All that a message is made of besides the alarm itself. */
export interface Evidence {
  /** In the order of time. */
  readonly lines: readonly LoggedLine[];
  readonly windows: readonly Window[];
  /** When an alarm that has recovered rose, and why. */
  readonly firing?: { readonly at: number; readonly reason?: string };
  /** The log groups that were asked for. */
  readonly logGroups: readonly string[];
  readonly gaps: readonly Gap[];
}

const minuteMs = 60_000;

/** Points reach CloudWatch up to minutes late, and it looks further back than its periods when some are missing. */
const marginMs = 5 * minuteMs;

/** A function is given less. */
const longestRunMs = minuteMs;

/** The log from which a message about an org can tell when it was last heard of. */
const silenceMs = 30 * minuteMs;

/** Of a longer incident, only how it began and how it ended is read. */
const wholeMs = 60 * minuteMs;

/** Where the log has what made an alarm change: all its periods and what may have come late. */
export function windowsOf(
  { changedAt, lookBackMs, subject }: AlarmChange,
  rise?: Evidence['firing'],
): readonly Window[] {
  const before = Math.max(lookBackMs, subject.kind === 'not-running' ? silenceMs : 0) + marginMs;
  const around = (time: number): Window => ({ from: time - before, to: time + minuteMs });
  const now = around(changedAt);
  if (!rise) return [now];
  const then = around(Math.min(rise.at, changedAt));
  return now.from - then.to <= wholeMs ? [{ from: then.from, to: now.to }] : [then, now];
}

/**
 * When a line was: the run's own time, unless that is far from when the log took it.
 *
 * A line is written when its run ends. A clock that is wrong, or that a rehearsal has set, must not tear an incident
 * apart: CloudWatch's time is the alarm's.
 */
export function timeOf(line: EvidenceLine, timestamp: number): number {
  const startedAt = 'at' in line ? Date.parse(line.at) : Number.NaN;
  return Math.abs(timestamp - startedAt) <= longestRunMs ? startedAt : timestamp;
}
