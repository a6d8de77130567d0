import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { calculateJwkThumbprint, decodeJwt, decodeProtectedHeader } from 'jose';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Org } from '../../../functions/model/org.ts';
import { budgetOf } from '../../../functions/probes/budget.ts';
import { flows, journey, limits, negativeTests } from '../../../functions/probes/index.ts';
import { emulateOrg } from '../../../local/lab/simulation/emulated-org.ts';
import { createIdentity, issueCertificates, type OktaRequest } from '../../../packages/okta-emulator/src/index.ts';
import { openDuring } from '../../../packages/okta-emulator/test/support/during.ts';
import { openOkta } from '../../../packages/okta-emulator/test/support/open-okta.ts';
import { journeyOrg } from '../../support/full-org.ts';
import {
  memorySecrets,
  notPassed,
  openContainer,
  outcomeLines,
  outcomeOf,
  runProbes,
} from '../../support/run-probes.ts';
import { watchRequests } from '../../support/watch-requests.ts';

const identity = await createIdentity();
const { okta } = await openOkta({ identity });
const during = openDuring();
beforeEach(() => okta.clearRequests());

const withUser = journeyOrg('dpop', { dpop: true });
const org: Org = {
  ...withUser,
  servers: withUser.servers.map(({ service, ...server }) => ({
    ...server,
    ...(service && { service: { ...service, dpop: true } }),
  })),
  api: { kind: 'client', clientId: 'service', secret: 'acme/api', scopes: ['okta.users.read'], dpop: true },
};
const { secrets: stored } = emulateOrg(org, okta);
const openWarmContainer = () => openContainer(memorySecrets(new Map(stored)));

const watch = (path: RegExp) => watchRequests(okta, during, path);
const proofOf = ({ raw }: OktaRequest) => String(raw.headers.dpop);
const keyOf = (request: OktaRequest) => calculateJwkThumbprint(decodeProtectedHeader(proofOf(request)).jwk ?? {});
const statusesAt = (path: RegExp) =>
  okta.requests.filter((request) => path.test(request.path)).map(({ status }) => status);

describe('a service application that requires DPoP', () => {
  it('gets bound tokens at both kinds of server, which every probe accepts', async () => {
    const report = await runProbes(okta, flows, { org });
    expect(notPassed(outcomeLines(report))).toEqual([]);
    expect(report.monitorErrors).toEqual([]);
    const { exchanges } = outcomeOf(report, 'token', 'default');
    expect(exchanges.map(({ status, error, proof }) => [status, error?.error, proof])).toEqual([
      [400, 'use_dpop_nonce', true],
      [200, undefined, true],
    ]);
  });

  it('makes exactly the declared requests in a new container, and none for a nonce in a warm one', async () => {
    const container = openWarmContainer();
    const { plan } = await runProbes(okta, flows, { org, container });
    const counted = Object.groupBy(okta.requests, ({ bucket }) => bucket ?? 'none');
    const { none: _, ...limited } = Object.fromEntries(
      Object.entries(counted).map(([bucket, requests]) => [bucket, requests?.length]),
    );
    expect(limited).toEqual(budgetOf(plan).byBucket);
    expect(statusesAt(/token$/).toSorted()).toEqual([200, 200, 400, 400]);
    okta.clearRequests();
    expect(notPassed(outcomeLines(await runProbes(okta, flows, { org, container })))).toEqual([]);
    expect(statusesAt(/token$/)).toEqual([200, 200]);
  });

  it('proves one key in a run, another one in the next, and never its own', async () => {
    const container = openWarmContainer();
    const requests = watch(/token$/);
    await runProbes(okta, flows, { org, container });
    const first = new Set(await Promise.all(requests.splice(0).map(keyOf)));
    await runProbes(okta, flows, { org, container });
    const second = new Set(await Promise.all(requests.map(keyOf)));
    expect([first.size, second.size, first.union(second).size]).toEqual([1, 1, 2]);
    expect(first).not.toContain(await calculateJwkThumbprint(okta.clients.dpop.privateJwk));
  });

  it('sends a new assertion and a new proof with the nonce', async () => {
    const requests = watch(/default\/v1\/token$/);
    await runProbes(okta, flows, { org });
    const assertions = requests.map(({ body }) => decodeJwt(String(new URLSearchParams(body).get('client_assertion'))));
    const proofs = requests.map((request) => decodeJwt(proofOf(request)));
    expect(new Set(assertions.map(({ jti }) => jti)).size).toBe(2);
    expect(new Set(proofs.map(({ jti }) => jti)).size).toBe(2);
    expect(proofs.map(({ nonce }) => typeof nonce)).toEqual(['undefined', 'string']);
    expect(proofs.map(({ htm, htu }) => [htm, htu])).toEqual(
      proofs.map(() => ['POST', `${okta.origin}/oauth2/default/v1/token`]),
    );
  });

  it('takes a new nonce where Okta no longer accepts the old one', async () => {
    const container = openWarmContainer();
    await runProbes(okta, flows, { org, container });
    const headers = { 'dpop-nonce': 'no-nonce-of-okta' };
    const end = okta.intercept(
      { path: '/oauth2/default/v1/token' },
      { transform: (response) => ({ ...response, headers: { ...response.headers, ...headers } }) },
    );
    await runProbes(okta, flows, { org, container });
    end();
    okta.clearRequests();
    expect(notPassed(outcomeLines(await runProbes(okta, flows, { org, container })))).toEqual([]);
    expect(statusesAt(/default\/v1\/token$/)).toEqual([400, 200]);
  });

  it('is refused a custom scope in the negative tests, as it must be', async () => {
    const adjust = (given: Org): Org => ({ ...given, negativeTests: true });
    const lines = outcomeLines(await runProbes(okta, negativeTests, { org, adjust }));
    expect(lines).toContain('refuses-custom-scope: passed');
  });

  it('asks once more for a nonce and no further', async () => {
    during(
      okta.intercept(
        { path: '/oauth2/default/v1/token' },
        { status: 400, headers: { 'dpop-nonce': 'another' }, body: { error: 'use_dpop_nonce' } },
      ),
    );
    const outcome = outcomeOf(await runProbes(okta, flows, { org }), 'token', 'default');
    expect(outcome).toMatchObject({ status: 'failed', finding: { code: 'dpop-proof-refused' } });
    expect(outcome.exchanges).toHaveLength(2);
  });

  it('is judged by the second answer, whatever it is, and not by the demand for a nonce', async () => {
    const proved = ({ raw }: OktaRequest) => decodeJwt(String(raw.headers.dpop)).nonce !== undefined;
    during(
      okta.intercept(
        { path: '/oauth2/default/v1/token', when: proved },
        { status: 401, body: { error: 'invalid_client', error_description: 'No client credentials found.' } },
      ),
    );
    const outcome = outcomeOf(await runProbes(okta, flows, { org }), 'token', 'default');
    expect(outcome).toMatchObject({ status: 'failed', finding: { code: 'client-refused' } });
    expect(outcome.exchanges.map(({ status }) => status)).toEqual([400, 401]);
  });

  it.each([
    ['The DPoP proof JWT is issued in the future.', 'clock-skew'],
    ["'htu' claim in the DPoP proof JWT is invalid.", 'dpop-proof-refused'],
    ['The DPoP proof JWT header is missing.', 'dpop-proof-refused'],
  ])('whose proof is refused with "%s" is %s', async (error_description, code) => {
    during(
      okta.intercept(
        { path: '/oauth2/default/v1/token' },
        { status: 400, body: { error: 'invalid_dpop_proof', error_description } },
      ),
    );
    const outcome = outcomeOf(await runProbes(okta, flows, { org }), 'token', 'default');
    expect(outcome).toMatchObject({ status: 'failed', finding: { code } });
  });
});

describe('a token that is not bound as it must be', () => {
  it('is found by its type', async () => {
    during(
      okta.intercept(
        {
          path: '/oauth2/default/v1/token',
          when: ({ raw }) => decodeJwt(String(raw.headers.dpop)).nonce !== undefined,
        },
        {
          transform: (response) => ({
            ...response,
            body: JSON.stringify({ ...JSON.parse(String(response.body)), token_type: 'Bearer' }),
          }),
        },
      ),
    );
    const outcome = outcomeOf(await runProbes(okta, flows, { org }), 'token', 'default');
    expect(outcome).toMatchObject({
      ...{ status: 'failed' },
      finding: {
        ...{ code: 'token-not-bound', domain: 'configuration' },
        comparisons: [{ name: 'token type', expected: 'DPoP', found: 'Bearer' }],
      },
    });
  });

  it.each([
    ['no key', undefined, 'token-not-bound', 'missing'],
    ['another key', { jkt: 'dGh1bWJwcmludA' }, 'token-bound-elsewhere', 'dGh1bWJwcmludA'],
  ])('is found by a claim that names %s', async (_, cnf, code, found) => {
    during(okta.alterTokens('default', { claims: (claims) => ({ ...claims, cnf }) }));
    const outcome = outcomeOf(await runProbes(okta, flows, { org }), 'verify', 'default');
    const comparisons = [{ name: 'cnf.jkt', expected: expect.stringMatching(/^[\w-]{43}$/), found }];
    expect(outcome).toMatchObject({ status: 'failed', finding: { code, comparisons } });
  });

  it.each([
    ['passes', { token_type: 'Bearer', cnf: undefined }, 'passed'],
    ['is found', { token_type: 'mac' }, 'introspection-mismatch'],
  ])('%s at introspection if it is described by %j, which Okta does not document', async (_, members, expected) => {
    during(
      okta.intercept(
        { path: '/oauth2/v1/introspect' },
        {
          transform: (response) => ({
            ...response,
            body: JSON.stringify({ ...JSON.parse(String(response.body)), ...members }),
          }),
        },
      ),
    );
    const outcome = outcomeOf(await runProbes(okta, flows, { org }), 'introspect', 'org');
    expect(outcome.status === 'failed' ? outcome.finding.code : outcome.status).toBe(expected);
  });

  it('is found once, although introspection repeats it', async () => {
    during(
      okta.alterTokens('default', { claims: (claims) => ({ ...claims, cnf: { jkt: 'another' } }) }),
      okta.intercept(
        { path: '/oauth2/default/v1/introspect' },
        {
          transform: (response) => ({
            ...response,
            body: JSON.stringify({ ...JSON.parse(String(response.body)), cnf: { jkt: 'another' } }),
          }),
        },
      ),
    );
    const lines = outcomeLines(await runProbes(okta, flows, { org }));
    expect(notPassed(lines)).toEqual(['verify@default: token-bound-elsewhere', 'introspect@default: skipped']);
  });

  it('is found by introspection where a token is opaque', async () => {
    during(
      okta.intercept(
        { path: '/oauth2/v1/introspect' },
        {
          transform: (response) => ({
            ...response,
            body: JSON.stringify({ ...JSON.parse(String(response.body)), cnf: { jkt: 'another' } }),
          }),
        },
      ),
    );
    const outcome = outcomeOf(await runProbes(okta, flows, { org }), 'introspect', 'org');
    expect(outcome).toMatchObject({ status: 'failed', finding: { code: 'token-bound-elsewhere' } });
  });
});

it('an application that requires DPoP without the setting is dpop-required, and the remedy names the setting', async () => {
  const adjust = (given: Org): Org => ({
    ...given,
    servers: given.servers.map(({ service, ...server }) => ({
      ...server,
      ...(service && { service: { ...service, dpop: false } }),
    })),
  });
  const outcome = outcomeOf(await runProbes(okta, flows, { org, adjust }), 'token', 'default');
  expect(outcome).toMatchObject({
    ...{ status: 'failed' },
    finding: { code: 'dpop-required', remedy: expect.arrayContaining([expect.stringContaining('"dpop": true')]) },
  });
});

describe('the management API', () => {
  it('is called with a bound token and a proof for it, whose key is kept with the token', async () => {
    const requests = watch(/^\/api\/v1\/users$/);
    const container = openWarmContainer();
    for (const _ of ['first', 'second'])
      expect(notPassed(outcomeLines(await runProbes(okta, limits, { org, container })))).toEqual([]);
    expect(statusesAt(/token$/)).toEqual([400, 200]);
    const tokens = requests.map(({ raw }) => /^DPoP (.+)$/.exec(raw.headers.authorization ?? '')?.[1] ?? '');
    expect(requests.map((request) => decodeJwt(proofOf(request)).ath)).toEqual(
      tokens.map((token) => createHash('sha256').update(token).digest('base64url')),
    );
    expect(new Set(await Promise.all(requests.map(keyOf))).size).toBe(1);
  });

  it('whose token is not bound is not called', async () => {
    during(
      okta.intercept(
        { path: '/oauth2/v1/token' },
        {
          ...{ status: 200, headers: { 'content-type': 'application/json' } },
          body: { token_type: 'Bearer', access_token: 'eyJhbGciOiJub25lIn0.e30.', expires_in: 3600 },
        },
      ),
    );
    const outcome = outcomeOf(await runProbes(okta, limits, { org }), 'rate-limits');
    expect(outcome).toMatchObject({ status: 'failed', finding: { code: 'token-not-bound' } });
    expect(statusesAt(/users$/)).toEqual([]);
  });
});

describe('answers that are no answers', () => {
  it.each(['a b', '"', 'a\\b', 'x'.repeat(1_001)])('a nonce such as %j is not sent', async (nonce) => {
    during(
      okta.intercept(
        { path: '/oauth2/default/v1/token' },
        { status: 400, headers: { 'dpop-nonce': nonce }, body: { error: 'use_dpop_nonce' } },
      ),
    );
    const report = await runProbes(okta, flows, { org });
    expect(report.monitorErrors).toEqual([]);
    const outcome = outcomeOf(report, 'token', 'default');
    expect(outcome).toMatchObject({ status: 'failed', finding: { code: 'dpop-proof-refused' } });
    expect(outcome.exchanges).toHaveLength(1);
  });

  it.each([
    ...['DPoP', 'DPoP error=', 'DPoP error="use_dpop_nonce', ',,,=', '"', 'DPoP error="use_dpop_nonce", Bearer'],
    ...['Bearer error="invalid_token", DPoP error="use_dpop_nonce", algs="ES256"', 'DPoP a68==, DPoP b="\\'],
  ])('a challenge such as %j is a finding', async (challenge) => {
    during(
      okta.intercept(
        { path: '/api/v1/users' },
        { status: 401, headers: { 'www-authenticate': challenge, 'dpop-nonce': 'another' }, body: '' },
      ),
    );
    const report = await runProbes(okta, limits, { org });
    expect(report.monitorErrors).toEqual([]);
    expect(outcomeOf(report, 'rate-limits').status).toBe('failed');
  });

  it.each(['a\nb', 'ü', 'a\u0000', '\ud800'])('a token such as %j is not sent', async (access_token) => {
    during(
      okta.intercept(
        { path: '/oauth2/v1/token' },
        { status: 200, body: { access_token, token_type: 'DPoP', expires_in: 3600 } },
      ),
    );
    const report = await runProbes(okta, limits, { org });
    expect(report.monitorErrors).toEqual([]);
    expect(outcomeOf(report, 'rate-limits')).toMatchObject({ status: 'failed', finding: { code: 'malformed-answer' } });
    expect(statusesAt(/users$/)).toEqual([]);
  });
});

describe('a web application that requires DPoP', () => {
  it('lives on bound tokens: code, user info, refresh and revocation, all with one key', async () => {
    const requests = watch(/\/(token|userinfo)$/);
    const report = await runProbes(okta, journey, { org });
    expect(report.monitorErrors).toEqual([]);
    expect(notPassed(outcomeLines(report))).toEqual([]);
    expect(new Set(requests.map(({ path }) => path)).size).toBe(4);
    expect(new Set(await Promise.all(requests.map(keyOf))).size).toBe(1);
    expect(outcomeOf(report, 'code', 'default').exchanges.map(({ status }) => status)).toEqual([400, 200]);
    expect(outcomeOf(report, 'refresh', 'default').exchanges[0]?.status).toBe(200);
  });

  it('is given a code that names another key', async () => {
    during(okta.alterTokens('default', { claims: (claims) => ({ ...claims, cnf: { jkt: 'another' } }) }));
    const outcome = outcomeOf(await runProbes(okta, journey, { org }), 'code', 'default');
    expect(outcome).toMatchObject({ status: 'failed', finding: { code: 'token-bound-elsewhere' } });
  });
});

it('an API of your own gets the bound token with a proof, and may ask for a nonce of its own', async () => {
  const { valid } = await issueCertificates(Date.now(), identity.authority);
  const proofs: (string | undefined)[] = [];
  const server = createServer(valid, ({ headers }, response) => {
    const { nonce } = decodeJwt(String(headers.dpop));
    proofs.push(`${headers.authorization?.split(' ')[0]} ${nonce ?? 'without a nonce'}`);
    if (nonce === 'mine') response.end('{}');
    else
      response
        .writeHead(401, { 'dpop-nonce': 'mine', 'www-authenticate': 'DPoP error="use_dpop_nonce", algs="ES256"' })
        .end();
  }).listen(0);
  await once(server, 'listening');
  during(() => server.close());
  const { port } = server.address() as AddressInfo;
  const adjust = (given: Org): Org => ({
    ...given,
    servers: given.servers.map((each) => ({
      ...each,
      ...(each.id === 'default' && {
        resource: { url: `https://localhost:${port}/orders`, method: 'POST', status: 200, token: 'service' } as const,
      }),
    })),
  });
  const report = await runProbes(okta, flows, { org, adjust });
  expect(outcomeOf(report, 'resource', 'default').status).toBe('passed');
  expect(proofs).toEqual(['DPoP without a nonce', 'DPoP mine']);
});
