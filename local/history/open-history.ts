import { DatabaseSync } from 'node:sqlite';
import { ConfigError } from '../../lib/config/config-error.ts';
import { ownFile } from '../../lib/replace-file.ts';
import type { Item } from '../emulators/aws/tables.ts';
import type { Journal } from '../simulator/journal.ts';
import type { KeptState } from '../simulator/local-system.ts';
import type { Delivery } from '../simulator/sns/sns.ts';
import type { Deployment } from '../simulator/template/deployment.ts';
import { type HistoryReader, openHistoryReader } from './read-history.ts';
import { type PendingMessage, readKeptState, readPending } from './restore.ts';
import { prune, type Retention } from './retention.ts';
import { schema, schemaVersion } from './schema.ts';
import { openWriter } from './write-history.ts';

/** A time in which nothing ran, and why. */
export interface Gap {
  /** The first minute, epoch ms. */
  readonly start: number;
  /** The minute after the last. */
  readonly end: number;
  readonly reason: 'not running' | 'suspended';
}

/** What the watch remembers, in one file. What is written survives a kill of the process. */
export interface History extends Disposable {
  readonly reader: HistoryReader;
  /** Keeps what a system tells. */
  readonly journal: Journal;
  /** Keeps an item that was written to a table of DynamoDB. */
  keepItem(table: string, item: Item, keys: { readonly partition: string; readonly sort: string }): void;
  keepSchedules(createdAt: ReadonlyMap<string, number>): void;
  keepGap(gap: Gap): void;
  /** Keeps how a delivery stands, once its message is kept. */
  keepDelivery(delivery: Delivery, isPending: boolean): void;
  /** The minute up to which the alarms were evaluated; undefined in a new file. */
  readonly evaluatedAt: number | undefined;
  /** What a system needs to go on, with points and logs since a time. */
  keptState(deployment: Deployment, since: number, hasGap: boolean): KeptState;
  /** Messages that were on their way by https. What the deployment no longer has as a receiver is given up. */
  pendingMessages(deployment: Deployment): readonly PendingMessage[];
  /** Deletes what is too old. */
  prune(now: number, retention: Retention): void;
}

/**
 * Opens a history, or makes one. `:memory:` is one that ends with the process.
 *
 * Each finished run is one transaction in write-ahead mode, so a process may be killed at any time. Only a power failure can
 * take the last ones, and never the rest.
 *
 * Throws `ConfigError` for a file of another version.
 */
export function openHistory(file: string): History {
  // Before SQLite makes it, for everybody to read. Its other files get the same mode.
  if (file !== ':memory:') ownFile(file);
  const database = new DatabaseSync(file, { timeout: 5_000 });
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
  } catch (error) {
    database.close();
    throw error;
  }
  const writer = openWriter(database);
  return {
    reader: openHistoryReader(database),
    ...writer,
    get evaluatedAt() {
      const row = database.prepare('SELECT evaluated_at FROM clock').get();
      return row && Number(row.evaluated_at);
    },
    keptState: (...args) => readKeptState(database, ...args),
    pendingMessages: (deployment) => readPending(database, deployment, writer.adopt),
    prune: (now, retention) => prune(database, now, retention),
    [Symbol.dispose]: () => database.close(),
  };
}
