import { createHash, randomUUID } from 'node:crypto';
import { decodeJwt } from 'jose';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createBrowser, signIn } from './support/browser.ts';
import { openOkta } from './support/open-okta.ts';

const { okta, client } = await openOkta();
const { web, spa } = okta.clients;
const verifier = 'dBjftJeZ4CVP-mBFF9Q_bpZLKSPyBiW7oSx2Zc9yGmI';
const code_challenge = createHash('sha256').update(verifier).digest('base64url');

afterEach(() => {
  vi.useRealTimers();
});

function authorizationUrl(changes: Record<string, string> = {}) {
  const parameters = new URLSearchParams({
    client_id: web.clientId,
    redirect_uri: web.redirectUri,
    response_type: 'code',
    scope: 'openid offline_access',
    state: randomUUID(),
    ...changes,
  });
  return `${okta.issuers.default}/v1/authorize?${parameters}`;
}

const token = (form: Record<string, string>) =>
  client.post('/oauth2/default/v1/token', form, form.client_id ? {} : client.basic(web.clientId, web.clientSecret));

async function webTokens(scope = 'openid offline_access') {
  const callback = await signIn(okta, client, authorizationUrl({ scope }));
  const code = callback.searchParams.get('code') ?? '';
  return token({ grant_type: 'authorization_code', code, redirect_uri: web.redirectUri });
}

async function spaTokens() {
  const parameters = { client_id: spa.clientId, redirect_uri: spa.redirectUri };
  const url = authorizationUrl({ ...parameters, code_challenge, code_challenge_method: 'S256' });
  const code = (await signIn(okta, client, url)).searchParams.get('code') ?? '';
  return token({ grant_type: 'authorization_code', code, code_verifier: verifier, ...parameters });
}

describe('a sign-in', () => {
  it('of an application with a secret needs no PKCE', async () => {
    const { status, body } = await webTokens('openid');
    expect(status).toBe(200);
    expect(body).toMatchObject({ token_type: 'Bearer', scope: 'openid', id_token: expect.any(String) });
    expect(body).not.toHaveProperty('refresh_token');
  });

  it('gets an ID token with the name and the login, and leaves the rest to /userinfo', async () => {
    const { body } = await webTokens('openid profile email groups');
    expect(decodeJwt(String(body.id_token))).toEqual({
      ...{ iss: okta.issuers.default, aud: web.clientId, sub: okta.user.id, ver: 1 },
      ...{
        iat: expect.any(Number),
        exp: expect.any(Number),
        auth_time: expect.any(Number),
        at_hash: expect.any(String),
      },
      ...{ amr: ['pwd'], idp: expect.any(String), jti: expect.stringMatching(/^ID\./) },
      ...{ department: 'Operations', name: 'Mona Tor', preferred_username: okta.user.login, email: okta.user.login },
    });
    const response = await client.request('/oauth2/default/v1/userinfo', {
      headers: { authorization: `Bearer ${body.access_token}` },
    });
    expect(await response.json()).toMatchObject({ given_name: 'Mona', groups: ['Everyone', 'Monitors'] });
  });

  it('of an application without a secret needs its code verifier', async () => {
    const { status, body } = await spaTokens();
    expect(status).toBe(200);
    expect(body).toMatchObject({ access_token: expect.any(String), refresh_token: expect.any(String) });
  });

  it.each([
    ['okta_post_message', /postMessage\({"code":"[\w-]+","state":"[\w-]+"}, "http:\/\/localhost:8080"\)/],
    ['form_post', /name="code" value="[\w-]+"/],
  ])('with response_mode=%s sends the code in a page, without an issuer', async (response_mode, text) => {
    const { response, body } = await createBrowser(okta, client).visit(authorizationUrl({ response_mode }));
    expect(response.status).toBe(200);
    expect(body).toMatch(text);
    expect(body).not.toMatch(/"iss"/);
  });

  it('is not needed again for another request of the same browser', async () => {
    const browser = createBrowser(okta, client);
    await browser.visit(authorizationUrl());
    const { response } = await browser.visit(authorizationUrl({ prompt: 'none' }));
    expect(response.headers.get('location')).toContain('code=');
  });
});

describe('a refresh token', () => {
  const refresh = (refresh_token: unknown, more: Record<string, string> = {}) =>
    token({ grant_type: 'refresh_token', refresh_token: String(refresh_token), ...more });

  it('comes with offline_access, and stays the same for an application with a secret', async () => {
    const { body } = await webTokens();
    expect(body.scope).toBe('openid offline_access');
    const again = await refresh(body.refresh_token);
    expect(again.status).toBe(200);
    expect(again.body.refresh_token).toBe(body.refresh_token);
    expect(again.body.access_token).not.toBe(body.access_token);
  });

  it('of an application without a secret is replaced at each use, and works again for 30 seconds', async () => {
    const { body } = await spaTokens();
    const asSpa = { client_id: spa.clientId };
    const first = await refresh(body.refresh_token, asSpa);
    expect(first.body.refresh_token).not.toBe(body.refresh_token);
    expect((await refresh(body.refresh_token, asSpa)).status).toBe(200);

    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 31_000 });
    expect(await refresh(body.refresh_token, asSpa)).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant', error_description: 'The refresh token is invalid or expired.' },
    });
    expect((await refresh(first.body.refresh_token, asSpa)).status).toBe(400);
    const filter = 'eventType eq "app.oauth2.as.token.detect_reuse"';
    const headers = { authorization: `SSWS ${okta.apiToken}` };
    const log = await client.request(`/api/v1/logs?${new URLSearchParams({ filter })}`, { headers });
    expect(await log.json()).toMatchObject([{ outcome: { result: 'FAILURE' } }]);
  });
});

describe('a pushed authorization request', () => {
  const push = (form: Record<string, string>) =>
    client.post('/oauth2/default/v1/par', form, client.basic(web.clientId, web.clientSecret));
  const authorize = (request_uri: unknown, client_id = web.clientId) =>
    client.request(
      `/oauth2/default/v1/authorize?${new URLSearchParams({ client_id, request_uri: String(request_uri) })}`,
    );
  const pushed = {
    client_id: web.clientId,
    redirect_uri: web.redirectUri,
    response_type: 'code',
    scope: 'openid offline_access',
    state: 'a-state',
    prompt: 'none',
  };

  it('gets a URN of Okta’s that is valid for an hour', async () => {
    const { body } = await push(pushed);
    expect(body).toEqual({ request_uri: expect.stringMatching(/^urn:okta:[\w-]{43}$/), expires_in: 3600 });

    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_590_000 });
    expect((await authorize(body.request_uri)).headers.get('location')).toContain('error=login_required');
    vi.setSystemTime(Date.now() + 20_000);
    expect((await authorize(body.request_uri)).status).toBe(400);
  });

  it('is refused for another client', async () => {
    const { body } = await push(pushed);
    expect((await authorize(body.request_uri, spa.clientId)).status).toBe(400);
  });

  it('may ask for a refresh token', async () => {
    const { prompt: _, ...mayPrompt } = pushed;
    const { body } = await push(mayPrompt);
    const parameters = new URLSearchParams({ client_id: web.clientId, request_uri: String(body.request_uri) });
    const callback = await signIn(okta, client, `${okta.issuers.default}/v1/authorize?${parameters}`);
    const code = callback.searchParams.get('code') ?? '';
    const tokens = await token({ grant_type: 'authorization_code', code, redirect_uri: web.redirectUri });
    expect(tokens.body).toHaveProperty('refresh_token');
  });
});
