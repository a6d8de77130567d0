import type { Redacted } from '../../../functions/model/redacted.ts';
import type { Json } from './json.ts';
import { changedMeanwhile } from './resource.ts';

/** What a store has by a name. */
export interface StoredSecret {
  /** It has the mark of this deployment and org. */
  readonly isOwn: boolean;
  /** It is scheduled for deletion, so its value cannot be read. */
  readonly isDeleted: boolean;
  /** Its members. Absent if it is deleted or is not our own: what belongs to others is not read. */
  readonly value?: Redacted<Json>;
}

/**
 * Where secrets are kept: AWS Secrets Manager, or a file. Each has the mark of whoever made it. Throws `StoreError`.
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
  /** Deletes a secret for good. One that is not there is none to delete. */
  remove(name: string): Promise<void>;
}

/** A store that cannot be used. The message says why and how to mend it, and quotes no value. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
}

/** What is told of a secret that lost its mark after it was looked at. */
export function unmarked(name: string) {
  return changedMeanwhile(`the secret ${name} lacks the mark of this set-up`);
}
