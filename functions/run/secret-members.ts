import type { Secret } from '../aws/secrets.ts';
import { SecretUnreadable } from '../model/errors.ts';

/** The members that secrets have. Trap: a member with any other name may have a secret for a name. */
const knownMembers = ['privateKey', 'clientSecret', 'apiToken', 'clientToken', 'password', 'totpSecret'] as const;

export type SecretMember = (typeof knownMembers)[number];

/** Returns a member of a secret. Throws `SecretUnreadable` if it is missing. */
export function memberOf(secret: Secret, name: string, member: SecretMember): unknown {
  const value = secret.reveal()[member];
  if (value !== undefined) return value;
  const other = knownMembers.find((each) => each in secret.reveal());
  const found = other ? `it has "${other}", but "${member}" is needed` : `it has no "${member}"`;
  throw new SecretUnreadable(name, `${found}: store {"${member}": …}`);
}

/** A member that must be text. Removes the trailing line feed that editors and shells add. */
export function textOf(secret: Secret, name: string, member: SecretMember): string {
  const value = memberOf(secret, name, member);
  if (typeof value !== 'string' || value.trim() === '')
    throw new SecretUnreadable(name, `"${member}" is empty or not a text: store {"${member}": "…"}`);
  // HTTP headers allow nothing else, and the rejection would look like Okta's.
  if (!/^[\x20-\x7e]+$/.test(value.trim()))
    throw new SecretUnreadable(
      name,
      `"${member}" has a character that is not allowed in an HTTP header: copy the value again`,
    );
  return value.trim();
}
