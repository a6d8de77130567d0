import type { Finding } from '../model/finding.ts';
import { durationMs, type Outcome } from '../model/outcome.ts';
import type { Drill } from './drill.ts';
import type { RunReport } from './run.ts';
import type { RunTime } from './run-time.ts';

/** What each line says of its run. Times are in ISO 8601. */
export interface RunStamp {
  /** When the run began: no request of it is earlier. */
  readonly at: string;
  /** The minute that the run was due in, which its data points carry. Absent if no schedule started it. */
  readonly due?: string;
  /** The same in each run of one event, which may be delivered twice. */
  readonly executionId?: string;
}

/** A log line with an outcome and its evidence. */
export type LogLine = RunStamp & { readonly type: 'outcome'; readonly durationMs?: number } & Outcome;

/** A log line with a finding of the run itself rather than of a probe. */
export interface FindingLine extends RunStamp {
  readonly type: 'finding';
  readonly org: string;
  readonly finding: Finding;
}

/**
 * A log line with a finding that somebody drills. It is a type of its own, so that whatever reads failures knows nothing
 * of it: only the messages do.
 */
export interface DrillLine extends RunStamp, Drill {
  readonly type: 'drill';
  readonly org: string;
}

/** A log line with an error in the monitor itself. It has no message, because that may quote what was sent. */
export interface MonitorErrorLine extends RunStamp {
  readonly type: 'monitor-error';
  readonly org: string;
  readonly name: string;
  readonly frames: readonly string[];
}

/** A log line about the event of a run: it came twice and was not run again, or its scheduled time is not used. */
export interface EventLine extends RunStamp {
  readonly type: 'event';
  readonly org: string;
  readonly note: string;
}

/** What each line of a run says of it. */
export function stampOf({ startedAt, due, minute, executionId }: RunTime): RunStamp {
  return {
    at: new Date(startedAt).toISOString(),
    ...(due && { due: new Date(minute).toISOString() }),
    ...(executionId !== undefined && { executionId }),
  };
}

/** A run's outcomes as log lines, which are kept as evidence. */
export function logLines({ outcomes, ...time }: RunTime & Pick<RunReport, 'outcomes'>): readonly LogLine[] {
  const stamp = stampOf(time);
  return outcomes.map((outcome) => {
    const duration = durationMs(outcome);
    return { type: 'outcome', ...stamp, ...(duration !== undefined && { durationMs: duration }), ...outcome };
  });
}
