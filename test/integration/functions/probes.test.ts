import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { faultDomains } from '../../../functions/model/fault-domain.ts';
import type { Org, Server } from '../../../functions/model/org.ts';
import { budgetOf } from '../../../functions/probes/budget.ts';
import { flows, limits, negativeTests, probes, status } from '../../../functions/probes/index.ts';
import { seriesOf } from '../../../functions/probes/series.ts';
import { logLines } from '../../../functions/runtime/log.ts';
import { pointsOf } from '../../../functions/runtime/publish.ts';
import { javascriptRedirect } from '../../../local/emulators/okta/authorization-response.ts';
import type { OktaResponse } from '../../../local/emulators/okta/http-message.ts';
import { redirectResponse } from '../../../local/emulators/okta/http-message.ts';
import { type OktaEmulator, startOktaEmulator } from '../../../local/emulators/okta/okta-emulator.ts';
import { emulateOrg } from '../../../local/simulator/emulated-org.ts';
import { clients, fullOrg } from '../../support/full-org.ts';
import { memorySecrets, outcomeOf, verdicts, watch } from '../../support/run-probes.ts';

let okta: OktaEmulator;
beforeAll(async () => {
  okta = await startOktaEmulator();
});
afterAll(() => okta.close());
beforeEach(() => okta.clearRequests());

const notPassed = (all: readonly string[]) => all.filter((verdict) => !verdict.endsWith(': passed'));

describe('a healthy org', () => {
  it('passes every probe of every group, with a point for every series that is declared', async () => {
    const report = await watch(okta, probes);
    expect(notPassed(verdicts(report))).toEqual([]);
    expect(report.monitorErrors).toEqual([]);
    expect(pointsOf(report).map(({ identity }) => identity)).toEqual(
      seriesOf(report.org, report.plan).map(({ identity }) => identity),
    );
  });

  it('publishes that nothing is to be done, in every fault domain, and that nothing was tried twice', async () => {
    const points = pointsOf(await watch(okta, flows));
    const valuesOf = (name: string) =>
      points.filter(({ identity }) => identity.name === name).map(({ value }) => value);
    expect(valuesOf('Severity')).toEqual(faultDomains.map(() => 0));
    expect(valuesOf('Retries')).toEqual([0]);
  });

  it('with two servers costs at most 14 requests, none repeated, and 15 metrics, over all groups', async () => {
    const report = await watch(okta, probes);
    const requests = okta.requests.map(({ method, path }) => `${method} ${path}`);
    expect(requests.length).toBeLessThanOrEqual(14);
    expect(new Set(requests).size).toBe(requests.length);
    expect(new Set(pointsOf(report).map(({ identity }) => JSON.stringify(identity))).size).toBeLessThanOrEqual(15);
  });

  it('spends exactly its declared budget, by bucket as Okta counts', async () => {
    const { plan } = await watch(okta, probes);
    const { byBucket, unlimited } = budgetOf(plan);
    const counted = Object.groupBy(okta.requests, ({ bucket }) => bucket ?? 'none');
    const { none = [], ...limited } = Object.fromEntries(
      Object.entries(counted).map(([bucket, requests]) => [bucket, requests?.length]),
    );
    expect(limited).toEqual(byBucket);
    expect(none).toBe(unlimited);
  });

  it.each(['client_secret_basic', 'client_secret_post'] as const)(
    'may authenticate with %s at custom servers',
    async (method) => {
      const org: Org = {
        ...fullOrg,
        servers: ['default', 'aus1a2b3c4d5e6f7g8h9'].map((id) => ({
          id,
          issuer: '',
          audience: 'any',
          ...clients(method),
        })),
      };
      expect(notPassed(verdicts(await watch(okta, flows, { org })))).toEqual([]);
    },
  );

  it('may call the management API with a service application’s token, which is fetched once', async () => {
    const org: Org = {
      ...fullOrg,
      api: { kind: 'client', clientId: '', secret: 'acme/key', scopes: ['okta.users.read'] },
    };
    expect(notPassed(verdicts(await watch(okta, limits, { org })))).toEqual([]);
    expect(okta.requests.map(({ path }) => path)).toEqual(['/oauth2/v1/token', '/api/v1/users']);
  });

  it('is watched by the probes that need no credentials when only its domain is known', async () => {
    const { web, service, ...server } = fullOrg.servers[0] ?? { id: 'org', issuer: '' };
    const { api, ...org } = { ...fullOrg, servers: [server] };
    const report = await watch(okta, probes, { org });
    expect(verdicts(report)).toEqual([
      'organization@org-wide: passed',
      'discovery@org: passed',
      'keys@org: passed',
      'status-page@org-wide: passed',
    ]);
    const disabled = report.plan.flatMap(({ probe, howToEnable }) =>
      howToEnable ? [`${probe.id}: ${howToEnable}`] : [],
    );
    expect(disabled).toEqual([
      'authorize: set "web" (clientId and redirectUri of a web application) on server "org" or org "acme"',
      'token: set "service" (clientId and secret of a service application) on server "org" or org "acme"',
      'introspect: set "service" (clientId and secret of a service application) on server "org" or org "acme"',
      'rate-limits: set "api" (an API token, or a service application with okta.* scopes) on org "acme"',
      expect.stringMatching(/^refuses-custom-scope: set "negativeTests" to true on org "acme", and set "service"/),
      expect.stringMatching(/^refuses-unknown-redirect-uri: set "negativeTests" to true on org "acme", and set "web"/),
    ]);
  });

  it('may answer /authorize with a page that redirects by script', async () => {
    const restore = okta.intercept({ path: /authorize$/ }, { transform: javascriptRedirect });
    try {
      expect(notPassed(verdicts(await watch(okta, flows)))).toEqual([]);
    } finally {
      restore();
    }
  });
});

describe('a failing org', () => {
  it('fails at the root cause alone: what needs the token is skipped', async () => {
    const restore = okta.intercept(
      { path: '/oauth2/default/v1/token' },
      { status: 503, headers: { 'content-type': 'text/html' }, body: '<h1>503</h1>' },
    );
    try {
      const report = await watch(okta, flows);
      expect(notPassed(verdicts(report))).toEqual([
        'token@default: gateway-error',
        'verify@default: skipped',
        'introspect@default: skipped',
      ]);
      const skipped = outcomeOf(report, 'verify', 'default');
      expect(skipped.status === 'skipped' && skipped.because).toBe('token failed');
      const urgent = pointsOf(report).filter(({ identity, value }) => identity.name === 'Severity' && value > 0);
      expect(urgent.map(({ identity, value }) => [identity.dimensions.Domain, value])).toEqual([['okta', 2]]);
    } finally {
      restore();
    }
  });

  const json = (status: number, body: object) => ({
    status,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  it.each([
    [
      'an internal error',
      '/oauth2/v1/token',
      json(500, { errorCode: 'E0000009', errorSummary: 'Internal Server Error' }),
      'token@org: internal-error',
    ],
    [
      'read-only mode',
      '/oauth2/v1/token',
      json(503, { errorCode: 'E0000010', errorSummary: 'read only' }),
      'token@org: read-only-mode',
    ],
    [
      'a page where JSON belongs',
      '/oauth2/v1/keys',
      { status: 200, headers: { 'content-type': 'text/html' }, body: '<title>Maintenance</title>' },
      'keys@org: unexpected-page',
    ],
    [
      'a truncated body',
      '/oauth2/v1/keys',
      { status: 200, headers: { 'content-type': 'application/json' }, body: '{"keys":[' },
      'keys@org: malformed-answer',
    ],
    ['an empty key set', '/oauth2/v1/keys', json(200, { keys: [] }), 'keys@org: keys-unusable'],
    [
      'another issuer',
      '/.well-known/openid-configuration',
      {
        transform: (answer: OktaResponse) => ({
          ...answer,
          body: String(answer.body).replace(/"issuer":"[^"]+"/, '"issuer":"https://other.example.com"'),
        }),
      },
      'discovery@org: metadata-drifted',
    ],
    [
      'a discovery document without its members',
      '/.well-known/openid-configuration',
      json(200, { issuer: 'https://other.example.com' }),
      'discovery@org: malformed-answer',
    ],
    [
      'a refused scope',
      '/oauth2/v1/token',
      json(400, { error: 'invalid_scope', error_description: 'no' }),
      'token@org: okta-scope-not-granted',
    ],
    [
      'a policy that does not match',
      '/oauth2/v1/token',
      json(401, {
        error: 'access_denied',
        error_description: 'Policy evaluation failed for this request, please check the policy configurations.',
      }),
      'token@org: policy-refused',
    ],
    [
      'a token that was never active',
      '/oauth2/v1/introspect',
      json(200, { active: false }),
      'introspect@org: token-inactive',
    ],
    [
      'temporary unavailability as 400',
      '/oauth2/v1/token',
      json(400, { error: 'temporarily_unavailable' }),
      'token@org: temporarily-unavailable',
    ],
    [
      'an unregistered redirect URI',
      '/oauth2/v1/authorize',
      { status: 400, headers: { 'content-type': 'text/html' }, body: '<h1>400</h1>' },
      'authorize@org: redirect-uri-refused',
    ],
    [
      'no licence for custom servers',
      '/oauth2/v1/token',
      json(401, { errorCode: 'E0000015', errorSummary: 'no' }),
      'token@org: api-access-management-missing',
    ],
    [
      'an answer nobody knows',
      '/.well-known/okta-organization',
      { status: 418, headers: {}, body: 'teapot' },
      'organization@org-wide: unrecognised-answer',
    ],
  ])('is named for %s', async (_, path, effect, verdict) => {
    const restore = okta.intercept({ path }, effect);
    try {
      const found = notPassed(verdicts(await watch(okta, flows)));
      expect(found.filter((line) => !line.endsWith(': skipped'))).toEqual([verdict]);
    } finally {
      restore();
    }
  });

  it('tells whose rate limit is used up', async () => {
    const limited = (limit: number) => ({
      ...json(429, { errorCode: 'E0000047', errorSummary: 'API call exceeded rate limit' }),
      headers: {
        'content-type': 'application/json',
        'x-rate-limit-limit': String(limit),
        'x-rate-limit-remaining': '0',
        'x-rate-limit-reset': '1',
      },
    });
    const undo = [
      okta.intercept({ path: '/oauth2/v1/token' }, limited(2000)),
      okta.intercept({ path: '/oauth2/v1/authorize' }, limited(60)),
      okta.intercept({ path: '/oauth2/default/v1/token' }, limited(0)),
    ];
    try {
      expect(notPassed(verdicts(await watch(okta, flows))).filter((line) => !line.endsWith('skipped'))).toEqual([
        'authorize@org: client-rate-limited',
        'token@org: rate-limit-exhausted',
        'token@default: too-many-at-once',
      ]);
    } finally {
      for (const restore of undo) restore();
    }
  });

  it('is named for a token that a service would refuse: another audience than configured', async () => {
    const withAudience = (org: Org, audience: string): Org => ({
      ...org,
      servers: org.servers.map((server) => (server.id === 'org' ? server : { ...server, audience })),
    });
    const report = await watch(okta, flows, { adjust: (org) => withAudience(org, 'api://other') });
    expect(notPassed(verdicts(report))).toEqual(['verify@default: audience-mismatch']);
  });

  it('announces an incident on our cell, or passes when it is elsewhere', async () => {
    try {
      okta.setStatus({ kind: 'incident', cells: ['okta.com:8'] });
      const at = async (cell: string) => verdicts(await watch(okta, status, { org: { ...fullOrg, cell } }));
      expect(await at('okta.com:8')).toEqual(['status-page@org-wide: announced-incident']);
      expect(await at('okta.com:9')).toEqual(['status-page@org-wide: passed']);
    } finally {
      okta.setStatus({ kind: 'operational' });
    }
  });
});

describe('the monitor’s own troubles', () => {
  it('name the secret that cannot be read, and never its value', async () => {
    const secrets = memorySecrets(new Map([['acme/key', 'canary-not-json']]));
    const report = await watch(okta, flows, { secrets });
    expect(notPassed(verdicts(report)).filter((line) => !line.endsWith('skipped'))).toEqual([
      'token@org: secret-unreadable',
      'token@default: secret-unreadable',
    ]);
    expect(JSON.stringify(logLines(report))).not.toContain('canary');
  });

  it('are mended by a secret that was rotated: it is read again once when it is refused', async () => {
    const { secrets: stored } = emulateOrg(
      { ...fullOrg, servers: [{ id: 'default', issuer: '', ...clients('client_secret_basic') }] },
      okta,
    );
    const rotating = new Map(stored).set('acme/secret', JSON.stringify({ clientSecret: 'old' }));
    const secrets = memorySecrets(rotating);
    await secrets.read('acme/secret');
    rotating.set('acme/secret', stored.get('acme/secret') ?? '');
    const org: Org = {
      ...fullOrg,
      servers: [{ id: 'default', issuer: '', audience: 'any', ...clients('client_secret_basic') }],
    };
    expect(notPassed(verdicts(await watch(okta, flows, { org, secrets })))).toEqual([]);
    expect(secrets.reads).toEqual(['acme/secret', 'acme/secret']);
  });

  it('do not become an attack: a secret that is still wrong is tried once', async () => {
    const secrets = memorySecrets(new Map([['acme/secret', JSON.stringify({ clientSecret: 'wrong' })]]));
    const org: Org = {
      ...fullOrg,
      servers: [{ id: 'default', issuer: '', audience: 'any', ...clients('client_secret_post') }],
    };
    const report = await watch(okta, flows, { org, secrets });
    expect(notPassed(verdicts(report))).toEqual([
      'token@default: client-refused',
      'verify@default: skipped',
      'introspect@default: skipped',
    ]);
    expect(okta.requests.filter(({ path }) => path.endsWith('/token'))).toHaveLength(1);
  });

  it('are not made of a line feed that an editor left at the end of a secret', async () => {
    const secrets = memorySecrets(new Map([['acme/api', JSON.stringify({ apiToken: `${okta.apiToken}\n` })]]));
    expect(notPassed(verdicts(await watch(okta, limits, { secrets })))).toEqual([]);
  });

  it('are a secret that no header can carry, and not Okta’s', async () => {
    const secrets = memorySecrets(new Map([['acme/api', JSON.stringify({ apiToken: 'tök\nen' })]]));
    expect(notPassed(verdicts(await watch(okta, limits, { secrets })))).toEqual([
      'rate-limits@org-wide: secret-unreadable',
    ]);
  });

  it('keep what was measured when the time is up', async () => {
    const restore = okta.intercept({ path: '/oauth2/default/v1/token' }, { delayMs: 60_000 });
    try {
      const report = await watch(okta, flows, { deadlineMs: 4_000 });
      expect(notPassed(verdicts(report))).toEqual([
        'token@default: out-of-time',
        'verify@default: skipped',
        'introspect@default: skipped',
      ]);
    } finally {
      restore();
    }
  });
});

describe('what a token must hold', () => {
  const expecting = (expects: Server['expects']) => (org: Org) => ({
    ...org,
    servers: org.servers.map((server) => (server.id === 'org' ? server : { ...server, expects })),
  });
  const found = async (adjust: (org: Org) => Org) => notPassed(verdicts(await watch(okta, flows, { adjust })));

  it('is a claim that services need', async () => {
    expect(await found(expecting({ claims: ['groups'] }))).toEqual(['verify@default: claim-missing']);
    expect(await found(expecting({ claims: ['scp'] }))).toEqual([]);
  });

  it('is a lifetime', async () => {
    expect(await found(expecting({ minLifetimeSeconds: 3600 }))).toEqual([]);
    expect((await found(expecting({ minLifetimeSeconds: 7200 })))[0]).toBe('token@default: token-lifetime-short');
  });

  it('is told by names and times, and never by the token', async () => {
    const report = await watch(okta, flows, { adjust: expecting({ claims: ['groups'] }) });
    const outcome = outcomeOf(report, 'verify', 'default');
    const facts = outcome.status === 'failed' ? outcome.finding.token : undefined;
    expect(facts).toMatchObject({ alg: 'RS256', audience: 'api://default', scopes: ['monitor.read'] });
    expect(facts?.claimNames).toContain('scp');
  });
});

describe('a contract that Okta must refuse', () => {
  const agreed = { adjust: (org: Org) => ({ ...org, negativeTests: true }) };

  it('is asked only where it was agreed to', async () => {
    expect(verdicts(await watch(okta, negativeTests))).toEqual([]);
    expect(okta.requests).toEqual([]);
  });

  it('passes when a custom scope and an unregistered redirect URI are refused', async () => {
    expect(verdicts(await watch(okta, negativeTests, agreed))).toEqual([
      'refuses-custom-scope@org-wide: passed',
      'refuses-unknown-redirect-uri@org-wide: passed',
    ]);
  });

  it('is broken when Okta accepts', async () => {
    const token = { access_token: 'opaque', token_type: 'Bearer', expires_in: 3600, scope: 'x' };
    const location = 'https://okta-synthetics.invalid/callback?error=login_required';
    const undo = [
      okta.intercept(
        { path: '/oauth2/v1/token' },
        { status: 200, headers: { 'content-type': 'application/json' }, body: token },
      ),
      okta.intercept({ path: '/oauth2/v1/authorize' }, { status: 302, headers: { location }, body: '' }),
    ];
    try {
      expect(verdicts(await watch(okta, negativeTests, agreed))).toEqual([
        'refuses-custom-scope@org-wide: negative-test-failed',
        'refuses-unknown-redirect-uri@org-wide: negative-test-failed',
      ]);
    } finally {
      for (const restore of undo) restore();
    }
  });

  it('reports negative-test-failed when Okta redirects to an unregistered address by a script that escapes the URL', async () => {
    const redirect = redirectResponse('https://okta-synthetics.invalid/callback?error=login_required');
    const restore = okta.intercept({ path: '/oauth2/v1/authorize' }, { transform: () => javascriptRedirect(redirect) });
    try {
      expect(outcomeLines(await runProbes(okta, negativeTests, enabled))).toContain(
        'refuses-unknown-redirect-uri: negative-test-failed',
      );
    } finally {
      restore();
    }
  });
});
