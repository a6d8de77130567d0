import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { ConfigError } from '../../../lib/config/config-error.ts';
import { ownFile } from '../../../lib/replace-file.ts';
import type { Item } from '../aws-emulator/tables.ts';
import type { Journal } from '../journal.ts';
import type { KeptState } from '../local-system.ts';
import type { Delivery } from '../sns/sns.ts';
import type { Deployment } from '../template/deployment.ts';
import { type HistoryReader, openHistoryReader } from './read-history.ts';
import { type PendingMessage, readKeptState, readPending } from './restore.ts';
import { prune, type Retention } from './retention.ts';
import { schema, schemaVersion } from './schema.ts';
import { openWaitingWrites } from './waiting-writes.ts';
import { openWriter } from './write-history.ts';

/** A time in which nothing ran, and why. */
export interface Gap {
  /** The first minute, epoch ms. */
  readonly start: number;
  /** The minute after the last. */
  readonly end: number;
  readonly reason: 'not running' | 'suspended' | 'not stored';
}

/**
 * The history of a watch, in one file. Written rows survive a kill of the process. Rows that cannot be written, because the
 * disk is full for example, waits in memory.
 */
export interface History extends Disposable {
  readonly reader: HistoryReader;
  /** Stores the events of a system. */
  readonly journal: Journal;
  /** Keeps an item that was written to a table of DynamoDB. */
  keepItem(table: string, item: Item, keys: { readonly partition: string; readonly sort: string }): void;
  keepSchedules(createdAt: ReadonlyMap<string, number>): void;
  keepGap(gap: Gap): void;
  /** Keeps how a delivery stands, once its message is kept. */
  keepDelivery(delivery: Delivery, isPending: boolean): void;
  /** The minute up to which the alarms were evaluated; undefined in a new file. */
  readonly evaluatedAt: number | undefined;
  /** Returns the state from which a system goes on, with points and logs since a time. */
  keptState(deployment: Deployment, since: number, hasGap: boolean): KeptState;
  /** Returns messages that were on their way by https. Those for removed receivers are given up. */
  pendingMessages(deployment: Deployment): readonly PendingMessage[];
  /** Writes waiting rows. Returns why new rows would not survive, in words. */
  store(): string | undefined;
  /** Makes versions of secrets. It is as old as the history. */
  readonly versionKey: Uint8Array;
  /** Deletes old rows, if the file can be written. */
  prune(now: number, retention: Retention): void;
}

/**
 * Opens a history, or makes one. `:memory:` is one that ends with the process.
 *
 * Each finished run is one transaction in write-ahead mode, so a process may be killed at any time. Only a power failure can
 * take the last ones, and never the rest.
 *
 * Throws `ConfigError` for a file of another version, and an error of SQLite or of the file system for one that cannot be
 * written.
 */
export function openHistory(file: string, options: HistoryOptions = {}): History {
  // Before SQLite makes it, for everybody to read. Its other files get the same mode.
  if (file !== ':memory:') ownFile(file);
  const { now = Date.now, mostWrites, database = new DatabaseSync(file, { timeout: 5_000 }) } = options;
  try {
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;');
    const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number };
    if (version === 0) {
      database.exec(`BEGIN IMMEDIATE; ${schema} PRAGMA user_version = ${schemaVersion}; COMMIT;`);
    } else if (version !== schemaVersion) {
      throw new ConfigError(
        `${file} is a history of version ${version}, and this is version ${schemaVersion}: use another folder with --data, or delete it.`,
      );
    }
    // A first write, which shows whether there can be any.
    database.exec(`PRAGMA user_version = ${schemaVersion}`);
    // A history that an earlier version began has none yet.
    database.exec('CREATE TABLE IF NOT EXISTS version_key (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT');
    database.prepare('INSERT OR IGNORE INTO version_key VALUES (1, ?)').run(randomBytes(32));
  } catch (error) {
    database.close();
    throw error;
  }
  const writes = openWaitingWrites(database, {
    now,
    onDropped: (start, end) => writer.keepGap({ start, end, reason: 'not stored' }),
    ...(mostWrites !== undefined && { most: mostWrites }),
  });
  const writer = openWriter(database, writes.enqueue);
  const inode = inodeOf(file);
  let pruning: (() => void) | undefined;
  function runPruning(): string | undefined {
    const trouble = pruning && writes.attempt(pruning);
    if (trouble === undefined) pruning = undefined;
    return trouble;
  }
  const store = () => writes.store() ?? runPruning() ?? (inodeOf(file) === inode ? undefined : deleted);
  const { bytes: versionKey } = database.prepare('SELECT bytes FROM version_key').get() as { bytes: Uint8Array };
  return {
    reader: openHistoryReader(database),
    ...writer,
    versionKey,
    get evaluatedAt() {
      const row = database.prepare('SELECT evaluated_at FROM clock').get();
      return row && Number(row.evaluated_at);
    },
    keptState: (...args) => readKeptState(database, ...args),
    pendingMessages: (deployment) => readPending(database, deployment, writer.adopt),
    store,
    prune(at, retention) {
      pruning = () => prune(database, at, retention);
      runPruning();
    },
    [Symbol.dispose]() {
      store();
      database.close();
    },
  };
}

export interface HistoryOptions {
  /** The file, if it is open already. */
  readonly database?: DatabaseSync;
  readonly now?: () => number;
  /** How many writes wait in memory at the most. */
  readonly mostWrites?: number;
}

/** SQLite goes on in a file that has no name any more, without an error. */
const deleted =
  'the file was deleted or replaced, and what is written now ends with this process: start the watch again';

function inodeOf(file: string): number | undefined {
  return file === ':memory:' ? undefined : statSync(file, { throwIfNoEntry: false })?.ino;
}
