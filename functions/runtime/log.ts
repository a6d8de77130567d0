import type { Finding } from '../model/finding.ts';
import { durationMs, type Outcome } from '../model/outcome.ts';
import type { RunReport } from './run.ts';

/** One line of the log: an outcome with its evidence, and the time of its run. */
export type LogLine = { readonly type: 'outcome'; readonly at: string; readonly durationMs?: number } & Outcome;

/** What a run found of itself, where no probe could. */
export interface FindingLine {
  readonly type: 'finding';
  readonly at: string;
  readonly org: string;
  readonly finding: Finding;
}

/** An error of the monitor itself, by its name and where it came from. What it says may quote what was sent. */
export interface MonitorErrorLine {
  readonly type: 'monitor-error';
  readonly at: string;
  readonly org: string;
  readonly name: string;
  readonly frames: readonly string[];
}

/** A run's outcomes as log lines: the evidence that outlives the run. */
export function logLines({ startedAt, outcomes }: Pick<RunReport, 'startedAt' | 'outcomes'>): readonly LogLine[] {
  return outcomes.map((outcome) => {
    const duration = durationMs(outcome);
    const at = new Date(startedAt).toISOString();
    return { type: 'outcome', at, ...(duration !== undefined && { durationMs: duration }), ...outcome };
  });
}
