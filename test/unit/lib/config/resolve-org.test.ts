import { expect, test } from 'vitest';
import { parseConfig } from '../../../../lib/config/load-config.ts';
import { resolveOrg } from '../../../../lib/config/resolve-org.ts';

function resolve(fields: object) {
  const config = parseConfig(JSON.stringify({ orgs: [{ name: 'acme', domain: 'acme.okta.com', ...fields }] }));
  const [org] = config.orgs;
  if (!org) throw new Error('no org');
  return resolveOrg(org, config.statusPage);
}

const service = { clientId: '0oaService', secret: 'okta/acme' };

test('an org of a name and a domain is watched at the Org server', () => {
  expect(resolve({})).toEqual({
    name: 'acme',
    domain: 'acme.okta.com',
    servers: [{ id: 'org', issuer: 'https://acme.okta.com' }],
    statusPage: { page: 'https://status.okta.com/', feed: 'https://feeds.feedburner.com/OktaTrustRSS' },
    negativeTests: false,
    slowAfterMs: 3_000,
    timeoutMs: 10_000,
  });
});

test('an issuer comes from the domain and the id, unless the issuer mode says otherwise', () => {
  const servers = [{ id: 'default' }, { id: 'aus1', issuer: 'https://login.acme.com/oauth2/aus1' }];
  expect(resolve({ servers }).servers.map(({ issuer }) => issuer)).toEqual([
    'https://acme.okta.com/oauth2/default',
    'https://login.acme.com/oauth2/aus1',
  ]);
});

test("the org's clients fall to every server that has none of its own", () => {
  const web = { clientId: '0oaWeb', redirectUri: 'https://app.example.com/callback' };
  const own = { clientId: '0oaOwn', secret: 'okta/own', authentication: 'client_secret_post' };
  const servers = [
    { id: 'org', scopes: ['okta.users.read'] },
    { id: 'default', scopes: ['monitor'], service: own },
  ];
  expect(resolve({ web, service, servers }).servers).toMatchObject([
    {
      web: { ...web, scopes: ['openid'] },
      service: { ...service, authentication: 'private_key_jwt', scopes: ['okta.users.read'] },
    },
    { web: { ...web, scopes: ['openid'] }, service: { ...own, scopes: ['monitor'] } },
  ]);
});

test('the management API is called with a token or as a client', () => {
  expect(resolve({ api: { token: { secret: 'okta/token' } } }).api).toEqual({ kind: 'token', secret: 'okta/token' });
  expect(resolve({ api: { client: { clientId: '0oaApi', secret: 'okta/key' } } }).api).toEqual({
    kind: 'client',
    clientId: '0oaApi',
    secret: 'okta/key',
    scopes: ['okta.users.read'],
  });
});
