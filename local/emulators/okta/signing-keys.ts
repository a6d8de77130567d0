import { type CryptoKey, exportJWK, generateKeyPair, type JWK } from 'jose';
import { oktaId, type ServerId } from './org.ts';

export interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  /** With the private members. */
  readonly privateJwk: JWK & { kid: string };
  /** As a JWKS publishes it. */
  readonly publicJwk: JWK & { kid: string };
}

export interface ServerKeys {
  /** The keys that /keys publishes: the current one and the next one. */
  readonly published: readonly [active: SigningKey, next: SigningKey];
  /** The key that signs access tokens. The Org server does not publish it. */
  readonly accessTokens: SigningKey;
}

/** Creates an RSA key for RS256, the only algorithm that Okta signs tokens with. */
export async function generateSigningKey(): Promise<SigningKey> {
  const kid = oktaId('', 43);
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  const { n, e, ...secret } = await exportJWK(privateKey);
  const publicJwk = { kty: 'RSA', alg: 'RS256', kid, use: 'sig', e, n } as SigningKey['publicJwk'];
  return { kid, privateKey, publicKey, publicJwk, privateJwk: { ...secret, ...publicJwk } };
}

export async function generateServerKeys(id: ServerId): Promise<ServerKeys> {
  const [active, next, unpublished] = await Promise.all([
    generateSigningKey(),
    generateSigningKey(),
    id === 'org' ? generateSigningKey() : undefined,
  ]);
  return { published: [active, next], accessTokens: unpublished ?? active };
}
