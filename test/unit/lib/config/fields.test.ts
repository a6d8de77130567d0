import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { problemsOf, problemsOfOrg } from '../../../support/problems-of.ts';

describe('the domain of an org', () => {
  test.each(['acme.okta.com', 'login.acme.com', 'acme.oktapreview.com', 'localhost:8443', 'my-admin.acme.com'])(
    'may be %s',
    (domain) => {
      expect(problemsOfOrg({ domain })).toEqual([]);
    },
  );

  test.each([
    ['https://acme.okta.com', 'leave out https://'],
    ['acme.okta.com/', 'leave out the path'],
    ['acme.okta.com/oauth2/default', 'leave out the path'],
    ['acme_corp.okta.com', 'underscore'],
    ['Acme.okta.com', 'lower case'],
    ['acme-admin.okta.com', 'leave out "-admin"'],
    ['acme-admin.oktapreview.com', 'leave out "-admin"'],
    ['acme', 'must be a host'],
    ['acme.okta.com:', 'must be a host'],
    ['acme.okta.com:99999', 'must be a host'],
    ['acme.okta.com:443:1', 'must be a host'],
    ['-acme.okta.com', 'must be a host'],
    ['', 'must be a host'],
  ])('may not be %j', (domain, remedy) => {
    const [problem, ...others] = problemsOfOrg({ domain });
    expect(problem).toMatch(/^orgs\[0\]\.domain /);
    expect(problem).toContain(remedy);
    expect(others).toEqual([]);
  });
});

describe('the name of a secret', () => {
  const problemsOfSecret = (secret: unknown) => problemsOfOrg({ api: { token: { secret } } });

  test.each([
    'okta/acme/api-token',
    'my-secret',
    'arn:aws:secretsmanager:eu-west-1:123456789012:secret:okta/acme-AbC123',
    'arn:aws-us-gov:secretsmanager:us-gov-west-1:123456789012:secret:okta-AbC123',
  ])('may be %s', (secret) => {
    expect(problemsOfSecret(secret)).toEqual([]);
  });

  const credentials = {
    'an API token': `00${'aB3-'.repeat(10)}`,
    'an authorization header': `SSWS 00${'aB3-'.repeat(10)}`,
    'a client secret of 40 letters': 'aB3x'.repeat(10),
    'a client secret of 64 letters': 'aB3x'.repeat(16),
    'a private key': '-----BEGIN PRIVATE KEY-----\nMIIEvQ==\n-----END PRIVATE KEY-----',
    'a private JWK': '{"kty":"RSA","d":"AbCdEf"}',
  };

  test.each(Object.entries(credentials))('may not be %s, which is not repeated', (_, secret) => {
    const [problem, ...others] = problemsOfSecret(secret);
    expect(problem).toContain('orgs[0].api.token.secret looks like a secret itself');
    expect(problem).not.toContain(secret.slice(0, 12));
    expect(others).toEqual([]);
  });

  test.each([
    ['arn:aws:secretsmanager:eu-west-1:123456789012:secret:okta', 'no complete ARN'],
    ['arn:aws:ssm:eu-west-1:123456789012:parameter/okta', 'no complete ARN'],
    ['a name with spaces', 'no name of a secret'],
    ['', 'no name of a secret'],
  ])('may not be %j', (secret, problem) => {
    expect(problemsOfSecret(secret).join()).toContain(problem);
  });

  test('never shows in a message, whatever it is and whatever else is wrong', () => {
    const anything = fc.oneof(fc.string({ minLength: 9 }), fc.stringMatching(/^[\w-]{9,70}$/));
    fc.assert(
      fc.property(anything, fc.boolean(), (secret, isOrgServer) => {
        const service = { clientID: 'x', authentication: 'client_secret_post', secret };
        const servers = [{ id: isOrgServer ? 'org' : 'default', service, scopes: ['openid'] }];
        const message = problemsOfOrg({ domain: '', servers, api: { client: { secret } } }).join('\n');
        expect(message).toContain('clientID');
        const words = problemsOfOrg({ domain: '', servers: [], api: { client: { secret: 'x' } } }).join('\n');
        expect(words.includes(secret) || !message.includes(secret)).toBe(true);
      }),
    );
  });
});

test.each([
  ['https://app.example.com/callback', []],
  ['http://localhost:3000/callback', []],
  ['http://app.example.com/callback', ['orgs[0].web.redirectUri must begin with https:// or http://localhost.']],
  ['com.example.app:/callback', ['orgs[0].web.redirectUri must begin with https:// or http://localhost.']],
  ['https://app.example.com/#callback', ['orgs[0].web.redirectUri must have no fragment (#…).']],
  [
    'https://u:canary@app.example.com/callback',
    ['orgs[0].web.redirectUri must hold no user and password: the template is no place for them.'],
  ],
  ['callback', ['orgs[0].web.redirectUri must begin with https:// or http://localhost.']],
])('a redirect URI %s is judged as a browser would', (redirectUri, problems) => {
  expect(problemsOfOrg({ web: { clientId: 'a', redirectUri } })).toEqual(problems);
});

test.each([
  [{ name: 'Acme' }, 'orgs[0].name must be 1 to 32 lower-case letters'],
  [{ name: 'a'.repeat(33) }, 'orgs[0].name must be 1 to 32 lower-case letters'],
  [{ cell: 'OK8' }, 'orgs[0].cell must look like okta.com:8'],
  [{ intervalMinutes: { flows: 0 } }, 'orgs[0].intervalMinutes.flows must be at least 1'],
  [{ intervalMinutes: { flows: 61 } }, 'orgs[0].intervalMinutes.flows must be at most 60'],
  [{ intervalMinutes: { limits: 1 } }, 'orgs[0].intervalMinutes.limits is no known key. Here may stand flows, status'],
  [{ intervalMinutes: { status: 1.5 } }, 'orgs[0].intervalMinutes.status must be a whole number'],
  [{ intervalMinutes: { status: '1' } }, 'orgs[0].intervalMinutes.status must be a whole number'],
  [{ servers: [] }, 'orgs[0].servers must not be empty'],
  [{ servers: [{ id: 'My server' }] }, 'orgs[0].servers[0].id is no server'],
  [{ servers: [{}] }, 'orgs[0].servers[0].id is missing'],
  [{ servers: [{ id: 'default', issuer: 'login.acme.com' }] }, 'orgs[0].servers[0].issuer must be a URL'],
  [
    { servers: [{ id: 'default', issuer: 'https://login.acme.com/oauth2/default/' }] },
    'orgs[0].servers[0].issuer must not end in a slash',
  ],
  [
    { service: { clientId: 'a', secret: 'b', authentication: 'none' } },
    'orgs[0].service.authentication must be one of private_key_jwt, client_secret_basic, client_secret_post',
  ],
  [{ web: { clientId: 'a', redirectUri: 'https://a.b/', scopes: ['openid profile'] } }, 'is no scope: one word'],
  [{ web: 'yes' }, 'orgs[0].web must be an object'],
])('a malformed field is named with its remedy: %j', (fields, problem) => {
  expect(problemsOfOrg(fields).join('\n')).toContain(problem);
});

test.each([
  [{ logRetentionDays: 31 }, 'logRetentionDays must be one of 1, 3, 5'],
  [{ alerts: { tickets: [{ email: 'team' }] } }, 'alerts.tickets[0].email must be an e-mail address'],
  [{ alerts: { pages: [{ https: 'http://pager.example.com' }] } }, 'alerts.pages[0].https must be a URL that begins'],
  [{ alerts: { pages: [{ https: 'https://u:canary@pager.example.com' }] } }, 'must hold no user and password'],
  [{ statusPage: { feed: 'feed' } }, 'statusPage.feed must be a URL that begins with https://'],
  [{ orgs: [] }, 'orgs must not be empty'],
  [{ orgs: undefined }, 'orgs is missing'],
])('a malformed field of the whole is named with its remedy: %j', (fields, problem) => {
  expect(problemsOf({ orgs: [{ name: 'acme', domain: 'acme.okta.com' }], ...fields }).join('\n')).toContain(problem);
});

test.each([
  [{ routes: { network: 'pager' } }, 'alerts.routes.network must be one of page, ticket.'],
  [{ routes: { networks: 'page' } }, 'alerts.routes.networks is no known key: did you mean "network"?'],
])('a route leads from a fault domain to an audience: %j', (alerts, problem) => {
  expect(problemsOf({ alerts, orgs: [{ name: 'acme', domain: 'acme.okta.com' }] })).toEqual([problem]);
});
