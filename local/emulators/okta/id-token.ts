import { createHash } from 'node:crypto';
import { decodeJwt, type JWTPayload, SignJWT } from 'jose';
import { oktaId } from './org.ts';
import type { SigningKey } from './signing-keys.ts';

/**
 * The provider's ID token with what Okta adds: an id, and the hash of the access token that comes with it (OpenID
 * Connect Core, 3.1.3.6). The provider does not know the access token that the client gets.
 */
export async function oktaIdToken(
  idToken: string,
  accessToken: string,
  key: SigningKey,
  change: (claims: JWTPayload) => JWTPayload,
): Promise<string> {
  const hash = createHash('sha256').update(accessToken).digest();
  const at_hash = hash.subarray(0, hash.length / 2).toString('base64url');
  return new SignJWT(change({ ...decodeJwt(idToken), jti: oktaId('ID.', 43), at_hash }))
    .setProtectedHeader({ kid: key.kid, alg: 'RS256' })
    .sign(key.privateKey);
}
