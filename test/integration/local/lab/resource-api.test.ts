import { generateKeyPair, SignJWT } from 'jose';
import {
  DPoP,
  generateKeyPair as generateProofKey,
  protectedResourceRequest,
  customFetch as useFetch,
} from 'oauth4webapi';
import { Agent, fetch, type RequestInit } from 'undici';
import { afterAll, describe, expect, it } from 'vitest';
import { type ApiSettings, startResourceApi } from '../../../../local/lab/simulation/resource-api.ts';
import { createIdentity, generateSigningKey, issueCertificates } from '../../../../packages/okta-emulator/src/index.ts';
import { openDuring } from '../../../../packages/okta-emulator/test/support/during.ts';
import { openOkta } from '../../../../packages/okta-emulator/test/support/open-okta.ts';

const { publicJwk: otherKey } = await generateSigningKey();
const identity = await createIdentity();
const { okta, client } = await openOkta({ identity });
const certificates = await issueCertificates(Date.now(), identity.authority);
const api = await startResourceApi({
  ...{ identity: certificates.valid, ca: okta.ca },
  issuers: (['default', 'aus1a2b3c4d5e6f7g8h9'] as const).map((id) => ({
    ...{ issuer: okta.issuers[id], audience: okta.audiences[id], jwksUri: `${okta.issuers[id]}/v1/keys` },
  })),
});
const during = openDuring();
afterAll(() => api[Symbol.asyncDispose]());

const alter = (changes: Partial<ApiSettings>) => during(api.alter(changes));

/** Calls the API over a connection of its own. */
async function call(authorization?: string, init: RequestInit = {}) {
  const dispatcher = new Agent({ connect: { ca: okta.ca } });
  const headers = { ...(authorization !== undefined && { authorization }), ...init.headers };
  try {
    const response = await fetch(api.url, { redirect: 'manual', ...init, headers, dispatcher });
    await response.text();
    const { status } = response;
    return { status, challenge: response.headers.get('www-authenticate') ?? '', date: response.headers.get('date') };
  } finally {
    await dispatcher.close();
  }
}

const bearer = async (...given: Parameters<typeof client.customToken>) =>
  `Bearer ${await client.customToken(...given)}`;

describe('the API', () => {
  it.each(['default', 'aus1a2b3c4d5e6f7g8h9'])('takes a token of the server %s', async (server) => {
    expect(await call(await bearer(server))).toMatchObject({ status: 200 });
  });

  it('takes no token of the Org server, whose tokens are for Okta alone', async () => {
    expect(await call(`Bearer ${await client.orgToken()}`)).toMatchObject({ status: 401 });
  });

  it.each([
    ['no token', undefined],
    ['another scheme', 'Basic abc'],
  ])('asks a request with %s for a token, and gives no error code', async (_, authorization) => {
    expect(await call(authorization)).toMatchObject({ status: 401, challenge: 'Bearer realm="api"' });
  });

  it.each<[string, Partial<ApiSettings>]>([
    ['another audience', { audience: 'api://elsewhere' }],
    ['another issuer', { issuer: 'https://login.example.com' }],
    ['other keys', { keys: { keys: [otherKey] } }],
    ['a clock that is two hours ahead', { clockSkewSeconds: 7_200 }],
    ['a clock that is an hour behind', { clockSkewSeconds: -3_600 }],
  ])('refuses a token if it has %s, until that is restored', async (_, changes) => {
    const authorization = await bearer();
    const restore = api.alter(changes);
    const refused = await call(authorization);
    expect(refused).toMatchObject({ status: 401, challenge: expect.stringContaining('Bearer error="invalid_token"') });
    const ahead = (Date.parse(refused.date ?? '') - Date.now()) / 1000;
    expect(Math.abs(ahead - (changes.clockSkewSeconds ?? 0))).toBeLessThan(60);
    restore();
    expect(await call(authorization)).toMatchObject({ status: 200 });
  });

  it('takes a token if its clock differs by a minute only', async () => {
    for (const clockSkewSeconds of [60, -60]) {
      alter({ clockSkewSeconds });
      expect(await call(await bearer())).toMatchObject({ status: 200 });
    }
  });

  it('refuses a token that is signed with another key, altered or no token at all', async () => {
    const authorization = await bearer();
    const [, payload = ''] = authorization.split('.');
    const { privateKey } = await generateKeyPair('RS256');
    const forged = await new SignJWT({ scp: ['monitor.read'] })
      .setProtectedHeader({ alg: 'RS256' })
      .setIssuer(okta.issuers.default)
      .setAudience(okta.audiences.default)
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(privateKey);
    const altered = authorization.replace(payload, `${payload.slice(0, -2)}AA`);
    for (const each of [`Bearer ${forged}`, altered, 'Bearer none', 'Bearer eyJhbGciOiJub25lIn0.e30.'])
      expect(await call(each)).toMatchObject({ status: 401, challenge: expect.stringContaining('invalid_token') });
  });

  it('refuses a token without the scopes that it demands, and names them', async () => {
    alter({ scopes: ['monitor.read'] });
    expect(await call(await bearer())).toMatchObject({ status: 200 });
    alter({ scopes: ['monitor.read', 'orders.write'] });
    expect(await call(await bearer())).toMatchObject({
      ...{ status: 403 },
      challenge: expect.stringMatching(/^Bearer error="insufficient_scope".* scope="monitor.read orders.write"$/),
    });
  });

  it('answers as it is told, whatever the token is', async () => {
    alter({ answer: { status: 502, body: 'Bad Gateway' }, headers: { 'x-okta-request-id': 'none' } });
    expect(await call()).toMatchObject({ status: 502 });
    alter({ disconnects: true });
    await expect(call()).rejects.toThrow();
  });

  it('shows another certificate until that ends', async () => {
    const end = api.useIdentity(await certificates.flawed('expired'));
    await expect(call()).rejects.toMatchObject({ cause: { code: 'CERT_HAS_EXPIRED' } });
    end();
    expect(await call()).toMatchObject({ status: 401 });
  });
});

describe('a bound token', async () => {
  const key = await generateProofKey('ES256');
  const dispatcher = new Agent({ connect: { ca: okta.ca } });
  afterAll(() => dispatcher.close());
  const handle = DPoP({}, key);
  const thumbprint = await handle.calculateThumbprint();

  /** A token that names the key, and a request with it as a client of OAuth sends it. */
  async function boundToken(jkt: string): Promise<string> {
    const end = okta.alterTokens('default', { claims: (claims) => ({ ...claims, cnf: { jkt } }) });
    const token = await client.customToken();
    end();
    return token;
  }
  async function send(token: string) {
    let status = 0;
    const sending = protectedResourceRequest(token, 'GET', new URL(api.url), new Headers(), null, {
      DPoP: handle,
      [useFetch]: async (url: string, { method, headers }) => {
        const response = await fetch(url, { method, headers, dispatcher });
        ({ status } = response);
        return response as unknown as Response;
      },
    });
    await sending.catch(() => {});
    return status;
  }

  it('is taken with a proof', async () => {
    expect(await send(await boundToken(thumbprint))).toBe(200);
  });

  it('is refused with a proof of another key', async () => {
    expect(await send(await boundToken('another'))).toBe(401);
  });

  it('is refused without a proof', async () => {
    const token = await boundToken(thumbprint);
    expect(await call(`Bearer ${token}`)).toMatchObject({
      status: 401,
      challenge: expect.stringContaining('invalid_token'),
    });
    expect(await call(`DPoP ${token}`)).toMatchObject({
      status: 401,
      challenge: expect.stringContaining('invalid_dpop_proof'),
    });
  });

  it('is refused by an API that knows Bearer tokens only', async () => {
    alter({ dpop: false });
    expect(await send(await boundToken(thumbprint))).toBe(401);
  });
});
