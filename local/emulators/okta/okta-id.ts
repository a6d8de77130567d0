import { randomBytes } from 'node:crypto';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** An identifier as Okta makes them: the kind in three characters (`0oa`, `00u`, `aus`), then 17 letters or digits. */
export function oktaId(kind: string, length = 17): string {
  return kind + [...randomBytes(length)].map((byte) => letters[byte % letters.length]).join('');
}
