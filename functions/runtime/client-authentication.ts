import { type CryptoKey, importJWK, importPKCS8, type JWK } from 'jose';
import { type ClientAuth, ClientSecretPost, modifyAssertion, PrivateKeyJwt } from 'oauth4webapi';
import type { ClientAuthentication } from '../model/org.ts';
import { SecretUnreadable } from './errors.ts';
import type { Secret } from './secrets.ts';

/** Creates the client authentication for one endpoint from a secret. Throws `SecretUnreadable`. */
type AuthenticationFactory = (secret: Secret, name: string, endpoint: string) => Promise<ClientAuth> | ClientAuth;

/**
 * One factory per authentication method.
 *
 * Trap: Okta requires the called endpoint, not the issuer, as the audience of a client assertion. It rejects an
 * assertion for /token at /introspect.
 * https://developer.okta.com/docs/guides/build-self-signed-jwt/js/main/
 */
export const authenticationFactories: Readonly<Record<ClientAuthentication, AuthenticationFactory>> = {
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
 * Encodes the credentials with `encodeURIComponent` rather than RFC 6749's form encoding. Form encoding would escape
 * `-` and `_`, which Okta's ids and secrets often contain, and a server that does not decode them would reject the
 * client. A server that does decode them gets the same value either way.
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
    // The library's error message may quote the key.
    throw new SecretUnreadable(
      name,
      '"privateKey" is not a valid private key: it must be a JWK, or PKCS #8 in PEM format for RS256',
    );
  }
}

function algorithmOf({ alg, kty, crv }: JWK): string {
  return (
    alg ?? (kty === 'EC' ? { 'P-256': 'ES256', 'P-384': 'ES384', 'P-521': 'ES512' }[crv ?? ''] : undefined) ?? 'RS256'
  );
}

/** A required text member. Removes the trailing line feed that editors and shells add. */
export function text(secret: Secret, name: string, member: string): string {
  const value = secret.reveal()[member];
  if (typeof value !== 'string' || value.trim() === '')
    throw new SecretUnreadable(name, `"${member}" is missing or empty`);
  // HTTP headers allow nothing else, and the rejection would look like Okta's.
  if (!/^[\x20-\x7e]+$/.test(value.trim()))
    throw new SecretUnreadable(name, `"${member}" contains a character that is not allowed in an HTTP header`);
  return value.trim();
}
