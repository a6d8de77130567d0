import { existsSync, readFileSync, rmSync } from 'node:fs';
import { Redacted } from '../../../functions/model/redacted.ts';
import { ownerOnly, refuseLink, replaceFile } from '../../../lib/replace-file.ts';
import type { Json } from './json.ts';
import { at, isObject } from './json.ts';
import { changedMeanwhile } from './resource.ts';

/** The entry of a store under one name. */
export interface StoredSecret {
  /** It has the mark of this deployment and org. */
  readonly isOwn: boolean;
  /** It is scheduled for deletion, so its value cannot be read. */
  readonly isDeleted: boolean;
  /** Its members. Absent if it is deleted or is not our own: what belongs to others is not read. */
  readonly value?: Redacted<Json>;
}

/**
 * A store of secrets: AWS Secrets Manager, or a file. Each secret has the mark of its maker. Throws `StoreError`.
 */
export interface SecretStore {
  /** For people: `AWS Secrets Manager in eu-central-1`. */
  readonly name: string;
  find(name: string): Promise<StoredSecret | undefined>;
  /**
   * Creates a secret, restores one that is scheduled for deletion, or gives one a new value. Throws `CannotMake` for one
   * without the mark, as `remove` does.
   */
  write(name: string, value: Json): Promise<void>;
  /** Deletes a secret for good. Does nothing if it does not exist. */
  remove(name: string): Promise<void>;
}

/** A store that cannot be used. The message says why and how to mend it, and quotes no value. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
}

/** The message about a secret that lost its mark after it was read. */
export function unmarked(name: string) {
  return changedMeanwhile(`the secret ${name} lacks the mark of this set-up`);
}

/**
 * Secrets in a JSON file that only its owner may read, as `npm run check -- --secrets` takes it. The mark is a member of
 * each secret.
 *
 * The file is replaced and never written in place, so that it is whole whenever the command is stopped. One that becomes
 * empty is deleted.
 */
export function fileStore(file: string, mark: string): SecretStore {
  const read = (): Json => {
    let stored: unknown;
    try {
      // Also for a plan: what cannot be written is said before anything is made.
      refuseLink(file);
      if (!existsSync(file)) return {};
      stored = JSON.parse(readFileSync(file, 'utf8'));
    } catch (error) {
      // The parser's own message would quote the file.
      const why = error instanceof SyntaxError ? 'it is not JSON' : (error as NodeJS.ErrnoException).code;
      throw new StoreError(`The secrets file ${file} cannot be read: ${why}.`);
    }
    if (!isObject(stored)) throw new StoreError(`The secrets file ${file} must be a JSON object.`);
    return stored;
  };
  const replace = (secrets: Json) => {
    try {
      refuseLink(file);
      if (Object.keys(secrets).length === 0) rmSync(file, { force: true });
      else replaceFile(file, `${JSON.stringify(secrets, null, 2)}\n`, ownerOnly);
    } catch (error) {
      throw new StoreError(
        `The secrets file ${file} cannot be written (${(error as NodeJS.ErrnoException).code}): check its folder.`,
      );
    }
  };
  /** Every other secret. Throws `CannotMake` if this one is not our own. */
  const withoutOwn = (name: string): Json => {
    const { [name]: own, ...others } = read();
    if (own !== undefined && at(own, 'managedBy') !== mark) throw unmarked(name);
    return others;
  };
  return {
    name: `the file ${file}`,
    async find(name) {
      const stored = read()[name];
      if (stored === undefined) return undefined;
      if (!isObject(stored) || stored.managedBy !== mark) return { isOwn: false, isDeleted: false };
      const { managedBy, ...value } = stored;
      return { isOwn: true, isDeleted: false, value: new Redacted<Json>(value) };
    },
    async write(name, value) {
      replace({ ...withoutOwn(name), [name]: { ...value, managedBy: mark } });
    },
    async remove(name) {
      if (Object.hasOwn(read(), name)) replace(withoutOwn(name));
    },
  };
}
