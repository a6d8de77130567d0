import { compactVerify, decodeJwt, errors, SignJWT } from 'jose';
import type Provider from 'oidc-provider';
import type { OktaErrorCode } from './okta-errors.ts';
import type { ServerAddress } from './servers.ts';
import { generateSigningKey, type SigningKey } from './signing-key.ts';
import { person } from './user.ts';

export interface AccessTokenClaims {
  readonly ver: 1;
  readonly jti: string;
  readonly iss: string;
  readonly aud: string;
  readonly iat: number;
  readonly exp: number;
  readonly cid: string;
  readonly uid?: string;
  readonly scp: readonly string[];
  readonly sub: string;
  readonly cnf?: { readonly jkt: string };
}

export type TokenVerdict =
  | { readonly kind: 'active'; readonly claims: AccessTokenClaims }
  | { readonly kind: 'refused'; readonly because: OktaErrorCode };

/** What a token that goes out may differ in from the one that the server issued and stands by. */
export interface Forgery {
  readonly claims?: (claims: AccessTokenClaims) => object;
  readonly header?: (header: { readonly kid: string; readonly alg: string }) => { kid: string; alg: string };
  /** Signs with a key that nobody knows. */
  readonly foreignSignature?: true;
}

const idPrefix = 'AT.';

/**
 * Turns the provider's opaque tokens into the JWTs that Okta issues, and back.
 *
 * The opaque token is the JWT's `jti` after `AT.`, so nothing has to be remembered to find it again, and what the
 * provider forgets (revoked, expired) is forgotten here too. The header names no `typ`: Okta sends `kid` and `alg`.
 */
export function createAccessTokens(server: ServerAddress, provider: Provider, key: SigningKey) {
  let forgery: Forgery | undefined;
  /** What the server believes that it sent, by what went out instead. */
  const originals = new Map<string, string>();

  async function find(id: string) {
    return (await provider.ClientCredentials.find(id)) ?? (await provider.AccessToken.find(id));
  }

  /** The opaque token within a JWT that this server signed; undefined for anything else. */
  async function open(sent: string): Promise<string | undefined> {
    const jwt = originals.get(sent) ?? sent;
    try {
      await compactVerify(jwt, key.publicKey);
      const { iss, jti } = decodeJwt(jwt);
      // ID tokens are signed with the same key.
      return iss === server.issuer && jti?.startsWith(idPrefix) ? jti.slice(idPrefix.length) : undefined;
    } catch {
      return undefined;
    }
  }

  return {
    open,

    async seal(id: string): Promise<string> {
      const token = await find(id);
      if (!token) throw new Error('The provider issued a token that it does not know.');
      const accountId = 'accountId' in token ? token.accountId : undefined;
      const claims: AccessTokenClaims = {
        ver: 1,
        jti: idPrefix + id,
        iss: server.issuer,
        aud: server.audience,
        iat: Number(token.iat),
        exp: Number(token.exp),
        cid: String(token.clientId),
        ...(accountId !== undefined && { uid: accountId }),
        scp: token.scope?.split(' ') ?? [],
        sub: accountId === undefined ? String(token.clientId) : person.login,
        ...(token.jkt !== undefined && { cnf: { jkt: token.jkt } }),
      };
      const header = { kid: key.kid, alg: 'RS256' };
      const sealed = await new SignJWT({ ...claims }).setProtectedHeader(header).sign(key.privateKey);
      if (!forgery) return sealed;
      const forged = await new SignJWT({ ...(forgery.claims?.(claims) ?? claims) })
        .setProtectedHeader(forgery.header?.(header) ?? header)
        .sign(forgery.foreignSignature ? (await generateSigningKey()).privateKey : key.privateKey);
      originals.set(forged, sealed);
      return forged;
    },

    /** Sends out other tokens than the server issued, until told otherwise. */
    forge(next: Forgery | undefined): void {
      forgery = next;
      if (!next) originals.clear();
    },

    /** Whether Okta's own APIs would take a token, and if not, why. */
    async judge(sent: string): Promise<TokenVerdict> {
      const jwt = originals.get(sent) ?? sent;
      const id = await open(jwt);
      if (id === undefined) return { kind: 'refused', because: whyNotOurs(jwt, server) };
      const claims = decodeJwt<AccessTokenClaims>(jwt);
      if (claims.exp <= Date.now() / 1000) return { kind: 'refused', because: 'token_expired' };
      if (!(await find(id))) return { kind: 'refused', because: 'access_token_revoked' };
      return { kind: 'active', claims };
    },
  };
}

export type AccessTokens = ReturnType<typeof createAccessTokens>;

function whyNotOurs(jwt: string, server: ServerAddress): OktaErrorCode {
  try {
    const { iss } = decodeJwt(jwt);
    return iss !== server.issuer && iss?.startsWith(server.origin)
      ? 'access_token_invalid_audience'
      : 'access_token_invalid';
  } catch (error) {
    if (error instanceof errors.JWTInvalid) return 'access_token_invalid';
    throw error;
  }
}
