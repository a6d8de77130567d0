import { createHash } from 'node:crypto';
import { decodeJwt, type JWTPayload, SignJWT } from 'jose';
import type { FindAccount } from 'oidc-provider';
import type { AccessTokens } from './access-token.ts';
import { createProofChecker } from './dpop-proof.ts';
import { emptyResponse, jsonResponse, noStore, type OktaRequest, type OktaResponse } from './http-message.ts';
import { type OktaErrorCode, oktaError } from './okta-errors.ts';
import { addedTo, oktaId, type ServerAddress, type ServerId } from './org.ts';
import type { OrgState } from './org-state.ts';
import type { SigningKey } from './signing-keys.ts';
import type { User, UserStatus } from './users.ts';

/** The standard claims by the scope that they need (OpenID Connect Core, 5.4), and Okta's own ones. */
export const claimsByScope = {
  openid: ['sub', 'ver', 'idp', 'amr', 'auth_time'],
  profile: ['name', 'preferred_username', 'given_name', 'family_name', 'locale', 'zoneinfo', 'updated_at'],
  email: ['email', 'email_verified'],
  address: ['address'],
  phone: ['phone_number'],
  groups: ['groups'],
} as const satisfies Record<string, readonly string[]>;

/** Users in these states keep their sessions and refresh tokens. */
const known: readonly UserStatus[] = ['ACTIVE', 'LOCKED_OUT', 'PASSWORD_EXPIRED', 'RECOVERY'];

const updatedAt = 1_700_000_000;

/** A user's account for the provider, which leaves out the claims whose scope was not granted. */
export function accountFinder({ users, groups, settings }: OrgState): FindAccount {
  return async (_ctx, id) => {
    const user = users.find(id);
    if (!user || !known.includes(user.status)) return undefined;
    const claims = {
      ver: 1,
      idp: '00o1emulated2okta3org',
      ...standardClaims(user, groups.namesOf(id), settings().idToken === 'fat'),
    };
    return { accountId: id, claims: async () => claims };
  };
}

/**
 * The standard claims about a user. Okta leaves out attributes that a user lacks.
 *
 * Trap: an ID token that comes with an access token is thin. It has the name, the login and the email address, and
 * the rest is at /userinfo.
 */
function standardClaims(
  user: User,
  groups: readonly string[],
  isComplete: boolean,
): Record<string, unknown> & { sub: string } {
  const all = {
    sub: user.id,
    name: `${user.firstName} ${user.lastName}`,
    preferred_username: user.login,
    email: user.email,
    ...(isComplete && {
      given_name: user.firstName,
      family_name: user.lastName,
      locale: user.locale,
      zoneinfo: user.zoneinfo,
      updated_at: updatedAt,
      email_verified: true,
      groups,
    }),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as { sub: string };
}

/** The claims about a user at /userinfo. */
function userInfoClaims(user: User, groups: readonly string[], scopes: readonly string[]): Record<string, unknown> {
  const granted = Object.entries(claimsByScope).flatMap(([scope, names]) => (scopes.includes(scope) ? names : []));
  const claims = Object.entries(standardClaims(user, groups, true));
  return Object.fromEntries(claims.filter(([name]) => (granted as readonly string[]).includes(name)));
}

/** The claims that an administrator defined. The Org server has none. */
export function customClaims(
  server: ServerId,
  { users, settings }: OrgState,
  use: 'id_token' | 'userinfo',
  userId: string,
  scopes: readonly string[],
): Record<string, string> {
  const user = users.find(userId);
  if (!user || server === 'org') return {};
  const { customClaims: defined, idToken } = settings();
  const isComplete = use === 'userinfo' || idToken === 'fat';
  return Object.fromEntries(
    defined
      .filter(({ alwaysIncludeInToken }) => alwaysIncludeInToken || isComplete)
      .filter(({ scopes: needed }) => needed.length === 0 || needed.some((scope) => scopes.includes(scope)))
      .flatMap(({ name, attribute }) => {
        const value = user[attribute];
        return value === undefined ? [] : [[name, value] as const];
      }),
  );
}

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

type Claims = Readonly<Record<string, unknown>>;

/** /userinfo of one server, for its own access tokens, with a DPoP proof if they are bound to a key. */
export function createUserInfo(server: ServerAddress, accessTokens: AccessTokens, state: OrgState) {
  const checkProof = createProofChecker();
  const alterations = new Set<(claims: Claims) => Claims>();

  async function respond(request: OktaRequest): Promise<OktaResponse> {
    const { scheme, token } = presented(request);
    if (token === '') return refused('access_token_missing');
    const status = await accessTokens.validate(token);
    if (status.kind === 'invalid') return refused('access_token_invalid');
    const { claims } = status;
    if (claims.cnf) {
      if (scheme !== 'dpop') return refused('dpop_authentication_scheme_required', 'DPoP');
      const proof = request.raw.headers.dpop;
      const reason = await checkProof({
        ...{ proof: proof === undefined ? undefined : String(proof), method: request.method, token, claims },
        url: server.origin + request.path,
      });
      if (reason) return refused(reason, 'DPoP');
    } else if (scheme === 'dpop') return refused('access_token_not_dpop_bound', 'DPoP');
    const user = state.users.find(claims.uid ?? '');
    if (!user) return refused('access_token_invalid');
    if (!claims.scp.includes('openid')) return refused('userinfo_insufficient_scopes');
    const all = {
      ...userInfoClaims(user, state.groups.namesOf(user.id), claims.scp),
      ...customClaims(server.id, state, 'userinfo', user.id, claims.scp),
    };
    return jsonResponse(
      200,
      [...alterations].reduce<Claims>((given, change) => change(given), all),
      noStore,
    );
  }

  return {
    respond,
    /** Changes the claims from now on. Returns a function that ends this. */
    alter(change: (claims: Claims) => Claims): () => void {
      return addedTo(alterations, change);
    },
  };
}

/** The access token of a request: in the header, or in the form of a POST (RFC 6750, 2). */
function presented({ method, body, raw }: OktaRequest): { readonly scheme: string; readonly token: string } {
  const [scheme = '', token = ''] = raw.headers.authorization?.split(' ') ?? [];
  if (token !== '' || method !== 'POST') return { scheme: scheme.toLowerCase(), token };
  return { scheme: 'bearer', token: new URLSearchParams(body).get('access_token') ?? '' };
}

function refused(code: OktaErrorCode, scheme: 'Bearer' | 'DPoP' = 'Bearer'): OktaResponse {
  const { status, error, description } = oktaError(code);
  return emptyResponse(status, {
    'www-authenticate': `${scheme} error="${error}", error_description="${description}"`,
  });
}
