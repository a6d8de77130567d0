import type { Secret } from '../aws/secrets.ts';
import { SecretUnreadable } from '../model/errors.ts';
import { Redacted } from '../model/redacted.ts';
import { type OneTimeCode, oneTimeCode, readBase32 } from './one-time-code.ts';

/** The credentials of the test user. They cannot be printed. */
export interface UserSecret {
  readonly password: Redacted<string>;
  /** The code at a time in ms since the epoch. Absent if the secret has no seed: then no factor can be answered. */
  readonly code?: (at: number) => Redacted<OneTimeCode>;
}

/**
 * Reads `{"password": …, "totpSecret": …}`. Throws `SecretUnreadable`.
 *
 * Trap: only the line feed that editors add is removed from a password. Anything else may belong to it.
 */
export function userSecretOf(secret: Secret, name: string): UserSecret {
  const { password, totpSecret } = secret.reveal();
  if (typeof password !== 'string' || password === '') {
    throw new SecretUnreadable(name, 'it has no "password": store {"password": "…"} of the test user');
  }
  const key = typeof totpSecret === 'string' ? readBase32(totpSecret) : undefined;
  if (totpSecret !== undefined && !key) {
    throw new SecretUnreadable(
      name,
      '"totpSecret" is not base32: store the key that Okta shows when a user sets up the authenticator, and no code',
    );
  }
  return {
    password: new Redacted(password.replace(/\r?\n$/, '')),
    ...(key && { code: (at: number) => new Redacted(oneTimeCode(key, at)) }),
  };
}
