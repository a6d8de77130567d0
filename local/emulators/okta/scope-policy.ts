import type { Client, KoaContextWithOIDC } from 'oidc-provider';
import { OktaRefusal } from './okta-refusal.ts';
import { customScopes, orgScopes } from './registered-clients.ts';
import type { ServerId } from './servers.ts';

/** The reserved scopes of every Okta server. */
export const openidScopes = ['openid', 'profile', 'email', 'address', 'phone', 'offline_access', 'groups'] as const;

/** Every scope that a server knows. A provider drops what it does not know without a word, so it must know these. */
export function scopesOf(server: ServerId): string[] {
  return [...openidScopes, ...(server === 'org' ? orgScopes : customScopes)];
}

/**
 * Refuses the scopes that Okta refuses, with Okta's reason.
 *
 * The order of the checks is the order of Okta's answers: a client that may not use the grant at all hears that
 * first, whatever it asked for.
 */
export function checkScopes(server: ServerId, ctx: KoaContextWithOIDC, client: Client): void {
  const params = ctx.oidc.params ?? {};
  const scopes = String(params.scope ?? '')
    .split(' ')
    .filter(Boolean);
  const isMachine = params.grant_type === 'client_credentials';
  if (!isMachine && ctx.oidc.route === 'token') return;
  const isOpenid = (scope: string) => (openidScopes as readonly string[]).includes(scope);
  const isOrg = (scope: string) => scope.startsWith('okta.');

  if (isMachine && server === 'org' && client.clientAuthMethod !== 'private_key_jwt') {
    throw new OktaRefusal('unsupported_auth_method_client_creds');
  }
  if (scopes.length === 0) throw new OktaRefusal(server === 'org' ? 'missing_scopes' : 'no_default_scopes');
  if (isMachine && scopes.some(isOpenid)) throw new OktaRefusal('openid_not_allowed_client_creds');

  const known = new Set(scopesOf(server));
  if (server !== 'org') {
    if (scopes.some((scope) => !known.has(scope))) throw new OktaRefusal('no_matching_scope');
    return;
  }
  if (scopes.some((scope) => !isOpenid(scope) && !isOrg(scope))) throw new OktaRefusal('illegal_custom_scope');
  if (isMachine && !scopes.some((scope) => known.has(scope))) throw new OktaRefusal('no_org_scopes_granted');
}
