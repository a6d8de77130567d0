import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { faultDomains } from '../../../functions/model/fault-domain.ts';
import type { Org, Server } from '../../../functions/model/org.ts';
import { findingsOf } from '../../../functions/model/outcome.ts';
import type { Probe } from '../../../functions/model/probe.ts';
import { readNotes } from '../../../functions/okta/status-notes.ts';
import { budgetOf } from '../../../functions/probes/budget.ts';
import { flows, limits, negativeTests, probes, status } from '../../../functions/probes/index.ts';
import { enabledProbes } from '../../../functions/probes/plan.ts';
import { seriesOf } from '../../../functions/probes/series.ts';
import { logLines } from '../../../functions/run/log.ts';
import { pointsOf } from '../../../functions/run/publish.ts';
import { emulateOrg } from '../../../local/lab/simulation/emulated-org.ts';
import {
  javascriptRedirect,
  jsonResponse,
  type OktaEmulator,
  type OktaResponse,
  redirectResponse,
  startOktaEmulator,
} from '../../../packages/okta-emulator/src/index.ts';
import { clients, fullOrg } from '../../support/full-org.ts';
import { memorySecrets, notPassed, outcomeLines, outcomeOf, runProbes } from '../../support/run-probes.ts';

let okta: OktaEmulator;
beforeAll(async () => {
  okta = await startOktaEmulator();
});
afterAll(() => okta.close());
beforeEach(() => okta.clearRequests());

const countDuplicates = (items: readonly string[]) => items.length - new Set(items).size;

describe('a run at a healthy org', () => {
  it('passes every probe of a healthy org and publishes a data point for every declared series', async () => {
    const report = await runProbes(okta, probes);
    expect(notPassed(outcomeLines(report))).toEqual([]);
    expect(report.monitorErrors).toEqual([]);
    const late = report.outcomes.filter(({ exchanges }) => exchanges.some(({ lateMs }) => lateMs !== undefined));
    const points = pointsOf(report).map(({ identity }) => identity);
    expect(points).toEqual(
      seriesOf(report.org, report.plan)
        // Okta is in this process too and has its time: a latency whose reading was late is in no series.
        .filter(
          ({ identity, source, target, definition }) =>
            !['Milliseconds', 'Seconds'].includes(definition.unit) ||
            source.kind !== 'probe' ||
            !late.some(({ probe, server }) => probe === source.probe.id && server === target.server) ||
            points.some((point) => isDeepStrictEqual(point, identity)),
        )
        .map(({ identity }) => identity),
    );
  });

  it('publishes severity 0 in every fault domain and 0 retries for a healthy org', async () => {
    const points = pointsOf(await runProbes(okta, flows));
    const valuesOf = (name: string) =>
      points.filter(({ identity }) => identity.name === name).map(({ value }) => value);
    expect(valuesOf('Severity')).toEqual(faultDomains.map(() => 0));
    expect(valuesOf('Retries')).toEqual([0]);
  });

  /** How many files the sign-in page loads is up to the page. */
  const ofOrg = () => okta.requests.filter(({ path }) => !path.startsWith('/assets/'));

  it('sends each declared request once and publishes each series once', async () => {
    const report = await runProbes(okta, probes);
    const requests = ofOrg().map(({ method, path }) => `${method} ${path}`);
    const declared = enabledProbes(report.plan).flatMap(({ probe, server }) =>
      probe.requests.map((endpoint) => `${endpoint} ${server.id}`),
    );
    expect(requests).toHaveLength(declared.length);
    expect(countDuplicates(requests)).toBe(countDuplicates(declared));
    expect(countDuplicates(pointsOf(report).map(({ identity }) => JSON.stringify(identity)))).toBe(0);
  });

  it('uses exactly the declared request budget, by rate-limit bucket as Okta counts them', async () => {
    const sibling = okta.domain.replace('localhost', '127.0.0.1');
    const { plan } = await runProbes(okta, probes, { adjust: (org) => ({ ...org, sibling }) });
    const { byBucket, unlimited } = budgetOf(plan);
    const counted = Object.groupBy(ofOrg(), ({ bucket }) => bucket ?? 'none');
    const { none = [], ...limited } = Object.fromEntries(
      Object.entries(counted).map(([bucket, requests]) => [bucket, requests?.length]),
    );
    expect(limited).toEqual(byBucket);
    expect(none).toBe(unlimited);
  });

  it.each(['client_secret_basic', 'client_secret_post'] as const)(
    'authenticates with %s at custom servers',
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
      expect(notPassed(outcomeLines(await runProbes(okta, flows, { org })))).toEqual([]);
    },
  );

  it('calls the management API with a service application’s token, which is requested once', async () => {
    const org: Org = {
      ...fullOrg,
      api: { kind: 'client', clientId: '', secret: 'acme/key', scopes: ['okta.users.read'] },
    };
    expect(notPassed(outcomeLines(await runProbes(okta, limits, { org })))).toEqual([]);
    expect(okta.requests.map(({ path }) => path)).toEqual([
      '/.well-known/okta-organization',
      '/oauth2/v1/token',
      '/api/v1/users',
    ]);
  });

  it('runs the probes without credentials if only the domain is known, and says how to enable the others', async () => {
    const { web, service, ...server } = fullOrg.servers[0] ?? { id: 'org', issuer: '' };
    const { api, ...org } = { ...fullOrg, servers: [server] };
    const report = await runProbes(okta, probes, { org });
    const atOrgServer = probes.filter(({ scope }) => scope !== 'custom-server');
    const missing = ({ requires = [] }: Probe) => requires.filter((name) => name !== 'statusPage');
    expect(outcomeLines(report)).toEqual(
      atOrgServer
        .filter((probe) => missing(probe).length === 0)
        .map(({ id, scope }) => `${scope === 'org' ? id : `${id}@org`}: passed`),
    );
    const settings = {
      web: 'set "web" (clientId and redirectUri of a web application) on server "org" or org "acme"',
      service: 'set "service" (clientId and secret of a service application) on server "org" or org "acme"',
      api: 'set "api" (an API token, or a service application with okta.* scopes) on org "acme"',
      serviceResource: 'set "resource" (the URL of an API of yours) on server "org"',
      userResource: 'set "resource" (the URL of an API of yours) with "token": "user" on server "org"',
      health: 'set "health" ({} is enough) on org "acme"',
      workflow: 'set "workflow" (the invoke URL of a flow of Okta Workflows) on org "acme"',
      refreshTokenLeeway:
        'set "expects.refreshTokenLeewaySeconds" (the grace period for token rotation) on server "org"',
      samlApps: 'set "samlApps" (SAML applications of the test user) on org "acme"',
      systemLog: 'set "systemLog" to {} on org "acme"',
      user: 'set "user" (login and secret of a test user) on org "acme"',
      negativeTests: 'set "negativeTests" to true on org "acme"',
      statusPage: 'none, because the org has a status page',
    };
    expect(report.plan.flatMap(({ probe, howToEnable }) => (howToEnable ? [[probe.id, howToEnable]] : []))).toEqual(
      atOrgServer.flatMap((probe) =>
        missing(probe).length > 0
          ? [
              [
                probe.id,
                missing(probe)
                  .map((name) => settings[name])
                  .join(', and '),
              ],
            ]
          : [],
      ),
    );
  });

  it('sends only GET and POST, because Okta documents no other method for these endpoints', async () => {
    okta.clearRequests();
    await runProbes(okta, probes, { adjust: (org) => ({ ...org, negativeTests: true }) });
    expect(new Set(okta.requests.map(({ method }) => method))).toEqual(new Set(['GET', 'POST']));
  });

  it('passes if /authorize returns a page that redirects by script', async () => {
    const restore = okta.intercept({ path: /authorize$/ }, { transform: javascriptRedirect });
    try {
      expect(notPassed(outcomeLines(await runProbes(okta, flows)))).toEqual([]);
    } finally {
      restore();
    }
  });
});

describe('a run of an org whose status page is not known', () => {
  it('says how to enable the probe of the status page, and reads no page', async () => {
    const adjust = ({ statusPage: _, ...org }: Org): Org => org;
    const report = await runProbes(okta, status, { adjust });
    expect(report.outcomes).toEqual([]);
    expect(report.plan.map(({ howToEnable }) => howToEnable)).toEqual([
      expect.stringMatching(/^set "statusPage" .* on org "acme"/),
    ]);
  });

  it('knows no status if the page cannot be read, and reads nothing else instead', async () => {
    const page = `${okta.origin}/nowhere`;
    const report = await runProbes(okta, status, { adjust: (org) => ({ ...org, statusPage: { page } }) });
    expect(outcomeLines(report)).toEqual(['status-page: status-unknown']);
    expect(report.outcomes.flatMap(({ exchanges }) => exchanges.map(({ url }) => url))).toEqual([page]);
  });
});

describe('a run at a failing org', () => {
  it('fails only the probe at the root cause and skips those that need its token', async () => {
    const restore = okta.intercept(
      { path: '/oauth2/default/v1/token' },
      { status: 503, headers: { 'content-type': 'text/html' }, body: '<h1>503</h1>' },
    );
    try {
      const report = await runProbes(okta, flows);
      expect(notPassed(outcomeLines(report))).toEqual([
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
  const typed = (status: number, type: string, body: string) => ({ status, headers: { 'content-type': type }, body });
  const [token, keys, discovery] = ['/oauth2/v1/token', '/oauth2/v1/keys', '/.well-known/openid-configuration'];
  const elsewhere = 'https://other.example.com';
  const otherIssuer = {
    transform: (answer: OktaResponse) => ({
      ...answer,
      body: String(answer.body).replace(/"issuer":"[^"]+"/, `"issuer":"${elsewhere}"`),
    }),
  };
  const redirect = (location: string) => ({ status: 302, headers: { location }, body: '' });
  const compressedInName = {
    transform: (answer: OktaResponse) => ({ ...answer, headers: { ...answer.headers, 'content-encoding': 'gzip' } }),
  };
  const policy = 'Policy evaluation failed for this request, please check the policy configurations.';
  it.each([
    ['token@org: internal-error', token, json(500, { errorCode: 'E0000009', errorSummary: 'Internal Server Error' })],
    ['token@org: read-only-mode', token, json(503, { errorCode: 'E0000010', errorSummary: 'read only' })],
    ['keys@org: unexpected-page', keys, typed(200, 'text/html', '<title>Maintenance</title>')],
    ['keys@org: malformed-answer', keys, typed(200, 'application/json', '{"keys":[')],
    ['keys@org: keys-unusable', keys, json(200, { keys: [] })],
    ['discovery@org: metadata-drifted', discovery, otherIssuer],
    ['discovery@org: malformed-answer', discovery, json(200, { issuer: elsewhere })],
    ['token@org: scope-unknown', token, json(400, { error: 'invalid_scope', error_description: 'no' })],
    ['token@org: policy-refused', token, json(401, { error: 'access_denied', error_description: policy })],
    ['introspect@org: token-inactive', '/oauth2/v1/introspect', json(200, { active: false })],
    ['token@org: temporarily-unavailable', token, json(400, { error: 'temporarily_unavailable' })],
    ['authorize@org: request-refused', '/oauth2/v1/authorize', typed(400, 'text/html', '<h1>400</h1>')],
    ['authorize@org: routed-elsewhere', '/oauth2/v1/authorize', redirect('https://idp.example.com/sso')],
    ['keys@org: redirected', keys, redirect('/login/login.htm')],
    ['introspect@org: address-blocked', '/oauth2/v1/introspect', typed(403, 'text/html', '<h1>Forbidden</h1>')],
    ['keys@org: rate-limited', keys, json(200, { errorCode: 'E0000047', errorSummary: 'too many requests' })],
    ['keys@org: changed-on-the-way', keys, compressedInName],
    ['token@org: api-access-management-missing', token, json(401, { errorCode: 'E0000015', errorSummary: 'no' })],
    ['organization: request-refused', '/.well-known/okta-organization', { status: 418, headers: {}, body: 'tea' }],
  ])('reports %s for what %s answers', async (expected, path, effect) => {
    const restore = okta.intercept({ path }, effect);
    try {
      const found = notPassed(outcomeLines(await runProbes(okta, flows)));
      expect(found.filter((line) => !line.endsWith(': skipped'))).toEqual([expected]);
    } finally {
      restore();
    }
  });

  it('repeats a request over a new connection that a kept one lost with 408', async () => {
    const requests: number[] = [];
    const restore = okta.intercept(
      { path: '/oauth2/v1/introspect', when: () => requests.push(1) === 1 },
      { status: 408, headers: { connection: 'close' }, body: '', sender: 'other' },
    );
    try {
      expect(notPassed(outcomeLines(await runProbes(okta, flows)))).toEqual([]);
      expect(requests).toHaveLength(2);
    } finally {
      restore();
    }
  });

  it('reports whose rate limit is exhausted', async () => {
    const limited = (limit: number) => ({
      ...json(429, { errorCode: 'E0000047', errorSummary: 'API call exceeded rate limit' }),
      headers: {
        'content-type': 'application/json',
        'x-rate-limit-limit': String(limit),
        'x-rate-limit-remaining': '0',
        'x-rate-limit-reset': '1',
      },
    });
    const restores = [
      okta.intercept({ path: '/oauth2/v1/token' }, limited(2000)),
      okta.intercept({ path: '/oauth2/v1/authorize' }, limited(60)),
      okta.intercept({ path: '/oauth2/default/v1/token' }, limited(0)),
    ];
    try {
      expect(notPassed(outcomeLines(await runProbes(okta, flows))).filter((line) => !line.endsWith('skipped'))).toEqual(
        ['authorize@org: client-rate-limited', 'token@org: rate-limit-exhausted', 'token@default: too-many-at-once'],
      );
    } finally {
      for (const restore of restores) restore();
    }
  });

  it('reports a token that services would reject because its audience is not the configured one', async () => {
    const withAudience = (org: Org, audience: string): Org => ({
      ...org,
      servers: org.servers.map((server) => (server.id === 'org' ? server : { ...server, audience })),
    });
    const report = await runProbes(okta, flows, { adjust: (org) => withAudience(org, 'api://other') });
    expect(notPassed(outcomeLines(report))).toEqual([
      'verify@default: audience-mismatch',
      // It reports the same, and is not told twice.
      'introspect@default: skipped',
    ]);
  });

  it('warns of an announced incident on the org’s cell, and not of one on another cell', async () => {
    try {
      okta.setStatus({ kind: 'incident', cells: ['okta.com:8'] });
      const at = async (cell?: string) => {
        const { cell: _, ...org } = fullOrg;
        const report = await runProbes(okta, status, { org: { ...org, ...(cell !== undefined && { cell }) } });
        return report.outcomes.flatMap(findingsOf).map(({ code }) => code);
      };
      expect(await at('okta.com:8')).toEqual(['announced-incident']);
      expect(await at('okta.com:9')).toEqual([]);
      // As the org's metadata says.
      expect(await at()).toEqual(['announced-incident']);
    } finally {
      okta.setStatus({ kind: 'operational' });
    }
  });

  it('does not know whether an incident is here if the cell of the org is not known', async () => {
    const restore = okta.intercept({ path: '/.well-known/okta-organization' }, { status: 503, body: '' });
    try {
      okta.setStatus({ kind: 'incident', cells: ['okta.com:8'] });
      const { cell: _, ...org } = fullOrg;
      const { outcomes } = await runProbes(okta, status, { org });
      const notes = outcomes.map((each) => (each.status === 'passed' ? readNotes(each.notes) : undefined));
      expect(notes).toEqual([{ own: [], elsewhere: [], unplaced: [expect.stringContaining('on okta.com:8')] }]);
    } finally {
      restore();
      okta.setStatus({ kind: 'operational' });
    }
  });

  it('does not know the status of an org that the status page does not cover', async () => {
    const org = { ...fullOrg, domain: 'acme.okta-gov.com', statusPage: { page: 'https://status.okta.com/' } };
    expect(outcomeLines(await runProbes(okta, status, { adjust: () => org }))).toEqual(['status-page: status-unknown']);
  });
});

describe('secrets and deadlines', () => {
  it('names a secret that is not JSON and does not show its value', async () => {
    const secrets = memorySecrets(new Map([['acme/key', 'canary-not-json']]));
    const report = await runProbes(okta, flows, { secrets });
    expect(notPassed(outcomeLines(report)).filter((line) => !line.endsWith('skipped'))).toEqual([
      'token@org: secret-unreadable',
      'token@default: secret-unreadable',
    ]);
    expect(JSON.stringify(logLines(report))).not.toContain('canary');
  });

  it('reads a rotated secret again, once, after Okta rejects the old one', async () => {
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
    expect(notPassed(outcomeLines(await runProbes(okta, flows, { org, secrets })))).toEqual([]);
    expect(secrets.reads).toEqual(['acme/secret', 'acme/secret']);
  });

  it.each<[string, string, OktaResponse]>([
    [
      'a challenge',
      '/oauth2/default/v1/token',
      { status: 401, headers: { 'www-authenticate': 'Basic realm="Okta"' }, body: '' },
    ],
    [
      'text',
      '/oauth2/default/v1/token',
      { status: 401, headers: { 'content-type': 'text/plain' }, body: 'Bad client.' },
    ],
    ['invalid_client with 400', '/oauth2/default/v1/token', jsonResponse(400, { error: 'invalid_client' })],
    [
      'a challenge at introspection',
      '/oauth2/default/v1/introspect',
      { status: 401, headers: { 'www-authenticate': 'Basic' }, body: '' },
    ],
  ])('reads a rotated secret again if Okta refuses the old one by %s', async (_, path, refusal) => {
    const org: Org = {
      ...fullOrg,
      servers: [{ id: 'default', issuer: '', audience: 'any', ...clients('client_secret_basic') }],
    };
    const stored = new Map(emulateOrg(org, okta).secrets);
    const current = JSON.parse(stored.get('acme/secret') ?? '{}');
    // White space around a secret is removed, so both are right: the emulator refuses the first request whatever it holds.
    stored.set('acme/secret', JSON.stringify({ clientSecret: `${current.clientSecret}\n` }));
    const secrets = memorySecrets(stored);
    await secrets.read('acme/secret');
    stored.set('acme/secret', JSON.stringify(current));
    let refused = false;
    const restore = okta.intercept(
      { path },
      {
        transform: (answer) => {
          if (refused) return answer;
          refused = true;
          return { ...answer, ...refusal, headers: { ...answer.headers, ...refusal.headers } };
        },
      },
    );
    try {
      expect(notPassed(outcomeLines(await runProbes(okta, flows, { org, secrets })))).toEqual([]);
      expect(secrets.reads).toEqual(['acme/secret', 'acme/secret']);
    } finally {
      restore();
    }
  });

  it('sends a wrong secret only once, because repeated rejections look like an attack', async () => {
    const secrets = memorySecrets(new Map([['acme/secret', JSON.stringify({ clientSecret: 'wrong' })]]));
    const org: Org = {
      ...fullOrg,
      servers: [{ id: 'default', issuer: '', audience: 'any', ...clients('client_secret_post') }],
    };
    const report = await runProbes(okta, flows, { org, secrets });
    expect(notPassed(outcomeLines(report))).toEqual([
      'token@default: client-refused',
      'verify@default: skipped',
      'introspect@default: skipped',
    ]);
    expect(okta.requests.filter(({ path }) => path.endsWith('/token'))).toHaveLength(1);
  });

  it('ignores a trailing line feed in a secret', async () => {
    const secrets = memorySecrets(new Map([['acme/api', JSON.stringify({ apiToken: `${okta.apiToken}\n` })]]));
    expect(notPassed(outcomeLines(await runProbes(okta, limits, { secrets })))).toEqual([]);
  });

  it('reports a secret with characters that are invalid in HTTP headers as unreadable, not as rejected', async () => {
    const secrets = memorySecrets(new Map([['acme/api', JSON.stringify({ apiToken: 'tök\nen' })]]));
    expect(notPassed(outcomeLines(await runProbes(okta, limits, { secrets })))).toEqual([
      'rate-limits: secret-unreadable',
    ]);
  });

  it('keeps the results of other probes when the run reaches its deadline', async () => {
    const restore = okta.intercept({ path: '/oauth2/default/v1/token' }, { delayMs: 60_000 });
    try {
      const report = await runProbes(okta, flows, { deadlineMs: 4_000 });
      expect(notPassed(outcomeLines(report))).toEqual([
        'token@default: out-of-time',
        'verify@default: skipped',
        'introspect@default: skipped',
      ]);
    } finally {
      restore();
    }
  });
});

describe('expectations of a token', () => {
  const expecting = (expects: Server['expects']) => (org: Org) => ({
    ...org,
    servers: org.servers.map((server) => (server.id === 'org' ? server : { ...server, expects })),
  });
  const found = async (adjust: (org: Org) => Org) => notPassed(outcomeLines(await runProbes(okta, flows, { adjust })));

  it('reports a token that lacks a claim that services require', async () => {
    expect(await found(expecting({ claims: ['groups'] }))).toEqual(['verify@default: claim-missing']);
    expect(await found(expecting({ claims: ['scp'] }))).toEqual([]);
  });

  it('reports a token with less than the minimum lifetime', async () => {
    expect(await found(expecting({ minLifetimeSeconds: 3600 }))).toEqual([]);
    expect((await found(expecting({ minLifetimeSeconds: 7200 })))[0]).toBe('token@default: token-lifetime-short');
  });

  it('reports facts about a token that fails verification, and never the token itself', async () => {
    const report = await runProbes(okta, flows, { adjust: expecting({ claims: ['groups'] }) });
    const outcome = outcomeOf(report, 'verify', 'default');
    const facts = outcome.status === 'failed' ? outcome.finding.token : undefined;
    expect(facts).toMatchObject({ alg: 'RS256', audience: 'api://default', scopes: ['monitor.read'] });
    expect(facts?.claimNames).toContain('scp');
  });
});

describe('negative tests', () => {
  const enabled = { adjust: (org: Org) => ({ ...org, negativeTests: true }) };

  it('sends no negative tests unless they are enabled', async () => {
    expect(outcomeLines(await runProbes(okta, negativeTests))).toEqual([]);
    expect(okta.requests).toEqual([]);
  });

  it('passes negative tests if Okta rejects a custom scope and an unregistered redirect URI', async () => {
    expect(outcomeLines(await runProbes(okta, negativeTests, enabled))).toEqual([
      'refuses-custom-scope: passed',
      'refuses-unknown-redirect-uri: passed',
    ]);
  });

  it('fails negative tests if Okta accepts a custom scope and an unregistered redirect URI', async () => {
    const token = { access_token: 'opaque', token_type: 'Bearer', expires_in: 3600, scope: 'x' };
    const location = 'https://okta-synthetics.invalid/callback?error=login_required';
    const restores = [
      okta.intercept(
        { path: '/oauth2/v1/token' },
        { status: 200, headers: { 'content-type': 'application/json' }, body: token },
      ),
      okta.intercept({ path: '/oauth2/v1/authorize' }, { status: 302, headers: { location }, body: '' }),
    ];
    try {
      expect(outcomeLines(await runProbes(okta, negativeTests, enabled))).toEqual([
        'refuses-custom-scope: negative-test-failed',
        'refuses-unknown-redirect-uri: negative-test-failed',
      ]);
    } finally {
      for (const restore of restores) restore();
    }
  });

  it('reports negative-test-failed when Okta redirects to an unregistered address by a script that escapes the URL', async () => {
    const redirect = redirectResponse('https://okta-synthetics.invalid/callback?error=login_required');
    const restore = okta.intercept(
      { path: '/oauth2/v1/authorize' },
      {
        transform: ({ headers }) => {
          const page = javascriptRedirect(redirect);
          return { ...page, headers: { ...headers, ...page.headers } };
        },
      },
    );
    try {
      expect(outcomeLines(await runProbes(okta, negativeTests, enabled))).toContain(
        'refuses-unknown-redirect-uri: negative-test-failed',
      );
    } finally {
      restore();
    }
  });
});
