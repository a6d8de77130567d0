import type { Invocation } from '../../self-hosted/journal.ts';
import type { Deployment } from '../../self-hosted/template/deployment.ts';

/** Whether the runs of a watch are on time. The board serves it at `/health`: 200 while they are, otherwise 503. */
export interface WatchHealth {
  readonly status: 'ok' | 'unhealthy';
  /** The schedules without a run that ended in time, by name. */
  readonly late: readonly string[];
  /** Why the history cannot be written. Absent while it can. */
  readonly history?: string;
  /** When a run ended last, ISO 8601; absent before the first. */
  readonly lastRun?: string;
}

export interface HealthRecord {
  /** Receives the reason why the history cannot be written, or undefined once it can. */
  onHistory(trouble: string | undefined): void;
  onRun(run: Pick<Invocation, 'at' | 'by' | 'durationMs'>): void;
  at(now: number): WatchHealth;
}

const minuteMs = 60_000;

/** A schedule is late when two of its runs are missing, and a minute for the slow ones. */
const intervals = 2;

/** @param since from when on runs are expected, epoch ms */
export function openHealthRecord(schedules: () => Deployment['schedules'], since: number): HealthRecord {
  const lastRuns = new Map<string, number>();
  let lastEnd: number | undefined;
  let history: string | undefined;
  return {
    onHistory(trouble) {
      history = trouble;
    },
    onRun({ at, by, durationMs }) {
      lastEnd = Math.max(lastEnd ?? 0, at + durationMs);
      if ('schedule' in by) lastRuns.set(by.schedule, at);
    },
    at(now) {
      const late = schedules()
        .filter(({ enabled }) => enabled)
        .filter(
          ({ name, intervalMinutes }) =>
            now - (lastRuns.get(name) ?? since) > (intervals * intervalMinutes + 1) * minuteMs,
        )
        .map(({ name }) => name);
      return {
        ...{ status: late.length > 0 || history !== undefined ? 'unhealthy' : 'ok', late },
        ...(history !== undefined && { history }),
        ...(lastEnd !== undefined && { lastRun: new Date(lastEnd).toISOString() }),
      };
    },
  };
}
