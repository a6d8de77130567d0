import { exportJWK, generateKeyPair } from 'jose';
import { describe, expect, it } from 'vitest';
import { parseSecret, type Secrets } from '../../../../functions/aws/secrets.ts';
import type { Org } from '../../../../functions/model/org.ts';
import type { Fetch } from '../../../../functions/model/probe.ts';
import { openCredentials } from '../../../../functions/run/credentials.ts';
import { fullOrg } from '../../../support/full-org.ts';

const { privateKey } = await generateKeyPair('ES256', { extractable: true });
const keyText = JSON.stringify({ privateKey: await exportJWK(privateKey) });

const api = { kind: 'client', clientId: 'service', secret: 'shared/key', scopes: ['okta.users.read'] } as const;
const acme: Org = { ...fullOrg, name: 'acme', domain: 'acme.okta.com', api };
const globex: Org = { ...fullOrg, name: 'globex', domain: 'globex.okta.com', api };

/** A warm container, and what each host gets to see: the token requests, and the tokens of API calls. */
function openContainer({ lifetimeSeconds = 3_600 } = {}) {
  let [nowMs, version] = [0, 'one'];
  const secrets: Secrets = {
    read: async (name) => Object.assign(parseSecret(name, keyText), { version: `${name} ${version}` }),
  };
  const credentials = openCredentials(secrets, () => nowMs);
  const issued: string[] = [];
  const used: string[] = [];
  const refused = new Set<string>();
  const fetch: Fetch = async (url, { headers = {}, body } = {}) => {
    const { host, pathname } = new URL(url);
    const sent = new Headers(headers);
    if (pathname.endsWith('/token')) {
      const token = `${host}-${issued.length + 1}`;
      const form = new URLSearchParams(String(body));
      issued.push(`${host} ${form.get('client_id')} ${form.get('scope')}`);
      const type = sent.has('dpop') ? 'DPoP' : 'Bearer';
      return Response.json({ access_token: token, token_type: type, expires_in: lifetimeSeconds });
    }
    const token = sent.get('authorization')?.split(' ')[1] ?? '';
    used.push(`${host} ${token}`);
    return new Response(null, { status: refused.has(token) ? 401 : 200 });
  };
  return {
    ...{ issued, used, refused },
    call: (org: Org) => credentials(org).callApi(`https://${org.domain}/api/v1/users`, fetch),
    pass: (ms: number) => {
      nowMs += ms;
    },
    store: () => {
      version = 'two';
    },
  };
}

describe('the access token for the management API, in a warm container', () => {
  it('goes to the org that issued it, where two orgs name the same client and secret', async () => {
    const { call, used } = openContainer();
    for (const org of [acme, globex, acme, globex]) await call(org);
    expect(used).toEqual(
      [acme, globex, acme, globex].map(({ domain }) => `${domain} ${domain}-${domain === acme.domain ? 1 : 2}`),
    );
  });

  it.each<[string, Org]>([
    ['domain', { ...acme, domain: 'login.acme.com' }],
    ['client', { ...acme, api: { ...api, clientId: 'another' } }],
    ['secret', { ...acme, api: { ...api, secret: 'acme/another' } }],
    ['scopes', { ...acme, api: { ...api, scopes: ['okta.users.read', 'okta.logs.read'] } }],
    ['demand for proofs', { ...acme, api: { ...api, dpop: true } }],
  ])('is issued anew where the configuration has another %s', async (_, changed) => {
    const { call, issued } = openContainer();
    for (const org of [acme, acme, changed, changed]) await call(org);
    expect(issued).toHaveLength(2);
  });

  it('is issued anew for another version of the secret', async () => {
    const { call, issued, store } = openContainer();
    await call(acme);
    store();
    await call(acme);
    expect(issued).toHaveLength(2);
  });

  it('is not used in its last minute, nor after half an hour', async () => {
    const short = openContainer({ lifetimeSeconds: 300 });
    const long = openContainer({ lifetimeSeconds: 3_600 });
    for (const { call } of [short, long]) await call(acme);
    short.pass(239_000);
    long.pass(29 * 60_000);
    for (const { call, issued } of [short, long]) {
      await call(acme);
      expect(issued).toHaveLength(1);
    }
    short.pass(2_000);
    long.pass(2 * 60_000);
    for (const { call, issued } of [short, long]) {
      await call(acme);
      expect(issued).toHaveLength(2);
    }
  });

  it('is replaced once after a 401 if it was cached, and not if it is new', async () => {
    const { call, issued, used, refused } = openContainer();
    await call(acme);
    refused.add('acme.okta.com-1').add('acme.okta.com-2');
    expect((await call(acme)).status).toBe(401);
    expect([issued.length, used.length]).toEqual([2, 3]);
    const cold = openContainer();
    cold.refused.add('acme.okta.com-1');
    expect((await cold.call(acme)).status).toBe(401);
    expect([cold.issued.length, cold.used.length]).toEqual([1, 1]);
  });
});

it('a client assertion that was signed ahead is not sent for another client with the same secret and endpoint', async () => {
  const server = { id: 'org', issuer: 'https://acme.okta.com' };
  const service = { ...api, clientId: 'prepared', authentication: 'private_key_jwt' } as const;
  const secret = parseSecret('shared/key', keyText);
  const credentials = openCredentials({ read: async () => secret }, Date.now)(acme);
  await credentials.prepare({ ...server, service }, 'token');
  const subjects: unknown[] = [];
  await credentials.prepareApi(async (_, { body } = {}) => {
    const form = new URLSearchParams(String(body));
    const [, claims = ''] = form.get('client_assertion')?.split('.') ?? [];
    subjects.push(form.get('client_id'), JSON.parse(Buffer.from(claims, 'base64url').toString()).sub);
    return Response.json({ access_token: 'token', token_type: 'Bearer', expires_in: 3_600 });
  });
  expect(subjects).toEqual(['service', 'service']);
});

it('the client token of a flow is sent in a header of a POST, and read again if the flow refuses it', async () => {
  const stored = ['old', 'new'];
  const secrets = { read: async () => parseSecret('acme/flow', JSON.stringify({ clientToken: stored.shift() })) };
  const sent: unknown[] = [];
  const fetch: Fetch = async (url, { method, headers, body } = {}) => {
    const token = new Headers(headers).get('x-api-client-token');
    sent.push([method, url, token, body]);
    return new Response(null, { status: token === 'new' ? 200 : 401 });
  };
  const url = 'https://acme.workflows.okta.com/api/flo/1/invoke';
  const org = { ...acme, workflow: { url, secret: 'acme/flow' } };
  expect((await openCredentials(secrets, () => 0)(org).invokeWorkflow(fetch)).status).toBe(200);
  expect(sent).toEqual(['old', 'new'].map((token) => ['POST', url, token, undefined]));
});
