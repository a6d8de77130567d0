import type { Finding } from './finding.ts';
import type { Outcome } from './outcome.ts';

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
 * A log line with a drilled finding. It has its own type, so that readers of failures know nothing
 * of it: only the messages do.
 */
export interface DrillLine extends RunStamp, Drill {
  readonly type: 'drill';
  readonly org: string;
}

/** A log line with an error in the monitor itself. It has no message, because that may quote a request. */
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

/** A finding that a run reports although nothing caused it, so that its alarm fires. */
export interface Drill {
  readonly finding: Finding;
  /** Who asked for it. */
  readonly by: string;
  /** Whether the people of the route are notified, and not only the receivers of drills. */
  readonly page?: true;
}

/** Who drills, and whether the people of the route are notified. */
export type DrillFacts = Pick<Drill, 'by' | 'page'>;

/** A line of a run that messages use. */
export type EvidenceLine = LogLine | FindingLine | DrillLine | MonitorErrorLine;

/** One line of a run, when it was due, and the log that has it too. */
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
