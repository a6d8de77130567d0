import type { DatabaseSync } from 'node:sqlite';
import type { Enqueue } from './write-history.ts';

/** Writes to a file that may be unwritable for a time. */
export interface WaitingWrites {
  readonly enqueue: Enqueue;
  /** Does something with the file. Returns why it cannot be done, if the file cannot be written. */
  attempt(action: () => void): string | undefined;
  /** Writes what waits. Returns why it cannot be written. */
  store(): string | undefined;
}

/** How many writes wait at the most: those of two orgs in about a day, in some hundred megabytes. */
const mostWrites = 100_000;

/**
 * Makes each change in one transaction. While the file cannot be written, changes wait in memory in their order, and only
 * `store` tries again: SQLite may take seconds to fail.
 *
 * Trap: of too many changes the oldest are dropped. The newest are those that the next start goes on from.
 *
 * @param onDropped called with the time of the dropped rows, epoch ms, once the others are written
 */
export function openWaitingWrites(
  database: DatabaseSync,
  {
    now,
    onDropped,
    most = mostWrites,
  }: { readonly now: () => number; readonly onDropped: (start: number, end: number) => void; readonly most?: number },
): WaitingWrites {
  const waiting: { readonly writes: readonly (() => void)[]; readonly at: number }[] = [];
  let count = 0;
  let dropped: { readonly start: number; readonly end: number } | undefined;

  function commit(writes: readonly (() => void)[]): void {
    database.exec('BEGIN IMMEDIATE');
    try {
      for (const write of writes) write();
      database.exec('COMMIT');
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  }

  function attempt(action: () => void): string | undefined {
    try {
      action();
      return undefined;
    } catch (error) {
      if (!isStorageError(error)) throw error;
      return error.message;
    }
  }

  function wait(writes: readonly (() => void)[]): void {
    waiting.push({ writes, at: now() });
    count += writes.length;
    while (count > most && waiting.length > 1) {
      const first = waiting.shift();
      if (!first) return;
      count -= first.writes.length;
      dropped = { start: dropped?.start ?? first.at, end: waiting[0]?.at ?? first.at };
    }
  }

  return {
    enqueue(...writes) {
      if (waiting.length > 0 || attempt(() => commit(writes)) !== undefined) wait(writes);
    },
    attempt,
    store() {
      for (let first = waiting[0]; first; first = waiting[0]) {
        const { writes } = first;
        const trouble = attempt(() => commit(writes));
        if (trouble !== undefined) return trouble;
        waiting.shift();
        count -= writes.length;
      }
      const { start, end } = dropped ?? {};
      dropped = undefined;
      if (start !== undefined && end !== undefined) onDropped(start, end);
      return undefined;
    },
  };
}

/**
 * The results of SQLite that say something of the file or the disk: BUSY, LOCKED, READONLY, IOERR, CORRUPT, FULL, CANTOPEN,
 * NOTADB. Every other one is a mistake in the statement. https://sqlite.org/rescode.html
 */
const storageErrors: ReadonlySet<number> = new Set([5, 6, 8, 10, 11, 13, 14, 26]);

/** Trap: the last byte is the primary result, and the bytes before it extend it. */
function isStorageError(error: unknown): error is Error {
  const { errcode } = error as { readonly errcode?: unknown };
  return error instanceof Error && typeof errcode === 'number' && storageErrors.has(errcode & 0xff);
}
