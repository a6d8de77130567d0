import { type CryptoKey, importJWK, importPKCS8, type JWK } from 'jose';
import { type ClientAuth, ClientSecretPost, modifyAssertion, PrivateKeyJwt } from 'oauth4webapi';
import type { ClientAuthentication } from '../model/org.ts';
import { SecretUnreadable } from './secret-unreadable.ts';
import type { Secret } from './secrets.ts';

/** How a client proves itself to one endpoint, made from what its secret holds. Throws `SecretUnreadable`. */
type Maker = (secret: Secret, name: string, endpoint: string) => Promise<ClientAuth> | ClientAuth;

/**
 * One maker a method.
 *
 * Trap: Okta wants a client assertion's audience to be the very endpoint that is called, not the issuer, so an
 * assertion for /token is refused at /introspect.
 * https://developer.okta.com/docs/guides/build-self-signed-jwt/js/main/
 */
export const clientAuthenticationMakers: Readonly<Record<ClientAuthentication, Maker>> = {
  client_secret_basic: (secret, name) => clientSecretBasic(text(secret, name, 'clientSecret')),
  client_secret_post: (secret, name) => ClientSecretPost(text(secret, name, 'clientSecret')),
  private_key_jwt: async (secret, name, endpoint) =>
    PrivateKeyJwt(await privateKey(secret, name), {
      [modifyAssertion]: (_header, payload) => {
        payload.aud = endpoint;
      },
    }),
};

/**
 * RFC 6749's form encoding before base64 would escape `-` and `_`, which Okta's ids and secrets are full of and which
 * a server that forgets to decode refuses. `encodeURIComponent` leaves them, and means the same to one that decodes.
 */
function clientSecretBasic(clientSecret: string): ClientAuth {
  return (_server, client, _body, headers) => {
    const credentials = [client.client_id, clientSecret].map(encodeURIComponent).join(':');
    headers.set('authorization', `Basic ${Buffer.from(credentials).toString('base64')}`);
  };
}

async function privateKey(secret: Secret, name: string): Promise<{ key: CryptoKey; kid?: string }> {
  const { privateKey: source, keyId } = secret.reveal();
  try {
    const key =
      typeof source === 'string'
        ? await importPKCS8(source, 'RS256')
        : await importJWK(source as JWK, algorithmOf(source as JWK));
    const kid = typeof keyId === 'string' ? keyId : (source as JWK).kid;
    if (key instanceof Uint8Array) throw new TypeError('a symmetric key');
    return { key, ...(kid && { kid }) };
  } catch {
    // What the library says may quote the key.
    throw new SecretUnreadable(name, '"privateKey" is not a private key: it takes a JWK, or PKCS #8 in PEM for RS256');
  }
}

function algorithmOf({ alg, kty, crv }: JWK): string {
  return (
    alg ?? (kty === 'EC' ? { 'P-256': 'ES256', 'P-384': 'ES384', 'P-521': 'ES512' }[crv ?? ''] : undefined) ?? 'RS256'
  );
}

/** A member that must be there as text. A line feed at its end, as editors and shells leave it, does not belong to it. */
export function text(secret: Secret, name: string, member: string): string {
  const value = secret.reveal()[member];
  if (typeof value !== 'string' || value.trim() === '')
    throw new SecretUnreadable(name, `"${member}" is missing or empty`);
  // No header can carry anything else, and the refusal would look like Okta's.
  if (!/^[\x20-\x7e]+$/.test(value.trim()))
    throw new SecretUnreadable(name, `"${member}" holds what no header can carry`);
  return value.trim();
}
