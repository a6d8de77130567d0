import type { DatabaseSync } from 'node:sqlite';
import { evaluationRange } from '../../../packages/cloudwatch-alarms/src/index.ts';
import type { Deployment } from '../template/deployment.ts';

/** How long things are kept, in milliseconds. */
export interface Retention {
  /** Runs, outcomes, points, transitions, messages, gaps. */
  readonly all: number;
  /** The exchanges of probes that passed without a finding, and the lines of the logs. */
  readonly evidenceOfPassed: number;
}

const dayMs = 24 * 60 * 60_000;

/** Three whole months: the last one can be told, and the quarter. */
export const usualKeepDays = 100;

export function retentionOf(keepDays: number): Retention {
  return { all: keepDays * dayMs, evidenceOfPassed: Math.min(keepDays, 2) * dayMs };
}

/** Deletes old rows, each kind in its own transaction. */
export function prune(database: DatabaseSync, now: number, { all, evidenceOfPassed }: Retention): void {
  const old = now - all;
  for (const [table, column] of [
    ['runs', 'at'],
    ['transitions', 'at'],
    ['messages', 'at'],
    ['gaps', 'end'],
  ] as const) {
    database.prepare(`DELETE FROM ${table} WHERE ${column} < ?`).run(old);
  }
  // The index of the points begins with their series.
  database.prepare('DELETE FROM points WHERE series IN (SELECT id FROM series) AND at < ?').run(old);
  database.prepare('DELETE FROM log_lines WHERE run IN (SELECT id FROM runs WHERE at < ?)').run(now - evidenceOfPassed);
  database
    .prepare(
      "UPDATE outcomes SET line = NULL WHERE at < ? AND line IS NOT NULL AND status = 'passed' AND findings = '[]'",
    )
    .run(now - evidenceOfPassed);
  database.prepare('DELETE FROM items WHERE expires_at < ?').run(now);
}

/** Messages look back further than their alarm, for the last good runs. */
const messagesMs = 60 * 60_000;

/** Returns how far back alarms and messages need points and logs, in milliseconds. */
export function windowOf({ alarms }: Deployment): number {
  const ranges = alarms.alarms.map((alarm) =>
    alarm.kind === 'metric' ? evaluationRange(alarm.evaluationPeriods) * alarm.periodMs : 0,
  );
  return Math.max(0, ...ranges) + messagesMs;
}
