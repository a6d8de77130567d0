import type { Finding } from '../model/finding.ts';
import { durationMs, type Outcome } from '../model/outcome.ts';
import type { RunReport } from './run.ts';

/** A log line with an outcome, its evidence and the time of its run. */
export type LogLine = { readonly type: 'outcome'; readonly at: string; readonly durationMs?: number } & Outcome;

/** A log line with a finding of the run itself rather than of a probe. */
export interface FindingLine {
  readonly type: 'finding';
  readonly at: string;
  readonly org: string;
  readonly finding: Finding;
}

/** A log line with an error in the monitor itself. It has no message, because that may quote what was sent. */
export interface MonitorErrorLine {
  readonly type: 'monitor-error';
  readonly at: string;
  readonly org: string;
  readonly name: string;
  readonly frames: readonly string[];
}

/** A run's outcomes as log lines, which are kept as evidence. */
export function logLines({ startedAt, outcomes }: Pick<RunReport, 'startedAt' | 'outcomes'>): readonly LogLine[] {
  return outcomes.map((outcome) => {
    const duration = durationMs(outcome);
    const at = new Date(startedAt).toISOString();
    return { type: 'outcome', at, ...(duration !== undefined && { durationMs: duration }), ...outcome };
  });
}
