import type { LogLine, RunStamp } from '../model/log-line.ts';
import { durationMs } from '../model/outcome.ts';
import type { RunReport } from './run.ts';
import type { RunTime } from './run-time.ts';

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
