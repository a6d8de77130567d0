import type { Org, WebClient } from '../../functions/model/org.ts';
import { health } from '../../functions/probes/index.ts';
import type { ConfigInput } from '../../lib/config/schema.ts';
import { buildOrg } from './build-config.ts';

/** An org with every probe of the first three groups switched on: the Org server and `default`, both with a key. */
export const fullOrg: Org = buildOrg({
  web: { clientId: 'web', redirectUri: 'https://app.example.com/callback' },
  service: { clientId: 'service', secret: 'acme/key' },
  servers: [
    { id: 'org', scopes: ['monitor.read'] },
    { id: 'default', audience: 'api://default', scopes: ['monitor.read'] },
  ],
  api: { token: { secret: 'acme/api' } },
});

/** The clients of a server, of which the service authenticates in this way. */
export function clients(authentication: 'private_key_jwt' | 'client_secret_basic' | 'client_secret_post') {
  const secret = authentication === 'private_key_jwt' ? 'acme/key' : 'acme/secret';
  return {
    web: { clientId: 'web', redirectUri: 'https://app.example.com/callback', scopes: ['openid'] },
    service: { clientId: 'service', authentication, secret, scopes: ['monitor.read'] },
  };
}

/**
 * The full org with a test user and the secret of its web application, which is changed at each server.
 *
 * Trap: a run remembers the sign-ins of an org by its name.
 */
export function journeyOrg(name: string, change: Partial<WebClient> = {}): Org {
  const scopes = ['openid', 'profile', 'email', 'offline_access'];
  return {
    ...fullOrg,
    name,
    user: { login: 'user', secret: 'acme/user' },
    servers: fullOrg.servers.map(({ web, ...server }) => ({
      ...server,
      ...(web && { web: { ...web, secret: 'acme/web', scopes, ...change } }),
    })),
  };
}

/** Every scope that a probe of the group `health` needs for one of its parts, and the one for the owners of tokens. */
export const healthScopes: readonly string[] = [
  ...new Set([...health.flatMap(({ apiScopes }) => apiScopes?.anyOf ?? []), 'okta.users.read']),
];

/** An org whose health is checked with these scopes: the Org server and `default`. */
export function healthOrg(
  settings: ConfigInput['orgs'][number]['health'] = {},
  scopes: readonly string[] = healthScopes,
): Org {
  return buildOrg({
    servers: [{ id: 'org' }, { id: 'default' }],
    api: { client: { clientId: '0oaServiceClient', secret: 'acme/api', scopes: [...scopes] } },
    health: settings,
  });
}
