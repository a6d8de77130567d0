import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { limits, type SignInStore, SignInsUncounted } from '../../../functions/journey/sign-in-memory.ts';
import { stateFolder } from './state-folder.ts';

const schema = `
BEGIN;
CREATE TABLE sign_ins (user TEXT PRIMARY KEY, body TEXT NOT NULL, revision INTEGER NOT NULL) STRICT;
CREATE TABLE version_key (bytes BLOB NOT NULL) STRICT;
COMMIT;
`;

/**
 * Keeps the sign-ins of checks in a file of the user, so that one command after the other counts the same passwords. Several
 * may run at once.
 *
 * Each access throws `SignInsUncounted` if the file is damaged or cannot be written, so that no password is sent.
 */
export function signInFile(folder = path.join(stateFolder(), 'okta-synthetics')): SignInStore {
  const file = path.join(folder, 'sign-ins.sqlite');
  const access = <Value>(use: (database: DatabaseSync) => Value): Value => {
    try {
      create(file);
      using database = new DatabaseSync(file, { timeout: 2_000 });
      return use(database);
    } catch (error) {
      const { code } = Object(error) as { readonly code?: unknown };
      throw new SignInsUncounted(
        `${file} cannot be used (${String(code)}): mend the folder, name another with XDG_STATE_HOME, or delete the file if it is damaged`,
      );
    }
  };
  return ({ domain, user }) => {
    const key = `${user?.login.toLowerCase()} ${domain.toLowerCase()}`;
    return {
      limits: limits.byHand,
      versionOf: (secret) =>
        secret.version ??
        access((database) => {
          const { bytes } = database.prepare('SELECT bytes FROM version_key').get() as { bytes: Uint8Array };
          return versionUnder(bytes, secret.reveal());
        }),
      read: async () =>
        access((database) => {
          const row = database.prepare('SELECT body, revision FROM sign_ins WHERE user = ?').get(key);
          return row && { body: JSON.parse(String(row.body)), revision: Number(row.revision) };
        }),
      write: async (body, revision) =>
        access((database) => {
          const sql =
            revision === 0
              ? 'INSERT INTO sign_ins (body, user, revision) VALUES (?, ?, ? + 1) ON CONFLICT DO NOTHING'
              : 'UPDATE sign_ins SET body = ?, revision = revision + 1 WHERE user = ? AND revision = ?';
          return database.prepare(sql).run(JSON.stringify(body), key, revision).changes === 1;
        }),
    };
  };
}

/**
 * A version of a secret that changes only with its value and says nothing of it to a reader without the key. The order of its
 * members is no part of it.
 */
export function versionUnder(key: Uint8Array, value: unknown): string {
  const text = JSON.stringify(value, (_, member) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : member,
  );
  return `hmac-${createHmac('sha256', key).update(text).digest('base64url')}`;
}

/** Makes the file whole or not at all: one without its tables is damaged, and cannot be used. */
function create(file: string): void {
  if (existsSync(file)) return;
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const made = `${file}.${randomUUID()}`;
  try {
    writeFileSync(made, '', { flag: 'wx', mode: 0o600 });
    using database = new DatabaseSync(made);
    database.exec(schema);
    database.prepare('INSERT INTO version_key VALUES (?)').run(randomBytes(32));
    linkSync(made, file);
  } catch (error) {
    // Another command made it at the same time.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(made, { force: true });
  }
}
