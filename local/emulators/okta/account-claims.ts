import type { FindAccount } from 'oidc-provider';
import type { ServerId } from './org.ts';
import type { OrgState } from './org-state.ts';
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
 * The standard claims about a user. Okta leaves out what a user does not have.
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
export function userInfoClaims(
  user: User,
  groups: readonly string[],
  scopes: readonly string[],
): Record<string, unknown> {
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
