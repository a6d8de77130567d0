import { describe, expect, test } from 'vitest';
import { problemsOf, problemsOfOrg } from '../../../support/problems-of.ts';

const service = { clientId: '0oaService', secret: 'okta/acme' };
const withSecret = { ...service, authentication: 'client_secret_basic' };

describe('the service application of the Org server', () => {
  test('may prove who it is by private_key_jwt, with okta.* scopes', () => {
    expect(problemsOfOrg({ service, servers: [{ id: 'org', scopes: ['okta.users.read'] }] })).toEqual([]);
  });

  test('may not prove who it is by a secret', () => {
    expect(problemsOfOrg({ servers: [{ id: 'org', scopes: ['okta.users.read'], service: withSecret }] })).toEqual([
      'orgs[0].servers[0].service.authentication does not work at the Org server, which accepts private_key_jwt alone: give it a key pair.',
    ]);
  });

  test.each([
    {},
    {
      servers: [
        { id: 'default', scopes: ['monitor'] },
        { id: 'org', scopes: ['okta.users.read'] },
      ],
    },
  ])('may not come from the org with a secret: it belongs on the custom servers', (fields) => {
    expect(problemsOfOrg({ service: withSecret, ...fields })).toEqual([
      'orgs[0].service.authentication does not work at the Org server, which accepts private_key_jwt alone: set this "service" on the custom servers instead.',
    ]);
  });

  test('must ask for an okta.* scope', () => {
    expect(problemsOfOrg({ service, servers: [{ id: 'org' }] })[0]).toMatch(/^orgs\[0\]\.servers\[0\] needs "scopes"/);
    expect(problemsOfOrg({ service, servers: [{ id: 'org', scopes: [] }] })[0]).toMatch(
      /^orgs\[0\]\.servers\[0\]\.scopes needs "scopes"/,
    );
    expect(problemsOfOrg({ service })[0]).toMatch(/^orgs\[0\]\.servers needs "servers": \[\{ "id": "org"/);
  });

  test.each(['openid', 'monitor'])('may not ask for %s', (scope) => {
    expect(problemsOfOrg({ service, servers: [{ id: 'org', scopes: ['okta.users.read', scope] }] })).toEqual([
      'orgs[0].servers[0].scopes[1] is refused by the Org server, which gives a service okta.* scopes alone: use one, or a custom server.',
    ]);
  });
});

describe('the service application of a custom server', () => {
  test('may prove who it is by a secret', () => {
    expect(problemsOfOrg({ service: withSecret, servers: [{ id: 'default', scopes: ['monitor'] }] })).toEqual([]);
  });

  test('must ask for a scope', () => {
    expect(problemsOfOrg({ service, servers: [{ id: 'aus1a2B3c' }] })[0]).toMatch(
      /needs "scopes" because of "service"/,
    );
  });

  test('may not ask for okta.* scopes', () => {
    expect(problemsOfOrg({ service, servers: [{ id: 'default', scopes: ['okta.users.read'] }] })).toEqual([
      'orgs[0].servers[0].scopes[0] is refused by a custom server: okta.* scopes are for the Org server.',
    ]);
  });

  test.each(['openid', 'profile', 'offline_access'])('may not ask for %s, as it has no user', (scope) => {
    expect(problemsOfOrg({ service, servers: [{ id: 'default', scopes: [scope] }] })).toEqual([
      'orgs[0].servers[0].scopes[0] is refused for client credentials, which have no user: use a scope that you defined on the server.',
    ]);
  });
});

test('a server that has a service of its own does not answer for that of the org', () => {
  const servers = [{ id: 'org', service, scopes: ['okta.users.read'] }];
  expect(problemsOfOrg({ service: withSecret, servers })).toEqual([]);
});

test('scopes that are malformed are not also called missing', () => {
  expect(problemsOfOrg({ service, servers: [{ id: 'default', scopes: 'monitor' }] })).toHaveLength(1);
  expect(problemsOfOrg({ service, servers: [{ id: 'default', scopes: [3] }] })).toHaveLength(1);
  expect(problemsOfOrg({ service, servers: 'default' })).toHaveLength(1);
});

test('an audience belongs to custom servers', () => {
  expect(problemsOfOrg({ servers: [{ id: 'default', audience: 'api://default' }] })).toEqual([]);
  expect(problemsOfOrg({ servers: [{ id: 'org', audience: 'api://default' }] })[0]).toMatch(
    /^orgs\[0\]\.servers\[0\]\.audience does not apply: .* Leave it out\.$/,
  );
});

test('the names of orgs and the ids of their servers are unique', () => {
  const org = { name: 'acme', domain: 'acme.okta.com', servers: [{ id: 'org' }, { id: 'default' }, { id: 'org' }] };
  expect(problemsOf({ orgs: [org, { name: 'acme', domain: 'acme.oktapreview.com' }] })).toEqual([
    'orgs[0].servers[2].id stands here twice: keep one.',
    'orgs[1].name is the name of another org too: their metrics would mix.',
  ]);
});

test.each([
  [{}, 'orgs[0].api needs "token" or "client".'],
  [
    { token: { secret: 'a' }, client: { clientId: 'b', secret: 'c' } },
    'orgs[0].api must have "token" or "client", not both.',
  ],
  [
    { client: { clientId: 'b', secret: 'c', scopes: ['openid'] } },
    'orgs[0].api.client.scopes[0] is no scope of the management API: they begin with okta.',
  ],
])('the management API is called by one credential: %j', (api, problem) => {
  expect(problemsOfOrg({ api })).toEqual([problem]);
});

test('a subscriber has one address', () => {
  const orgs = [{ name: 'acme', domain: 'acme.okta.com' }];
  const both = { email: 'a@example.com', https: 'https://example.com' };
  expect(problemsOf({ alerts: { pages: [both], tickets: [{}] }, orgs })).toEqual([
    'alerts.pages[0] must have "email" or "https", not both.',
    'alerts.tickets[0] needs "email" or "https".',
  ]);
});

test('names of claims are expected of custom servers alone, whose tokens can be read', () => {
  const expects = { claims: ['groups'], minLifetimeSeconds: 300 };
  expect(problemsOfOrg({ servers: [{ id: 'default', expects }] })).toEqual([]);
  expect(problemsOfOrg({ servers: [{ id: 'org', expects: { minLifetimeSeconds: 300 } }] })).toEqual([]);
  expect(problemsOfOrg({ servers: [{ id: 'org', expects }] })[0]).toMatch(
    /^orgs\[0\]\.servers\[0\]\.expects\.claims does not apply: .* Leave it out\.$/,
  );
});

test('an answer can be slow only before it is given up', () => {
  expect(problemsOfOrg({ slowAfterMs: 5_000, timeoutMs: 5_000 })[0]).toMatch(/^orgs\[0\]\.slowAfterMs must be less/);
});
