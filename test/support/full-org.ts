import type { Org } from '../../functions/model/org.ts';

/** An org with every probe switched on but the negative tests: two servers, the API and the status page. */
export const fullOrg: Org = {
  name: 'acme',
  domain: 'acme.okta.com',
  servers: [
    { id: 'org', issuer: 'https://acme.okta.com', ...clients('private_key_jwt') },
    {
      id: 'default',
      issuer: 'https://acme.okta.com/oauth2/default',
      audience: 'api://default',
      ...clients('private_key_jwt'),
    },
  ],
  api: { kind: 'token', secret: 'acme/api' },
  statusPage: { page: 'https://status.okta.com/', feed: 'https://status.okta.com/feed' },
  negativeTests: false,
  slowAfterMs: 3_000,
  timeoutMs: 10_000,
};

/** The web and service applications of a server, whose service application authenticates in this way. */
export function clients(authentication: 'private_key_jwt' | 'client_secret_basic' | 'client_secret_post') {
  const secret = authentication === 'private_key_jwt' ? 'acme/key' : 'acme/secret';
  return {
    web: { clientId: 'web', redirectUri: 'https://app.example.com/callback', scopes: ['openid'] },
    service: { clientId: 'service', authentication, secret, scopes: ['monitor.read'] },
  };
}
