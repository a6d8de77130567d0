import { type CryptoKey, exportJWK, generateKeyPair, type JWK } from 'jose';
import { oktaId } from './okta-id.ts';

export interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  /** All members, to give to who signs. */
  readonly privateJwk: JWK & { kid: string };
  /** What a JWKS publishes. */
  readonly publicJwk: JWK & { kid: string };
}

/** An RSA key for RS256, the one algorithm that Okta signs tokens with. */
export async function generateSigningKey(): Promise<SigningKey> {
  const kid = oktaId('', 43);
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  const { n, e, ...secret } = await exportJWK(privateKey);
  const publicJwk = { kty: 'RSA', alg: 'RS256', kid, use: 'sig', e, n } as SigningKey['publicJwk'];
  return { kid, privateKey, publicKey, publicJwk, privateJwk: { ...secret, ...publicJwk } };
}
