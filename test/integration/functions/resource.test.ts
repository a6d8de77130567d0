import { afterAll, expect, it } from 'vitest';
import type { Org, Resource } from '../../../functions/model/org.ts';
import type { Outcome } from '../../../functions/model/outcome.ts';
import { ascribe } from '../../../functions/okta/sender.ts';
import { flows, journey } from '../../../functions/probes/index.ts';
import { type ApiSettings, startResourceApi } from '../../../local/lab/simulation/resource-api.ts';
import { createIdentity, errorEnvelope, issueCertificates } from '../../../packages/okta-emulator/src/index.ts';
import { openDuring } from '../../../packages/okta-emulator/test/support/during.ts';
import { openOkta } from '../../../packages/okta-emulator/test/support/open-okta.ts';
import { fullOrg, journeyOrg } from '../../support/full-org.ts';
import { outcomeOf, runProbes } from '../../support/run-probes.ts';

const identity = await createIdentity();
const { okta } = await openOkta({ identity });
const { default: issuer } = okta.issuers;
const { valid } = await issueCertificates(Date.now(), identity.authority);
const api = await startResourceApi({
  ...{ identity: valid, ca: okta.ca },
  issuers: [{ issuer, audience: okta.audiences.default, jwksUri: `${issuer}/v1/keys` }],
});
const during = openDuring();
afterAll(() => api[Symbol.asyncDispose]());

const alter = (changes: Partial<ApiSettings>) => during(api.alter(changes));

// The path is one of Okta's own, which must not make the API Okta.
const url = new URL('/api/v1/users', api.url).href;

function withResource(org: Org, change: Partial<Resource>): Org {
  const resource: Resource = { url, method: 'GET', status: 200, token: 'service', ...change };
  return { ...org, servers: org.servers.map((each) => (each.id === 'default' ? { ...each, resource } : each)) };
}

async function call(resource: Partial<Resource> = {}, adjust = (org: Org) => org): Promise<Outcome> {
  const report = await runProbes(okta, flows, { org: withResource(fullOrg, resource), adjust });
  expect(report.monitorErrors).toEqual([]);
  return outcomeOf(report, 'resource', 'default');
}

async function codeOf(...given: Parameters<typeof call>): Promise<string> {
  const outcome = await call(...given);
  return outcome.status === 'failed' ? outcome.finding.code : outcome.status;
}

it('an API that accepts the token passes, whatever else its answer looks like', async () => {
  expect(await codeOf()).toBe('passed');
  const limits = { 'x-rate-limit-limit': '600', 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': '4102444800' };
  alter({ answer: { status: 204, headers: { ...limits, 'x-okta-request-id': 'none' } } });
  const outcome = await call({ status: 204 });
  expect(outcome).toMatchObject({ status: 'passed', warnings: [] });
});

it('an API that expects another audience refuses the token, and both sides are shown', async () => {
  alter({ audience: 'api://something-else' });
  const outcome = await call();
  expect(outcome).toMatchObject({
    status: 'failed',
    finding: {
      ...{ code: 'resource-refused', domain: 'configuration' },
      comparisons: expect.arrayContaining([
        { name: 'status of your API', expected: '200', found: '401' },
        { name: 'WWW-Authenticate of your API', expected: 'no error', found: 'invalid_token' },
        { name: 'audience of the token', expected: 'what your API accepts', found: okta.audiences.default },
      ]),
    },
  });
});

it('what an API says in its own words is not shown', async () => {
  const headers = { 'www-authenticate': 'Bearer error="invalid_token", error_description="token canary-token"' };
  alter({ answer: { status: 401, headers, body: 'canary-body' } });
  const outcome = await call();
  expect(outcome).toMatchObject({ status: 'failed', finding: { code: 'resource-refused' } });
  expect(JSON.stringify(outcome)).not.toContain('canary');
});

it.each([
  [403, 'E0000006', 'resource-refused'],
  [429, 'E0000047', 'resource-unexpected'],
  [500, 'E0000009', 'resource-failing'],
] as const)('an API that answers %d just as Okta does is not Okta', async (status, errorCode, code) => {
  const headers = { 'content-type': 'application/json', 'x-okta-request-id': 'none' };
  alter({ answer: { status, headers, body: errorEnvelope(errorCode).body } });
  const outcome = await call();
  expect(outcome).toMatchObject({ status: 'failed', finding: { code, domain: 'configuration' } });
  const [exchange = expect.fail('no request')] = outcome.exchanges;
  expect(ascribe(exchange).by).toBe('resource');
  expect(exchange).not.toHaveProperty('requestId');
  expect(JSON.stringify(outcome)).not.toContain(errorCode);
});

it('an API whose clock differs is told apart from one that refuses the token', async () => {
  alter({ clockSkewSeconds: 7_200 });
  expect(await codeOf()).toBe('resource-clock-differs');
  alter({ clockSkewSeconds: -3_600 });
  expect(await codeOf()).toBe('resource-clock-differs');
});

it.each([
  [500, 'resource-failing'],
  [503, 'resource-failing'],
  [404, 'resource-unexpected'],
  [302, 'resource-unexpected'],
  [429, 'resource-unexpected'],
  [403, 'resource-refused'],
])('status %d of the API is %s, and never the fault of Okta', async (status, code) => {
  alter({ answer: { status, headers: { 'content-type': 'text/html' }, body: '<html>Access Denied</html>' } });
  expect(await codeOf()).toBe(code);
});

it('an API that cannot be reached is told apart', async () => {
  alter({ disconnects: true });
  expect(await codeOf()).toBe('resource-unreachable');
  expect(await codeOf({ url: 'https://localhost:1/' })).toBe('resource-unreachable');
});

it('a slow API is a warning that is not about Okta', async () => {
  alter({ delayMs: 600 });
  const outcome = await call({}, (org) => ({ ...org, slowAfterMs: 100 }));
  expect(outcome.status === 'passed' && outcome.warnings.map(({ code }) => code)).toEqual(['resource-slow']);
});

it('an API that takes the token of the user is called with it', async () => {
  const report = await runProbes(okta, journey, { org: withResource(journeyOrg('user-resource'), { token: 'user' }) });
  expect(outcomeOf(report, 'user-resource', 'default').status).toBe('passed');
});
