import { CompactEncrypt, exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import type { KeySet } from '../../functions/model/probe.ts';

/** When the tokens are judged, in seconds since the epoch. */
export const judgedAt = Date.UTC(2030, 0, 1) / 1000;

const keyId = 'published-key';

const [published, stranger] = await Promise.all([generateKeyPair('RS256'), generateKeyPair('RS256')]);

/** The issuer's published keys. */
export const publishedKeys: KeySet = {
  keys: [{ ...(await exportJWK(published.publicKey)), kid: keyId, use: 'sig', alg: 'RS256' }],
};

export const issuer = 'https://acme.okta.com/oauth2/default';

/** The claims of an access token as a custom server makes it. */
export const accessClaims: JWTPayload = {
  ...{ ver: 1, jti: 'AT.made', iss: issuer, aud: 'api://default', sub: 'jane@example.com' },
  ...{ iat: judgedAt - 60, exp: judgedAt + 3_540, cid: '0oaService', uid: '00uJane', scp: ['orders.read', 'openid'] },
};

/** The claims of an ID token. */
export const idClaims: JWTPayload = {
  ...{ ver: 1, jti: 'ID.made', iss: issuer, aud: '0oaWeb', sub: '00uJane', email: 'jane@example.com' },
  ...{ iat: judgedAt - 60, exp: judgedAt + 3_540, auth_time: judgedAt - 70, amr: ['pwd'], idp: '00oAcme' },
};

interface Making {
  readonly header?: object;
  /** Signs with an unpublished key. */
  readonly byStranger?: boolean;
}

/** A signed JWT, as `jose` makes it. */
export function signed(claims: JWTPayload, { header, byStranger = false }: Making = {}): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256', kid: keyId, ...header })
    .sign((byStranger ? stranger : published).privateKey);
}

/** A JWT that is signed with a shared secret. */
export function signedWithSecret(claims: JWTPayload): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.alloc(32, 'secret'));
}

export function unsigned(claims: JWTPayload): string {
  return new UnsecuredJWT(claims).encode();
}

export function encrypted(claims: JWTPayload): Promise<string> {
  return new CompactEncrypt(Buffer.from(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
    .encrypt(Buffer.alloc(32, 'key'));
}
