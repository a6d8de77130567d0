import { describe, expect, it } from 'vitest';
import { minimalOrg } from '../../../support/build-config.ts';
import { problemsOf, problemsOfOrg } from '../../../support/problems-of.ts';

const service = { clientId: '0oaService', secret: 'okta/acme' };
const serviceWithSecret = { ...service, authentication: 'client_secret_basic' };

describe('the service application of the Org server', () => {
  it('the Org server accepts a service with private_key_jwt and an okta.* scope', () => {
    expect(problemsOfOrg({ service, servers: [{ id: 'org', scopes: ['okta.users.read'] }] })).toEqual([]);
  });

  it('a client secret is refused at the Org server', () => {
    const servers = [{ id: 'org', scopes: ['okta.users.read'], service: serviceWithSecret }];
    expect(problemsOfOrg({ servers })).toEqual([
      'orgs[0].servers[0].service.authentication is not supported by the Org server, which accepts only private_key_jwt: use a key pair.',
    ]);
  });

  it.each([
    ['omitted servers', {}],
    [
      'the Org server among others',
      {
        servers: [
          { id: 'default', scopes: ['monitor'] },
          { id: 'org', scopes: ['okta.users.read'] },
        ],
      },
    ],
  ])('a client secret of the org is refused with %s', (_, fields) => {
    expect(problemsOfOrg({ service: serviceWithSecret, ...fields })).toEqual([
      'orgs[0].service.authentication is not supported by the Org server, which accepts only private_key_jwt: move this "service" to the custom servers.',
    ]);
  });

  it('a service at the Org server needs scopes', () => {
    const reason = 'client credentials get no token without a scope';
    expect(problemsOfOrg({ service, servers: [{ id: 'org' }] })).toEqual([
      `orgs[0].servers[0] needs "scopes" because of "service": ${reason}. Use an okta.* scope such as okta.users.read.`,
    ]);
    expect(problemsOfOrg({ service, servers: [{ id: 'org', scopes: [] }] })).toEqual([
      `orgs[0].servers[0].scopes must not be empty because of "service": ${reason}. Use an okta.* scope such as okta.users.read.`,
    ]);
    expect(problemsOfOrg({ service })).toEqual([
      `orgs[0].servers must be set because of "service": ${reason}. For example: [{ "id": "org", "scopes": ["okta.users.read"] }].`,
    ]);
  });

  it.each(['openid', 'monitor'])('the scope %s is refused at the Org server', (scope) => {
    expect(problemsOfOrg({ service, servers: [{ id: 'org', scopes: ['okta.users.read', scope] }] })).toEqual([
      'orgs[0].servers[0].scopes[1] is refused by the Org server, which grants services only okta.* scopes: use one of these, or a custom server.',
    ]);
  });
});

describe('the service application of a custom server', () => {
  it('a custom server accepts a service with a client secret', () => {
    expect(problemsOfOrg({ service: serviceWithSecret, servers: [{ id: 'default', scopes: ['monitor'] }] })).toEqual(
      [],
    );
  });

  it('a service at a custom server needs scopes', () => {
    expect(problemsOfOrg({ service, servers: [{ id: 'aus1a2B3c' }] })).toEqual([
      'orgs[0].servers[0] needs "scopes" because of "service": client credentials get no token without a scope. Use a scope that you defined on the server.',
    ]);
  });

  it('an okta.* scope is refused at a custom server', () => {
    expect(problemsOfOrg({ service, servers: [{ id: 'default', scopes: ['okta.users.read'] }] })).toEqual([
      'orgs[0].servers[0].scopes[0] is refused by custom servers: only the Org server grants okta.* scopes.',
    ]);
  });

  it.each(['openid', 'profile', 'offline_access'])('the user scope %s is refused for a service', (scope) => {
    expect(problemsOfOrg({ service, servers: [{ id: 'default', scopes: [scope] }] })).toEqual([
      'orgs[0].servers[0].scopes[0] is refused for client credentials, which have no user: use a scope that you defined on the server.',
    ]);
  });
});

it("a server's own service replaces the org's, which is then not checked at that server", () => {
  const servers = [{ id: 'org', service, scopes: ['okta.users.read'] }];
  expect(problemsOfOrg({ service: serviceWithSecret, servers })).toEqual([]);
});

it('malformed scopes are not also reported as missing', () => {
  expect(problemsOfOrg({ service, servers: [{ id: 'default', scopes: 'monitor' }] })).toHaveLength(1);
  expect(problemsOfOrg({ service, servers: [{ id: 'default', scopes: [3] }] })).toHaveLength(1);
  expect(problemsOfOrg({ service, servers: 'default' })).toHaveLength(1);
});

it('an audience is accepted only at custom servers', () => {
  expect(problemsOfOrg({ servers: [{ id: 'default', audience: 'api://default' }] })).toEqual([]);
  expect(problemsOfOrg({ servers: [{ id: 'org', audience: 'api://default' }] })).toEqual([
    'orgs[0].servers[0].audience does not apply to the Org server, whose access tokens are opaque: remove it.',
  ]);
});

it('names of orgs and IDs of their servers must be unique', () => {
  const org = { ...minimalOrg, servers: [{ id: 'org' }, { id: 'default' }, { id: 'org' }] };
  expect(problemsOf({ orgs: [org, { ...minimalOrg, domain: 'acme.oktapreview.com' }] })).toEqual([
    'orgs[0].servers[2].id is the ID of another server of this org: remove one of the two.',
    'orgs[1].name is the name of another org: org names must be unique, because metrics are stored by name.',
  ]);
});

it.each([
  [{}, 'orgs[0].api needs "token" or "client".'],
  [
    { token: { secret: 'a' }, client: { clientId: 'b', secret: 'c' } },
    'orgs[0].api must have only one of "token" and "client".',
  ],
  [
    { client: { clientId: 'b', secret: 'c', scopes: ['openid'] } },
    'orgs[0].api.client.scopes[0] is not a scope of the management API: use one that begins with okta.',
  ],
])('the management API needs exactly one credential, with okta.* scopes: %j', (api, problem) => {
  expect(problemsOfOrg({ api })).toEqual([problem]);
});

describe('a receiver', () => {
  const https = 'https://pager.example.com/sns';
  const problemsOfPage = (page: object) => problemsOf({ alerts: { pages: [page] }, orgs: [minimalOrg] });

  it.each([
    { email: 'a@example.com' },
    { https },
    { kind: 'email', email: 'a@example.com' },
    { kind: 'chat' },
    { kind: 'chat', https },
    { kind: 'cloudwatch', https, name: 'pagerduty-east' },
    { kind: 'json', https },
    { kind: 'pagerduty', secret: 'okta-synthetics/pagerduty' },
    { secret: 'okta-synthetics/pagerduty', region: 'eu' },
  ])('may be %j', (page) => {
    expect(problemsOfPage(page)).toEqual([]);
  });

  it.each<[object, string]>([
    [{}, '[0] needs "email" or "https", or a "kind".'],
    [{ email: 'a@example.com', https }, '[0] must have only one of "email" and "https".'],
    [{ kind: 'cloudwatch' }, '[0] needs "https" because its kind is cloudwatch.'],
    [{ kind: 'pagerduty' }, '[0] needs "secret" because its kind is pagerduty.'],
    [{ kind: 'chat', email: 'a@example.com' }, '[0].email does not apply to a receiver of the kind chat: remove it.'],
    [{ https, region: 'eu' }, '[0].region does not apply to a receiver of the kind chat: remove it.'],
    [{ https, name: 'notifier' }, '[0].name must not be "notifier", which the alarms use for something else.'],
  ])('must have the fields of its kind: %j', (page, problem) => {
    expect(problemsOfPage(page)).toEqual([`alerts.pages${problem}`]);
  });

  it('has a name of its own', () => {
    const pages = [
      { https, name: 'pager' },
      { kind: 'json', https, name: 'pager' },
    ];
    expect(problemsOf({ alerts: { pages }, orgs: [minimalOrg] })).toEqual([
      'alerts.pages[1].name is the name of another receiver of this list.',
    ]);
  });

  it.each([{ email: 'a@example.com' }, { kind: 'chat' }, { https }])('of drills may be %j', (receiver) => {
    expect(problemsOf({ alerts: { drills: [receiver] }, orgs: [minimalOrg] })).toEqual([]);
  });

  it.each([
    { kind: 'json', https },
    { kind: 'cloudwatch', https },
    { kind: 'pagerduty', secret: 'okta-synthetics/pagerduty' },
  ])('of drills is a person: %j', (receiver) => {
    expect(problemsOf({ alerts: { drills: [receiver] }, orgs: [minimalOrg] })).toEqual([
      expect.stringMatching(/^alerts\.drills\[0\] must be of the kind email or chat: .*--page/),
    ]);
  });

  it('of an org follows the same rules', () => {
    expect(problemsOfOrg({ alerts: { tickets: [{ kind: 'json' }] } })).toEqual([
      'orgs[0].alerts.tickets[0] needs "https" because its kind is json.',
    ]);
  });
});

describe('bound tokens of a web application', () => {
  const web = { clientId: '0oaWeb', redirectUri: 'https://app.example.com/callback', dpop: true };
  const user = { login: 'monitor@acme.com', secret: 'okta/user' };
  const message =
    'web.dpop does nothing without a test user, for whom alone tokens are issued here: set "user", or remove it.';

  it('need a test user, whose tokens they are', () => {
    expect(problemsOfOrg({ web })).toEqual([`orgs[0].${message}`]);
    expect(problemsOfOrg({ servers: [{ id: 'default', web }] })).toEqual([`orgs[0].servers[0].${message}`]);
  });

  it('are accepted with one, and so is a setting that is off', () => {
    expect(problemsOfOrg({ web, user })).toEqual([]);
    expect(problemsOfOrg({ web: { ...web, dpop: false } })).toEqual([]);
  });

  it('are no setting of an API token, which is never bound', () => {
    expect(problemsOfOrg({ api: { token: { secret: 'okta/token', dpop: true } } })).toHaveLength(1);
  });
});

it('expected claims are accepted only at custom servers', () => {
  const expects = { claims: ['groups'], minLifetimeSeconds: 300 };
  expect(problemsOfOrg({ servers: [{ id: 'default', expects }] })).toEqual([]);
  expect(problemsOfOrg({ servers: [{ id: 'org', expects: { minLifetimeSeconds: 300 } }] })).toEqual([]);
  expect(problemsOfOrg({ servers: [{ id: 'org', expects }] })).toEqual([
    'orgs[0].servers[0].expects.claims does not apply to the Org server, whose access tokens are opaque: remove it.',
  ]);
});

it('a grace period of refresh tokens is refused where they do not rotate', () => {
  const expecting = (refreshTokenRotation?: boolean) =>
    problemsOfOrg({
      servers: [{ id: 'org', expects: { refreshTokenLeewaySeconds: 30, refreshTokenRotation } }],
    });
  expect(expecting(true)).toEqual([]);
  expect(expecting()).toEqual([]);
  expect(expecting(false)).toEqual([
    'orgs[0].servers[0].expects.refreshTokenLeewaySeconds contradicts "refreshTokenRotation": false: a refresh token that is not replaced has no grace period.',
  ]);
});

it('slowAfterMs must be less than timeoutMs', () => {
  expect(problemsOfOrg({ slowAfterMs: 5_000, timeoutMs: 5_000 })).toEqual([
    'orgs[0].slowAfterMs must be less than timeoutMs (5000): a response that takes as long is not slow, it times out.',
  ]);
});

it('at least one org must be enabled', () => {
  const off = { ...minimalOrg, enabled: false };
  expect(problemsOf({ orgs: [off, { ...minimalOrg, name: 'other' }] })).toEqual([]);
  expect(problemsOf({ orgs: [off] })).toEqual([
    'orgs has no enabled org: remove "enabled": false from one, or run cdk destroy.',
  ]);
});

describe('health checks', () => {
  const token = { token: { secret: 'acme/api' } };
  const client = (...scopes: string[]) => ({ client: { clientId: '0oaApi', secret: 'acme/api', scopes } });

  it('an empty object switches them on', () => {
    expect(problemsOfOrg({ api: token, health: {} })).toEqual([]);
  });

  it('they need a credential for the management API', () => {
    expect(problemsOfOrg({ health: {} })).toEqual([
      'orgs[0].health needs a credential for the management API: set "api".',
    ]);
  });

  it('applications are named, or all of them are checked', () => {
    const applications = ['0oaPayroll001'];
    expect(problemsOfOrg({ api: token, health: { applications } })).toEqual([]);
    expect(problemsOfOrg({ api: token, health: { applications, allApplications: true } })).toEqual([
      'orgs[0].health.applications has no effect with "allApplications": remove one of the two.',
    ]);
  });

  it('secrets are those of named applications', () => {
    expect(problemsOfOrg({ api: token, health: { readSecrets: true, clients: ['0oaWebClient1'] } })).toEqual([]);
    expect(problemsOfOrg({ api: token, health: { readSecrets: true } })).toEqual([
      'orgs[0].health.readSecrets needs applications whose secrets are checked: set "clients".',
    ]);
  });

  it('a page about an expiry comes after each ticket', () => {
    const expiries = (expiryDays: object) => problemsOfOrg({ api: token, health: { expiryDays } });
    expect(expiries({ ticket: [60, 30], page: [3] })).toEqual([]);
    expect(expiries({ ticket: [60], page: [] })).toEqual([]);
    expect(expiries({ ticket: [], page: [30, 7] })).toEqual([]);
    expect(expiries({ page: [20, 1] })).toEqual([
      'orgs[0].health.expiryDays.page[0] must be less than each of "ticket" (30, 14): a page comes after the tickets.',
    ]);
    expect(expiries({ ticket: [5] })).toEqual([
      'orgs[0].health.expiryDays must leave days for its pages: "page" (7, 1) must be less than each of "ticket" (5).',
    ]);
  });

  it('a probe that is required needs each of its scopes', () => {
    const required = ['agents', 'hooks'];
    const all = ['okta.agentPools.read', 'okta.eventHooks.read', 'okta.inlineHooks.read', 'okta.logStreams.read'];
    expect(problemsOfOrg({ api: token, health: { required } })).toEqual([]);
    expect(problemsOfOrg({ api: client(...all), health: { required } })).toEqual([]);
    expect(problemsOfOrg({ api: client(...all.slice(0, 2)), health: { required } })).toEqual([
      'orgs[0].health.required[1] needs okta.inlineHooks.read, okta.logStreams.read: add it to api.client.scopes, and grant it in Okta.',
    ]);
  });
});

describe('the System Log of an org', () => {
  const client = { clientId: '0oaApi', secret: 'okta/api' };
  const lacksScope =
    'orgs[0].api.client.scopes needs okta.logs.read because of "systemLog": add it, and grant it to the application.';

  it('needs a credential for the management API', () => {
    expect(problemsOfOrg({ systemLog: {} })).toEqual(['orgs[0].systemLog needs the management API: set "api".']);
  });

  it.each([[{}], [{ scopes: ['okta.users.read'] }]])('needs its scope beside %j', (scopes) => {
    expect(problemsOfOrg({ systemLog: {}, api: { client: { ...client, ...scopes } } })).toEqual([lacksScope]);
  });

  it('is read with that scope, or with an API token', () => {
    const scopes = ['okta.users.read', 'okta.logs.read'];
    expect(problemsOfOrg({ systemLog: {}, api: { client: { ...client, scopes } } })).toEqual([]);
    expect(problemsOfOrg({ systemLog: {}, api: { token: { secret: 'okta/api' } } })).toEqual([]);
  });
});

describe('which announcements are told', () => {
  const gov = { ...minimalOrg, domain: 'acme.okta-gov.com' };
  const page = 'https://status.example.com/';

  it('needs a status page', () => {
    expect(problemsOf({ orgs: [{ ...gov, statusPage: { tell: 'all' } }] })).toEqual([
      'orgs[0].statusPage.tell has no effect: no status page is known for acme.okta-gov.com. Set "statusPage.page", or remove it.',
    ]);
  });

  it.each([
    { orgs: [{ ...gov, statusPage: { tell: 'all', page } }] },
    { statusPage: { page }, orgs: [{ ...gov, statusPage: { tell: ['Workflows'] } }] },
    { orgs: [{ ...minimalOrg, statusPage: { tell: 'none' } }] },
  ])('is accepted with a page: %j', (config) => {
    expect(problemsOf(config)).toEqual([]);
  });
});
