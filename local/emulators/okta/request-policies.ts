import type { Client, KoaContextWithOIDC } from 'oidc-provider';
import type { ServerId } from './org.ts';
import { PolicyError } from './provider-errors.ts';
import { customScopes, orgScopes } from './registered-clients.ts';
import { offlineMark } from './request-parameters.ts';

/** The reserved scopes of every Okta server. */
export const openidScopes = ['openid', 'profile', 'email', 'address', 'phone', 'offline_access', 'groups'] as const;

/** Every scope of a server. The provider silently drops scopes that it does not know, so it must know all of these. */
export function scopesOf(server: ServerId): string[] {
  return [...openidScopes, ...(server === 'org' ? orgScopes : customScopes)];
}

/**
 * Rejects the scopes that Okta rejects, with Okta's error.
 *
 * The checks run in Okta's order: a client that may not use the grant gets that error first, whatever scopes it sends.
 */
export function checkScopes(server: ServerId, ctx: KoaContextWithOIDC, client: Client): void {
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
  const isOpenid = (scope: string) => (openidScopes as readonly string[]).includes(scope);
  const isOrg = (scope: string) => scope.startsWith('okta.');

  if (isMachine && server === 'org' && client.clientAuthMethod !== 'private_key_jwt') {
    throw new PolicyError('unsupported_auth_method_client_creds');
  }
  if (scopes.length === 0) throw new PolicyError(server === 'org' ? 'missing_scopes' : 'no_default_scopes');
  if (isMachine && scopes.some(isOpenid)) throw new PolicyError('openid_not_allowed_client_creds');

  const known = new Set(scopesOf(server));
  if (server !== 'org') {
    if (scopes.some((scope) => !known.has(scope))) throw new PolicyError('no_matching_scope');
    return;
  }
  if (scopes.some((scope) => !isOpenid(scope) && !isOrg(scope))) throw new PolicyError('illegal_custom_scope');
  if (isMachine && !scopes.some((scope) => known.has(scope))) throw new PolicyError('no_org_scopes_granted');
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
