import { existsSync, readFileSync, rmSync } from 'node:fs';
import { Redacted } from '../../../functions/model/redacted.ts';
import { ownerOnly, refuseLink, replaceFile } from '../../../lib/replace-file.ts';
import { at, isObject, type Json } from './json.ts';
import { type SecretStore, StoreError, unmarked } from './secret-store.ts';

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
