/** When a run was due and when it began. Times are in milliseconds since the epoch. */
export interface RunTime {
  readonly startedAt: number;
  /** The minute that the run's data points carry: the one that it was due in, or else the one that it began in. */
  readonly minute: number;
  /** Absent if no schedule started the run, or if its time cannot be right. */
  readonly due?: {
    readonly at: number;
    /** The start minus the scheduled time. */
    readonly latenessSeconds: number;
  };
  /** The same in each delivery of one event. Absent if no schedule started the run. */
  readonly executionId?: string;
  /** How often the schedule starts the run. */
  readonly intervalMinutes?: number;
  /** The problem with the scheduled time, for the log. The run then uses its start. */
  readonly ignored?: string;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/**
 * A run that is later than this is not the schedule's: Scheduler starts a run within a minute, and it and Lambda each
 * discard an event that is a minute old.
 */
const mostLateMs = 5 * minuteMs;

/** How far the clocks of Scheduler and Lambda may differ. */
const mostEarlyMs = minuteMs;

/**
 * Reads the `schedule` of an event, in which EventBridge Scheduler has replaced its placeholders.
 *
 * An alarm counts one point a minute, but a schedule starts a run at any second of its minute. So the points carry the
 * minute that the run was due in: each minute has one, however runs wander.
 *
 * Trap: an invocation by hand has no `schedule`, one with placeholders, an old one, or any other value.
 * The run then goes by its start, because points with a wrong time would change the past.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
 */
export function readRunTime(schedule: unknown, startedAt: number): RunTime {
  const { time, executionId, intervalMinutes } = Object(schedule) as Readonly<Record<string, unknown>>;
  const at = typeof time === 'string' && isoTime.test(time) ? Date.parse(time) : Number.NaN;
  const lateMs = startedAt - at;
  const isRight = lateMs <= mostLateMs && lateMs >= -mostEarlyMs;
  return {
    startedAt,
    minute: minuteOf(isRight ? at : startedAt),
    ...(isRight && { due: { at, latenessSeconds: Math.max(0, lateMs) / 1000 } }),
    ...(typeof executionId === 'string' && identifier.test(executionId) && { executionId }),
    ...(isInterval(intervalMinutes) && { intervalMinutes }),
    ...(Number.isFinite(lateMs) && !isRight && { ignored: describe(lateMs) }),
  };
}

/** The key time of a run. Two runs that are started by hand may share a minute. */
export function runAtOf({ due, minute, startedAt }: RunTime): number {
  return due ? minute : startedAt;
}

/** Whether a run is the first of its hour. One that no schedule started is. */
export function isFirstOfHour({ due, minute, intervalMinutes = 1 }: RunTime): boolean {
  return due === undefined || minute % hourMs < intervalMinutes * minuteMs;
}

const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/;

const identifier = /^[\w-]{1,128}$/;

function isInterval(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 24 * 60;
}

function minuteOf(time: number): number {
  return Math.floor(time / minuteMs) * minuteMs;
}

function describe(lateMs: number): string {
  const seconds = Math.round(Math.abs(lateMs) / 1000);
  return `its scheduled time is ${seconds} s ${lateMs > 0 ? 'before' : 'after'} its start`;
}
