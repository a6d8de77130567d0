import { type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import { oktaId, type ServerId } from './org.ts';

/** With the private members. */
export type PrivateJwk = JWK & { readonly kid: string };

export interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly privateJwk: PrivateJwk;
  /** As a JWKS publishes it. */
  readonly publicJwk: JWK & { kid: string };
}

interface KeysOf<Key> {
  /** The keys that /keys publishes: the current one and the next one. */
  readonly published: readonly [active: Key, next: Key];
  /** The key that signs access tokens, if it is not the current one. The Org server does not publish it. */
  readonly unpublished?: Key;
}

export type ServerJwks = KeysOf<PrivateJwk>;

export interface ServerKeys extends Pick<KeysOf<SigningKey>, 'published'> {
  readonly accessTokens: SigningKey;
}

/** Creates an RSA key for RS256, the only algorithm that Okta signs tokens with. */
export async function createPrivateJwk(): Promise<PrivateJwk> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return { ...(await exportJWK(privateKey)), alg: 'RS256', kid: oktaId('', 43), use: 'sig' };
}

export async function generateSigningKey(): Promise<SigningKey> {
  return importSigningKey(await createPrivateJwk());
}

async function importSigningKey(privateJwk: PrivateJwk): Promise<SigningKey> {
  const { kty, alg, kid, use, e, n } = privateJwk;
  const publicJwk = { kty, alg, kid, use, e, n } as SigningKey['publicJwk'];
  const [privateKey, publicKey] = await Promise.all([importJWK(privateJwk, alg), importJWK(publicJwk, alg)]);
  return { kid, privateKey: privateKey as CryptoKey, publicKey: publicKey as CryptoKey, privateJwk, publicJwk };
}

export async function createServerKeys(id: ServerId): Promise<ServerJwks> {
  const [active, next, unpublished] = await Promise.all([
    createPrivateJwk(),
    createPrivateJwk(),
    id === 'org' ? createPrivateJwk() : undefined,
  ]);
  return { published: [active, next], ...(unpublished && { unpublished }) };
}

export async function importServerKeys({ published, unpublished }: ServerJwks): Promise<ServerKeys> {
  const [active, next, accessTokens] = await Promise.all([
    importSigningKey(published[0]),
    importSigningKey(published[1]),
    unpublished && importSigningKey(unpublished),
  ]);
  return { published: [active, next], accessTokens: accessTokens ?? active };
}
