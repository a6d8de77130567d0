import type { Org } from '../../functions/model/org.ts';
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

export function clients(authentication: 'private_key_jwt' | 'client_secret_basic' | 'client_secret_post') {
  const secret = authentication === 'private_key_jwt' ? 'acme/key' : 'acme/secret';
  return {
    web: { clientId: 'web', redirectUri: 'https://app.example.com/callback', scopes: ['openid'] },
    service: { clientId: 'service', authentication, secret, scopes: ['monitor.read'] },
  };
}
