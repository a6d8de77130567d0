import { idAt, type JsonObject, memberAt, textAt, timeAt } from './json-fields.ts';

/** How the keys of a custom authorization server are rotated. Times are in epoch milliseconds. */
export interface ServerSigning {
  readonly isManual: boolean;
  readonly lastRotated?: number;
  /** Absent if Okta rotates nothing by itself. */
  readonly nextRotation?: number;
}

/** https://developer.okta.com/docs/concepts/key-rotation/ */
export function parseServerSigning(server: JsonObject): ServerSigning {
  const signing = memberAt(server, 'credentials', 'signing');
  const [lastRotated, nextRotation] = [timeAt(signing, 'lastRotated'), timeAt(signing, 'nextRotation')];
  return {
    isManual: textAt(signing, 'rotationMode') === 'MANUAL',
    ...(lastRotated !== undefined && { lastRotated }),
    ...(nextRotation !== undefined && { nextRotation }),
  };
}

/** The kids of a server's keys with a status: `ACTIVE` signs, `NEXT` will. */
export function kidsWith(status: 'ACTIVE' | 'NEXT', keys: readonly JsonObject[]): readonly string[] {
  return keys.filter((key) => textAt(key, 'status') === status).flatMap((key) => idAt(key, 'kid') ?? []);
}
