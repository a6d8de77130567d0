import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { minimalOrg } from '../../../support/build-config.ts';
import { problemsOf, problemsOfOrg } from '../../../support/problems-of.ts';

describe('the domain of an org', () => {
  it.each(['acme.okta.com', 'login.acme.com', 'acme.oktapreview.com', 'localhost:8443', 'my-admin.acme.com'])(
    'the domain of an org may be %s',
    (domain) => {
      expect(problemsOfOrg({ domain })).toEqual([]);
    },
  );

  it.each([
    ['https://acme.okta.com', 'remove https://'],
    ['acme.okta.com/', 'remove the path'],
    ['acme.okta.com/oauth2/default', 'remove the path'],
    ['acme_corp.okta.com', 'hosts cannot contain underscores'],
    ['Acme.okta.com', 'must be lowercase'],
    ['acme-admin.okta.com', 'remove "-admin"'],
    ['acme-admin.oktapreview.com', 'remove "-admin"'],
    ['acme-admin.okta.mil', 'remove "-admin"'],
    ['acme-admin.okta.com:443', 'remove "-admin"'],
    ['acme', 'must be a host'],
    ['acme.okta.com:', 'must be a host'],
    ['acme.okta.com:99999', 'must be a host'],
    ['acme.okta.com:443:1', 'must be a host'],
    ['-acme.okta.com', 'must be a host'],
    ['', 'must be a host'],
  ])('the domain %j is refused', (domain, remedy) => {
    const [problem, ...others] = problemsOfOrg({ domain });
    expect(problem).toMatch(/^orgs\[0\]\.domain /);
    expect(problem).toContain(remedy);
    expect(others).toEqual([]);
  });
});

describe('the name of a secret', () => {
  const problemsOfSecret = (secret: unknown) => problemsOfOrg({ api: { token: { secret } } });

  it.each([
    'okta/acme/api-token',
    'my-secret',
    'arn:aws:secretsmanager:eu-west-1:123456789012:secret:okta/acme-AbC123',
    'arn:aws-us-gov:secretsmanager:us-gov-west-1:123456789012:secret:okta-AbC123',
  ])('the name of a secret may be %s', (secret) => {
    expect(problemsOfSecret(secret)).toEqual([]);
  });

  const credentials = {
    'an API token': `00${'aB3-'.repeat(10)}`,
    'an Authorization header': `SSWS 00${'aB3-'.repeat(10)}`,
    'a client secret of 40 characters': 'aB3x'.repeat(10),
    'a client secret of 64 characters': 'aB3x'.repeat(16),
    'a private key': '-----BEGIN PRIVATE KEY-----\nMIIEvQ==\n-----END PRIVATE KEY-----',
    'a private JWK': '{"kty":"RSA","d":"AbCdEf"}',
  };

  it.each(Object.entries(credentials))('%s is refused as the name of a secret, and is not repeated', (_, secret) => {
    const [problem, ...others] = problemsOfSecret(secret);
    expect(problem).toContain('orgs[0].api.token.secret looks like a secret: revoke it');
    expect(problem).not.toContain(secret.slice(0, 12));
    expect(others).toEqual([]);
  });

  it.each([
    ['arn:aws:secretsmanager:eu-west-1:123456789012:secret:okta', 'not a complete secret ARN'],
    ['arn:aws:ssm:eu-west-1:123456789012:parameter/okta', 'not a complete secret ARN'],
    ['a name with spaces', 'not a valid secret name'],
    ['', 'not a valid secret name'],
  ])('the name of a secret may not be %j', (secret, problem) => {
    expect(problemsOfSecret(secret).join()).toContain(problem);
  });

  it('the value of a "secret" field never appears in a message', () => {
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

it.each([
  ['https://app.example.com/callback', []],
  ['http://localhost:3000/callback', []],
  ['http://app.example.com/callback', ['orgs[0].web.redirectUri must begin with https:// or http://localhost.']],
  ['com.example.app:/callback', ['orgs[0].web.redirectUri must begin with https:// or http://localhost.']],
  ['https://app.example.com/#callback', ['orgs[0].web.redirectUri must not have a fragment (#…).']],
  [
    'https://u:canary@app.example.com/callback',
    ['orgs[0].web.redirectUri must not contain a user name or password: the template shows the URL in clear text.'],
  ],
  ['callback', ['orgs[0].web.redirectUri must begin with https:// or http://localhost.']],
])('a redirect URI must be https or localhost, without a fragment or credentials: %s', (redirectUri, problems) => {
  expect(problemsOfOrg({ web: { clientId: 'a', redirectUri } })).toEqual(problems);
});

it.each([
  [{ name: 'Acme' }, 'orgs[0].name must be 1 to 32 lowercase letters'],
  [{ name: 'a'.repeat(33) }, 'orgs[0].name must be 1 to 32 lowercase letters'],
  [{ cell: 'OK8' }, 'orgs[0].cell must look like okta.com:8'],
  [{ intervalMinutes: { flows: 0 } }, 'orgs[0].intervalMinutes.flows must be at least 1'],
  [{ intervalMinutes: { flows: 61 } }, 'orgs[0].intervalMinutes.flows must be at most 60'],
  [
    { intervalMinutes: { limits: 1 } },
    'orgs[0].intervalMinutes.limits is not a valid key. Valid keys: flows, status, journey, health, systemLog, negativeTests',
  ],
  [{ intervalMinutes: { status: 1.5 } }, 'orgs[0].intervalMinutes.status must be a whole number'],
  [{ intervalMinutes: { status: '1' } }, 'orgs[0].intervalMinutes.status must be a whole number'],
  [{ servers: [] }, 'orgs[0].servers must not be empty'],
  [{ servers: [{ id: 'My server' }] }, 'orgs[0].servers[0].id is not a valid server ID'],
  [{ servers: [{}] }, 'orgs[0].servers[0].id is missing'],
  [{ servers: [{ id: 'default', issuer: 'login.acme.com' }] }, 'orgs[0].servers[0].issuer must be a URL'],
  [
    { servers: [{ id: 'default', issuer: 'https://login.acme.com/oauth2/default/' }] },
    'orgs[0].servers[0].issuer must not end with a slash',
  ],
  [
    { service: { clientId: 'a', secret: 'b', authentication: 'none' } },
    'orgs[0].service.authentication must be one of private_key_jwt, client_secret_basic, client_secret_post',
  ],
  [{ web: { clientId: 'a', redirectUri: 'https://a.b/', scopes: ['openid profile'] } }, 'is not a valid scope'],
  [{ web: 'yes' }, 'orgs[0].web must be an object { … }: a web application'],
  [{ negativeTests: 'yes' }, 'orgs[0].negativeTests must be true or false: whether'],
  [{ servers: 'org' }, 'orgs[0].servers must be an array [ … ]: the authorization servers'],
  [{ domain: 8 }, 'orgs[0].domain must be a string: the host'],
])('a malformed field of an org is reported with a remedy: %j', (fields, problem) => {
  expect(problemsOfOrg(fields).join('\n')).toContain(problem);
});

it("the token of a flow is refused in the flow's URL, and not repeated", () => {
  const workflow = (url: string) => problemsOfOrg({ workflow: { url, secret: 'acme/flow' } }).join('\n');
  const url = 'https://acme.workflows.okta.com/api/flo/1/invoke';
  expect(workflow(url)).toBe('');
  for (const added of ['?clientToken=canary', '#canary']) {
    expect(workflow(`${url}${added}`)).toContain('orgs[0].workflow.url must end before the "?"');
    expect(workflow(`${url}${added}`)).not.toContain('canary');
  }
});

it.each([
  [{ logRetentionDays: 31 }, 'logRetentionDays must be one of 1, 3, 5'],
  [{ alerts: { tickets: [{ email: 'team' }] } }, 'alerts.tickets[0].email must be an e-mail address'],
  [{ alerts: { pages: [{ https: 'http://pager.example.com' }] } }, 'alerts.pages[0].https must be a URL that begins'],
  [
    { alerts: { pages: [{ https: 'https://u:canary@pager.example.com' }] } },
    'must not contain a user name or password',
  ],
  [{ statusPage: { page: 'page' } }, 'statusPage.page must be a URL that begins with https://'],
  [{ statusPage: { tell: 'some' } }, 'statusPage.tell'],
  [{ statusPage: { tell: [] } }, 'statusPage.tell'],
  [{ statusPage: 'https://status.example.com' }, 'statusPage must be an object { … }: '],
  [{ orgs: [] }, 'orgs must not be empty'],
  [{ orgs: undefined }, 'orgs is missing'],
])('a malformed field outside orgs is reported with a remedy: %j', (fields, problem) => {
  expect(problemsOf({ orgs: [minimalOrg], ...fields }).join('\n')).toContain(problem);
});

it("an org's status page is reported with its path and a remedy", () => {
  expect(problemsOfOrg({ statusPage: { page: 'http://status.example.com', tel: '' } })).toEqual([
    'orgs[0].statusPage.page must be a URL that begins with https://.',
    'orgs[0].statusPage.tel is not a valid key: did you mean "tell"?',
  ]);
});

it.each([
  [{ routes: { network: 'pager' } }, 'alerts.routes.network must be one of page, ticket.'],
  [{ routes: { networks: 'page' } }, 'alerts.routes.networks is not a valid key: did you mean "network"?'],
])('a route must map a fault domain to "page" or "ticket": %j', (alerts, problem) => {
  expect(problemsOf({ alerts, orgs: [minimalOrg] })).toEqual([problem]);
});
