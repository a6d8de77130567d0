import { randomBytes } from 'node:crypto';
import { exportJWK, generateKeyPair } from 'jose';
import type { Json } from './json.ts';

/**
 * Makes a key pair as Okta's own console does: RSA of 2048 bits for RS256, as a JWK with a `kid`. The result is private.
 * https://developer.okta.com/docs/guides/implement-oauth-for-okta-serviceapp/main/
 */
export async function makeKey(): Promise<Json> {
  const { privateKey } = await generateKeyPair('RS256', { modulusLength: 2048, extractable: true });
  return { ...(await exportJWK(privateKey)), use: 'sig', alg: 'RS256', kid: randomBytes(16).toString('base64url') };
}

/** The public half of a key, by the members that it may have. A private member can never be among them. */
export function publicHalf(key: Json): Json {
  const { kty, use, alg, kid, n, e } = key;
  return { kty, use, alg, kid, n, e };
}

/**
 * A password that Okta's default policy and most stricter ones accept: 40 characters with all four classes.
 *
 * The last four are there for their classes. What cannot be guessed is the 27 bytes before them.
 */
export function makePassword(): string {
  return `${randomBytes(27).toString('base64url')}aA1!`;
}
