import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterAll, expect, it } from 'vitest';
import type { Org, Resource } from '../../../functions/model/org.ts';
import type { Outcome } from '../../../functions/model/outcome.ts';
import { flows, journey } from '../../../functions/probes/index.ts';
import { issueCertificates } from '../../../local/emulators/okta/certificates.ts';
import { startOktaEmulator } from '../../../local/emulators/okta/okta-emulator.ts';
import { createIdentity } from '../../../local/emulators/okta/org-identity.ts';
import { fullOrg } from '../../support/full-org.ts';
import { createOktaClient } from '../../support/okta-client.ts';
import { outcomeOf, runProbes } from '../../support/run-probes.ts';

const identity = await createIdentity();
const okta = await startOktaEmulator({ identity });
const client = createOktaClient(okta);
const keys = (await (await client.request('/oauth2/default/v1/keys')).json()) as JSONWebKeySet;

/** An API that verifies tokens with jose, unless a test programs another answer. */
const verifying =
  (audience: string, shiftMs = 0): RequestListener =>
  async (request, response) => {
    const token = request.headers.authorization?.replace(/^Bearer /, '') ?? '';
    const currentDate = new Date(Date.now() + shiftMs);
    response.setHeader('date', currentDate.toUTCString());
    try {
      await jwtVerify(token, createLocalJWKSet(keys), { audience, issuer: okta.issuers.default, currentDate });
      response.end('{}');
    } catch {
      response.setHeader('www-authenticate', 'Bearer error="invalid_token", error_description="token canary-token"');
      response.writeHead(401).end('canary-body');
    }
  };
let api: RequestListener = verifying(okta.audiences.default);
const { valid } = await issueCertificates(Date.now(), identity.authority);
const server = createServer(valid, (request, response) => api(request, response)).listen(0);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
afterAll(async () => {
  server.close();
  await client.close();
  await okta.close();
});

// The path is one of Okta's own, which must not make the API Okta.
const url = `https://localhost:${port}/api/v1/users`;

async function call(resource: Partial<Resource> = {}, adjust = (org: Org) => org): Promise<Outcome> {
  const org: Org = {
    ...fullOrg,
    servers: fullOrg.servers.map((each) =>
      each.id === 'default'
        ? { ...each, resource: { url, method: 'GET', status: 200, token: 'service', ...resource } }
        : each,
    ),
  };
  const report = await runProbes(okta, flows, { org, adjust });
  expect(report.monitorErrors).toEqual([]);
  return outcomeOf(report, 'resource', 'default');
}

async function codeOf(...given: Parameters<typeof call>): Promise<string> {
  const outcome = await call(...given);
  return outcome.status === 'failed' ? outcome.finding.code : outcome.status;
}

it('an API that accepts the token passes, whatever else its answer looks like', async () => {
  api = verifying(okta.audiences.default);
  expect(await codeOf()).toBe('passed');
  api = (_, response) =>
    void response.writeHead(204, { 'x-rate-limit-limit': '1', 'x-rate-limit-remaining': '0' }).end();
  const outcome = await call({ status: 204 });
  expect(outcome).toMatchObject({ status: 'passed', warnings: [] });
});

it('an API that expects another audience refuses the token, and both sides are shown', async () => {
  api = verifying('api://something-else');
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
  // What the API says in its own words may be anything.
  expect(JSON.stringify(outcome)).not.toContain('canary');
});

it('an API whose clock differs is told apart from one that refuses the token', async () => {
  api = verifying(okta.audiences.default, -3_600_000);
  expect(await codeOf()).toBe('passed');
  api = verifying(okta.audiences.default, 7_200_000);
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
  api = (_, response) =>
    void response.writeHead(status, { 'content-type': 'text/html' }).end('<html>Access Denied</html>');
  expect(await codeOf()).toBe(code);
});

it('an API that cannot be reached is told apart', async () => {
  api = (request) => void request.socket.destroy();
  expect(await codeOf()).toBe('resource-unreachable');
  expect(await codeOf({ url: 'https://localhost:1/' })).toBe('resource-unreachable');
});

it('a slow API is a warning that is not about Okta', async () => {
  api = (_, response) => void setTimeout(() => response.end('{}'), 150);
  const outcome = await call({}, (org) => ({ ...org, slowAfterMs: 100 }));
  expect(outcome.status === 'passed' && outcome.warnings.map(({ code }) => code)).toEqual(['resource-slow']);
});

it('an API that takes the token of the user is called with it', async () => {
  api = verifying(okta.audiences.default);
  const org: Org = {
    ...{ ...fullOrg, name: 'user-resource', user: { login: okta.user.login, secret: 'acme/user' } },
    servers: fullOrg.servers.map((each) => ({
      ...each,
      ...(each.web && { web: { ...each.web, secret: 'acme/web' } }),
      ...(each.id === 'default' && { resource: { url, method: 'GET', status: 200, token: 'user' } as const }),
    })),
  };
  const report = await runProbes(okta, journey, { org });
  expect(outcomeOf(report, 'user-resource', 'default').status).toBe('passed');
});
