import type { Client, KoaContextWithOIDC } from 'oidc-provider';
import { oktaScopes } from './okta-scopes.ts';
import type { ServerId } from './org.ts';
import { customScopes } from './org-identity.ts';
import type { OrgState } from './org-state.ts';
import { PolicyError } from './provider-errors.ts';
import { offlineMark } from './pushed-requests.ts';

/** The reserved scopes of every Okta server. */
export const openidScopes = ['openid', 'profile', 'email', 'address', 'phone', 'offline_access', 'groups'] as const;

/** Every scope that a server has at its start. The provider keeps scopes that it does not know too. */
export function scopesOf(server: ServerId): string[] {
  return [...openidScopes, ...(server === 'org' ? oktaScopes : customScopes)];
}

const isOpenid = (scope: string) => (openidScopes as readonly string[]).includes(scope);
const isOrg = (scope: string) => scope.startsWith('okta.');

/**
 * Rejects the scopes that Okta rejects, with Okta's error, and drops scopes of Okta's APIs that were not granted.
 *
 * The checks run in Okta's order: a client that may not use the grant gets that error first, whatever scopes it sends.
 */
export function checkScopes(server: ServerId, ctx: KoaContextWithOIDC, client: Client, state: OrgState): void {
  const params = ctx.oidc.params ?? {};
  const scopes = String(params.scope ?? '')
    .split(' ')
    .filter(Boolean);
  const isMachine = params.grant_type === 'client_credentials';
  if (!isMachine && ctx.oidc.route === 'token') return;
  if (params[offlineMark] !== undefined && !scopes.includes('offline_access')) {
    delete params[offlineMark];
    if (client.grantTypeAllowed('refresh_token')) params.scope = [...scopes, 'offline_access'].join(' ');
  }
  if (isMachine) checkMachine(server, client);
  if (scopes.length === 0) throw new PolicyError(server === 'org' ? 'missing_scopes' : 'no_default_scopes');
  if (isMachine && scopes.some(isOpenid)) throw new PolicyError('openid_not_allowed_client_creds');
  if (server !== 'org') {
    checkAccessPolicies(server, scopes, client, ctx, state);
    return;
  }
  const allowed = allowedOrgScopes(scopes, client, state);
  if (allowed.length < scopes.length) params.scope = allowed.join(' ');
}

/** Rejects client credentials at the Org server without a signed assertion. */
function checkMachine(server: ServerId, { clientAuthMethod }: Client): void {
  if (server === 'org' && clientAuthMethod !== 'private_key_jwt')
    throw new PolicyError('unsupported_auth_method_client_creds');
}

/** Rejects scopes that a custom server does not have, or that none of its access policies allows. */
function checkAccessPolicies(
  server: ServerId,
  scopes: readonly string[],
  { clientId }: Client,
  { oidc }: KoaContextWithOIDC,
  state: OrgState,
): void {
  const known = state.serverAccess.scopeNames(server);
  if (scopes.some((scope) => !known.includes(scope))) throw new PolicyError('no_matching_scope');
  const isMachine = oidc.params?.grant_type === 'client_credentials';
  const grantTypes = isMachine ? ['client_credentials'] : ['authorization_code', 'interaction_code'];
  const user = state.users.find(oidc.session?.accountId ?? '');
  const isAllowed = grantTypes.some((grantType) =>
    state.serverAccess.ruleFor(server, { clientId, grantType, scopes, user }),
  );
  if (!isAllowed) throw new PolicyError('no_matching_policy');
}

/** Returns the scopes at the Org server without those of Okta's APIs that the application was not granted. */
function allowedOrgScopes(scopes: readonly string[], { clientId }: Client, state: OrgState): readonly string[] {
  if (scopes.some((scope) => !isOpenid(scope) && !isOrg(scope))) throw new PolicyError('illegal_custom_scope');
  const granted = state.applications.grantedScopes(clientId);
  const allowed = scopes.filter((scope) => !isOrg(scope) || granted.includes(scope));
  if (allowed.length === 0) throw new PolicyError('no_org_scopes_granted');
  return allowed;
}

const maxAssertionLifetimeSeconds = 3600;

/**
 * The checks of a client assertion that the provider does not do itself.
 *
 * Trap: Okta requires the URL of the called endpoint as the audience. RFC 7523 and the provider also allow the issuer
 * and the token endpoint.
 * https://developer.okta.com/docs/guides/build-self-signed-jwt/
 */
export function checkClientAssertion(claims: Readonly<Record<string, unknown>>, endpoint: string): void {
  const nowSeconds = Math.floor(Date.now() / 1000);
  const audiences = Array.isArray(claims.aud) ? claims.aud : [claims.aud];
  if (!audiences.includes(endpoint)) throw new PolicyError('client_assertion_invalid_audience');
  if (Number(claims.exp) > nowSeconds + maxAssertionLifetimeSeconds) {
    throw new PolicyError('client_assertion_expires_too_far_in_future');
  }
  if (claims.iat !== undefined && Number(claims.iat) > nowSeconds) {
    throw new PolicyError('client_assertion_issued_at_in_future');
  }
  if (claims.sub !== claims.iss) throw new PolicyError('client_assertion_invalid_subject');
}
