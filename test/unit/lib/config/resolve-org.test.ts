import { describe, expect, it } from 'vitest';
import type { ConfigInput } from '../../../../lib/config/schema.ts';
import { monitoredOrgs, planOf } from '../../../../lib/monitored-org.ts';
import { buildConfig, buildOrg, minimalOrg } from '../../../support/build-config.ts';

const service = { clientId: '0oaService', secret: 'okta/acme' };

it('an org with only a name and a domain is monitored at the Org server', () => {
  expect(buildOrg().servers).toEqual([{ id: 'org', issuer: 'https://acme.okta.com' }]);
});

it('a run receives a status page and the fields of its org, but neither its intervals nor whether it has a dashboard', () => {
  const [{ intervalMinutes, dashboard, servers, ...fields } = expect.fail('no org')] = buildConfig().orgs;
  expect(buildOrg()).toEqual({ ...fields, servers: expect.any(Array), statusPage: expect.any(Object) });
});

describe('the status page of an org', () => {
  const own = { page: 'https://status.example.com/own' };
  const shared = { page: 'https://status.example.com/shared', tell: ['Single Sign-On'] };
  const pagesOf = (config: Partial<ConfigInput>) =>
    monitoredOrgs(buildConfig(config)).map(({ org }) => org.statusPage?.page);

  it("an org's own status page replaces the file's", () => {
    const orgs = [
      { ...minimalOrg, statusPage: own },
      { name: 'other', domain: 'other.okta-gov.com' },
    ];
    expect(pagesOf({ statusPage: shared, orgs })).toEqual([own.page, shared.page]);
  });

  it('an org tells what the file tells, unless it has a setting of its own', () => {
    const tellsOf = (statusPage: NonNullable<ConfigInput['statusPage']>) =>
      monitoredOrgs(buildConfig({ statusPage: shared, orgs: [{ ...minimalOrg, statusPage }] }))[0]?.org.statusPage;
    expect(tellsOf(own)).toEqual({ ...own, tell: shared.tell });
    expect(tellsOf({ tell: 'none' })).toEqual({ page: shared.page, tell: 'none' });
  });

  it.each(['acme.okta.com', 'acme.oktapreview.com', 'acme.okta-emea.com', 'login.acme.com', 'acme.okta.com:8443'])(
    '%s has the status page of the commercial cells',
    (domain) => {
      expect(buildOrg({ domain }).statusPage?.page).toBe('https://status.okta.com/');
    },
  );

  it.each(['acme.okta-gov.com', 'acme.okta.mil', 'acme.okta-miltest.com', 'acme.trex-govcloud.com'])(
    '%s has no status page unless the configuration sets one, and its status is not probed',
    (domain) => {
      expect(buildOrg({ domain }).statusPage).toBeUndefined();
      const [monitored] = monitoredOrgs(buildConfig({ orgs: [{ ...minimalOrg, domain }] }));
      expect(monitored && planOf(monitored, 'status')).toEqual([]);
    },
  );
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

it('a run receives whether tokens are bound and requests are pushed', () => {
  const web = { clientId: '0oaWeb', redirectUri: 'https://app.example.com/callback', dpop: true, par: true };
  const user = { login: 'monitor@acme.com', secret: 'okta/user' };
  const servers = [{ id: 'default', scopes: ['monitor'] }];
  const api = { client: { clientId: '0oaApi', secret: 'okta/key', dpop: true } };
  expect(buildOrg({ web, user, service: { ...service, dpop: true }, servers, api })).toMatchObject({
    ...{ servers: [{ web: { dpop: true, par: true }, service: { dpop: true } }], api: { dpop: true } },
  });
  expect(JSON.stringify(buildOrg({ web: { ...web, dpop: undefined, par: undefined } }))).not.toMatch(/dpop|par"/);
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

describe('the intervals of an org', () => {
  const intervalsOf = (config: Partial<ConfigInput>) => monitoredOrgs(buildConfig(config))[0]?.intervalMinutes;

  it("are the file's, where the org has none of its own", () => {
    const orgs = [{ ...minimalOrg, intervalMinutes: { status: 20 } }];
    expect(intervalsOf({ intervalMinutes: { flows: 5, status: 10 }, orgs })).toMatchObject({
      ...{ flows: 5, limits: 5, status: 20 },
    });
  });

  it('are one minute for sign-in if nothing is configured', () => {
    expect(intervalsOf({})).toMatchObject({ flows: 1, limits: 1, status: 5 });
  });
});

it('whoever reads the System Log knows the applications and servers that the monitor uses, without their secrets', () => {
  const org = buildOrg({
    systemLog: {},
    service,
    web: { clientId: '0oaWeb', redirectUri: 'https://app.example.com/callback' },
    servers: [
      { id: 'org', scopes: ['okta.users.read'] },
      { id: 'default', scopes: ['monitor'] },
    ],
    api: { client: { clientId: '0oaApi', secret: 'okta/api', scopes: ['okta.logs.read'] } },
  });
  expect(org.systemLog).toEqual({
    ownClientIds: ['0oaService', '0oaApi'],
    watchedIds: ['0oaService', '0oaApi', 'org', '0oaWeb', 'default'],
  });
});
