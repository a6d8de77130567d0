import { expect, it } from 'vitest';
import { buildConfig, buildOrg } from '../../../support/build-config.ts';

const service = { clientId: '0oaService', secret: 'okta/acme' };

it('an org with only a name and a domain is monitored at the Org server', () => {
  expect(buildOrg().servers).toEqual([{ id: 'org', issuer: 'https://acme.okta.com' }]);
});

it('a run receives the status page and the fields of its org, but not its intervals', () => {
  const { orgs, statusPage } = buildConfig();
  const [{ intervalMinutes, servers, ...fields } = expect.fail('no org')] = orgs;
  expect(buildOrg()).toEqual({ ...fields, servers: expect.any(Array), statusPage });
});

it("a server's issuer follows from the domain and the server's ID unless the configuration sets it", () => {
  const servers = [{ id: 'default' }, { id: 'aus1', issuer: 'https://login.acme.com/oauth2/aus1' }];
  expect(buildOrg({ servers }).servers.map(({ issuer }) => issuer)).toEqual([
    'https://acme.okta.com/oauth2/default',
    'https://login.acme.com/oauth2/aus1',
  ]);
});

it("a server uses its own applications, or else the org's", () => {
  const web = { clientId: '0oaWeb', redirectUri: 'https://app.example.com/callback' };
  const ownService = { clientId: '0oaOwn', secret: 'okta/own', authentication: 'client_secret_post' as const };
  const servers = [
    { id: 'org', scopes: ['okta.users.read'] },
    { id: 'default', scopes: ['monitor'], service: ownService },
  ];
  expect(buildOrg({ web, service, servers }).servers).toMatchObject([
    {
      web: { ...web, scopes: ['openid'] },
      service: { ...service, authentication: 'private_key_jwt', scopes: ['okta.users.read'] },
    },
    { web: { ...web, scopes: ['openid'] }, service: { ...ownService, scopes: ['monitor'] } },
  ]);
});

it('the management API is called with an API token or as a client', () => {
  expect(buildOrg({ api: { token: { secret: 'okta/token' } } }).api).toEqual({ kind: 'token', secret: 'okta/token' });
  expect(buildOrg({ api: { client: { clientId: '0oaApi', secret: 'okta/key' } } }).api).toEqual({
    kind: 'client',
    clientId: '0oaApi',
    secret: 'okta/key',
    scopes: ['okta.users.read'],
  });
});
