import { compactVerify, decodeJwt, errors, SignJWT } from 'jose';
import type Provider from 'oidc-provider';
import type { OktaErrorCode } from './okta-errors.ts';
import type { ServerAddress } from './org.ts';
import type { OrgState } from './org-state.ts';
import { generateSigningKey, type SigningKey } from './signing-keys.ts';

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

type TokenStatus =
  | { readonly kind: 'active'; readonly claims: AccessTokenClaims }
  | { readonly kind: 'invalid'; readonly reason: OktaErrorCode };

/** How the tokens that clients receive differ from the tokens that the server issued. */
export interface TokenAlteration {
  readonly claims?: (claims: AccessTokenClaims) => object;
  readonly header?: (header: { readonly kid: string; readonly alg: string }) => { kid: string; alg: string };
  /** Signs with a key that the server does not publish. */
  readonly unknownKey?: true;
}

const idPrefix = 'AT.';

/** Marks the Org server's access tokens as Okta's own business. Other servers' tokens have no `typ`. */
const orgTokenType = 'application/okta-internal-at+jwt';

/**
 * Converts the provider's opaque tokens to the JWTs that Okta issues, and back.
 *
 * The `jti` of a JWT is `AT.` and the opaque token, so no mapping is stored: a token that the provider revoked or let
 * expire is unknown here too.
 */
export function createAccessTokens(
  server: ServerAddress,
  provider: Provider,
  key: SigningKey,
  { users, applications }: OrgState,
) {
  let alteration: TokenAlteration | undefined;
  /** The issued tokens by the altered tokens that were sent instead. */
  const issuedByAltered = new Map<string, string>();

  async function find(id: string) {
    return (await provider.ClientCredentials.find(id)) ?? (await provider.AccessToken.find(id));
  }

  /** The opaque token of a JWT, or undefined if this server did not sign the JWT. */
  async function toOpaque(sent: string): Promise<string | undefined> {
    const jwt = issuedByAltered.get(sent) ?? sent;
    try {
      await compactVerify(jwt, key.publicKey);
      const { iss, jti } = decodeJwt(jwt);
      // ID tokens are signed with the same key, so the prefix must match too.
      return iss === server.issuer && jti?.startsWith(idPrefix) ? jti.slice(idPrefix.length) : undefined;
    } catch {
      return undefined;
    }
  }

  return {
    toOpaque,

    async toJwt(id: string): Promise<string> {
      const token = await find(id);
      if (!token) throw new Error('The provider cannot find the token that it issued.');
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
        sub: accountId === undefined ? String(token.clientId) : (users.find(accountId)?.login ?? accountId),
        ...(token.jkt !== undefined && { cnf: { jkt: token.jkt } }),
      };
      const header = { kid: key.kid, ...(server.id === 'org' && { typ: orgTokenType }), alg: 'RS256' };
      const issued = await new SignJWT({ ...claims }).setProtectedHeader(header).sign(key.privateKey);
      if (!alteration) return issued;
      const altered = await new SignJWT({ ...(alteration.claims?.(claims) ?? claims) })
        .setProtectedHeader(alteration.header?.(header) ?? header)
        .sign(alteration.unknownKey ? (await generateSigningKey()).privateKey : key.privateKey);
      issuedByAltered.set(altered, issued);
      return altered;
    },

    /** Alters the tokens sent from now on; undefined ends this. */
    alter(next: TokenAlteration | undefined): void {
      alteration = next;
      if (!next) issuedByAltered.clear();
    },

    /** Checks whether Okta's own APIs accept a token. */
    async validate(sent: string): Promise<TokenStatus> {
      const jwt = issuedByAltered.get(sent) ?? sent;
      const id = await toOpaque(sent);
      if (id === undefined) return { kind: 'invalid', reason: unknownTokenReason(jwt, server) };
      const claims = decodeJwt<AccessTokenClaims>(jwt);
      if (claims.exp <= Date.now() / 1000) return { kind: 'invalid', reason: 'token_expired' };
      const isKnown = applications.find(claims.cid)?.status === 'ACTIVE' && (await find(id)) !== undefined;
      if (!isKnown) return { kind: 'invalid', reason: 'access_token_revoked' };
      return { kind: 'active', claims };
    },
  };
}

export type AccessTokens = ReturnType<typeof createAccessTokens>;

/**
 * The introspection response for an active token (RFC 7662, 2.2).
 *
 * Trap: the names differ from the token's claims: `scope` is a string and `scp` a list, and `client_id` is `cid`.
 */
export function introspectionResponse({ ver: _, cid, uid, scp, ...claims }: AccessTokenClaims) {
  return {
    active: true,
    token_type: claims.cnf ? 'DPoP' : 'Bearer',
    scope: scp.join(' '),
    client_id: cid,
    ...(uid !== undefined && { username: claims.sub }),
    ...claims,
    ...(uid !== undefined && { uid }),
  };
}

function unknownTokenReason(jwt: string, server: ServerAddress): OktaErrorCode {
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
