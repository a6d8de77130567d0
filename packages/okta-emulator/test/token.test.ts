import { randomUUID } from 'node:crypto';
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, errors, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OktaEmulator, startOktaEmulator } from '../src/index.ts';
import { createOktaClient, type OktaClient } from './support/okta-client.ts';

let okta: OktaEmulator;
let client: OktaClient;
let orgToken: string;
let customToken: string;

const orgPath = '/oauth2/v1/token';
const customPath = '/oauth2/default/v1/token';
const grant = { grant_type: 'client_credentials' };

beforeAll(async () => {
  okta = await startOktaEmulator();
  client = createOktaClient(okta);
  orgToken = await client.orgToken();
  customToken = await client.customToken();
});

afterAll(async () => {
  await client.close();
  await okta.close();
});

async function keySet(path: string) {
  return createLocalJWKSet((await (await client.request(path)).json()) as JSONWebKeySet);
}

describe('an access token', () => {
  it('issues custom server tokens with exactly Okta’s claims and header', () => {
    const { clientId } = okta.clients.secret;
    const claims = decodeJwt(customToken);
    expect(claims).toEqual({
      ver: 1,
      jti: expect.stringMatching(/^AT\./),
      iss: okta.issuers.default,
      aud: 'api://default',
      iat: expect.any(Number),
      exp: Number(claims.iat) + 3600,
      cid: clientId,
      scp: ['monitor.read'],
      sub: clientId,
    });
    expect(decodeProtectedHeader(customToken)).toEqual({ kid: expect.any(String), alg: 'RS256' });
  });

  it('issues custom server tokens that verify with the published keys', async () => {
    const { payload } = await jwtVerify(customToken, await keySet('/oauth2/default/v1/keys'), {
      issuer: okta.issuers.default,
      audience: okta.audiences.default,
    });
    expect(payload.scp).toEqual(['monitor.read']);
  });

  it('issues Org server tokens for Okta itself, signed with an unpublished key', async () => {
    expect(decodeJwt(orgToken)).toMatchObject({ iss: okta.origin, aud: okta.origin, scp: ['okta.users.read'] });
    await expect(jwtVerify(orgToken, await keySet('/oauth2/v1/keys'))).rejects.toThrow(errors.JWKSNoMatchingKey);
  });

  it('returns a token with its type, lifetime and scopes', async () => {
    const { status, body, headers } = await client.post(
      customPath,
      { ...grant, scope: 'monitor.read monitor.write' },
      client.secretAuth,
    );
    expect(status).toBe(200);
    expect(body).toEqual({
      token_type: 'Bearer',
      expires_in: 3600,
      access_token: expect.any(String),
      scope: 'monitor.read monitor.write',
    });
    expect(headers.get('cache-control')).toContain('no-store');
  });
});

describe('client authentication', () => {
  it('accepts a client secret in the header and in the body', async () => {
    const { clientId, clientSecret } = okta.clients.secret;
    const inHeader = await client.post(customPath, { ...grant, scope: 'monitor.read' }, client.secretAuth);
    const inBody = await client.post(customPath, {
      ...grant,
      scope: 'monitor.read',
      client_id: clientId,
      client_secret: clientSecret,
    });
    expect([inHeader.status, inBody.status]).toEqual([200, 200]);
  });

  it('accepts the service application’s key at custom servers', async () => {
    const { status } = await client.post(customPath, {
      ...grant,
      scope: 'monitor.read',
      ...(await client.assertion(okta.origin + customPath)),
    });
    expect(status).toBe(200);
  });

  it('rejects a client secret at the Org server', async () => {
    expect(await client.post(orgPath, { ...grant, scope: 'okta.users.read' }, client.secretAuth)).toMatchObject({
      status: 401,
      body: {
        error: 'invalid_client',
        error_description:
          'Client Credentials requests to the Org Authorization Server must use the private_key_jwt token_endpoint_auth_method.',
      },
    });
  });

  it.each([
    ['a wrong secret', 'secret', 'wrong', 'The client secret supplied for a confidential client is invalid.'],
    ['an unknown client', '0oaNobodyKnowsThis000', 'x', "Invalid value for 'client_id' parameter."],
  ])('rejects %s', async (_, id, secret, description) => {
    const clientId = id === 'secret' ? okta.clients.secret.clientId : id;
    const answer = await client.post(customPath, { ...grant, scope: 'monitor.read' }, client.basic(clientId, secret));
    expect(answer).toMatchObject({ status: 401, body: { error: 'invalid_client', error_description: description } });
  });

  it('rejects a request without client credentials', async () => {
    expect(await client.post(customPath, { ...grant, scope: 'monitor.read' })).toMatchObject({
      status: 401,
      body: { error: 'invalid_client', error_description: 'No client credentials found.' },
    });
  });

  it('rejects a request with two kinds of client credentials', async () => {
    const form = { ...grant, scope: 'monitor.read', ...(await client.assertion(okta.origin + customPath)) };
    expect(await client.post(customPath, form, client.secretAuth)).toMatchObject({
      status: 401,
      body: { error: 'invalid_request', error_description: expect.stringMatching(/^Cannot supply multiple client/) },
    });
  });
});

describe('a client assertion', () => {
  const seconds = () => Math.floor(Date.now() / 1000);
  const audience = 'The audience claim for client_assertion must be the endpoint invoked for the request.';

  it.each([
    ['with the issuer as its audience', () => ({ aud: okta.origin }), audience],
    ['for another endpoint', () => ({ aud: `${okta.origin}/oauth2/v1/introspect` }), audience],
    ['for another site', () => ({ aud: 'https://example.com' }), audience],
    ['that has expired', () => ({ exp: seconds() - 60 }), 'The client_assertion token is expired.'],
    [
      'valid for more than an hour',
      () => ({ exp: seconds() + 3700 }),
      'The client_assertion token has an expiration too far into the future.',
    ],
    [
      'issued in the future',
      () => ({ iat: seconds() + 120 }),
      'The client_assertion token must be issued before the current time.',
    ],
    [
      'without an expiry',
      () => ({ exp: undefined }),
      "The client_assertion must contain the 'exp' claim as seconds since epoch.",
    ],
    [
      'of an unknown issuer',
      () => ({ iss: '0oaNobodyKnowsThis000' }),
      'The issuer claim for client_assertion is not a valid client_id.',
    ],
  ])('rejects a client assertion %s with Okta’s error', async (_, claims, description) => {
    const form = { ...grant, scope: 'okta.users.read', ...(await client.assertion(okta.origin + orgPath, claims())) };
    expect(await client.post(orgPath, form)).toMatchObject({
      status: 401,
      body: { error: 'invalid_client', error_description: description },
    });
  });

  it('accepts a client assertion only once', async () => {
    const jti = randomUUID();
    const once = { ...grant, scope: 'okta.users.read', ...(await client.assertion(okta.origin + orgPath, { jti })) };
    expect((await client.post(orgPath, once)).status).toBe(200);
    expect(await client.post(orgPath, once)).toMatchObject({
      status: 401,
      body: { error_description: 'The client_assertion token has already been used.' },
    });
  });

  it('rejects a client assertion with a wrong signature', async () => {
    const form = await client.assertion(okta.origin + orgPath);
    const [head, body, signature = ''] = String(form.client_assertion).split('.');
    const turned = (signature.startsWith('A') ? 'B' : 'A') + signature.slice(1);
    expect(
      await client.post(orgPath, { ...grant, ...form, client_assertion: [head, body, turned].join('.') }),
    ).toMatchObject({ status: 401, body: { error_description: 'The client_assertion signature is invalid.' } });
  });
});

describe('scopes', () => {
  it.each([
    [
      'a custom scope at the Org server',
      orgPath,
      'monitor.read',
      'invalid_scope',
      'Custom scopes are not allowed for this request.',
    ],
    [
      'a scope that is not granted at the Org server',
      orgPath,
      'okta.groups.manage',
      'consent_required',
      'You are not allowed any of the requested scopes.',
    ],
    [
      'an unknown scope at a custom server',
      customPath,
      'nope',
      'invalid_scope',
      'One or more scopes are not configured for the authorization server resource.',
    ],
    [
      'an Okta API scope at a custom server',
      customPath,
      'okta.users.read',
      'invalid_scope',
      'One or more scopes are not configured for the authorization server resource.',
    ],
    [
      'openid for client credentials',
      customPath,
      'openid',
      'invalid_scope',
      "Cannot request 'openid' scopes using client credentials.",
    ],
    [
      'no scope at a custom server',
      customPath,
      '',
      'invalid_scope',
      "The authorization server resource does not have any configured default scopes, 'scope' must be provided.",
    ],
  ])('rejects %s', async (_, path, scope, error, error_description) => {
    const form = { ...grant, ...(scope && { scope }), ...(await client.assertion(okta.origin + path)) };
    expect(await client.post(path, form)).toMatchObject({ status: 400, body: { error, error_description } });
  });

  it('issues a token with the granted scopes if others are not granted', async () => {
    const token = await client.orgToken('okta.users.read okta.groups.manage');
    expect(decodeJwt(token).scp).toEqual(['okta.users.read']);
  });
});

describe('a token request', () => {
  it.each([
    [
      'without a grant type',
      { scope: 'monitor.read' },
      'invalid_request',
      /^The token request must specify a 'grant_type'/,
    ],
    [
      'with an unknown grant type',
      { grant_type: 'telepathy' },
      'unsupported_grant_type',
      /^The authorization grant type/,
    ],
  ])('rejects a token request %s', async (_, form, error, description) => {
    expect(await client.post(customPath, form, client.secretAuth)).toMatchObject({
      status: 400,
      body: { error, error_description: expect.stringMatching(description) },
    });
  });

  it('rejects a grant type that the application may not use', async () => {
    const { clientId, clientSecret } = okta.clients.web;
    const form = { ...grant, scope: 'monitor.read' };
    expect(await client.post(customPath, form, client.basic(clientId, clientSecret))).toMatchObject({
      status: 400,
      body: { error: 'unauthorized_client' },
    });
  });

  it('rejects GET at /token with an error envelope', async () => {
    const response = await client.request(orgPath);
    expect(response.status).toBe(405);
    expect(await response.json()).toMatchObject({ errorCode: 'E0000022' });
  });
});

describe('user info', () => {
  it.each([
    ['no token', undefined, 401, /error="invalid_request", error_description="The access token is missing."/],
    ['an invalid token', 'Bearer gibberish', 401, /error="invalid_token"/],
    ['a token without a user', 'machine', 401, /error="invalid_token"/],
  ])('rejects a user info request with %s in the header', async (_, authorization, status, challenge) => {
    const value = authorization === 'machine' ? `Bearer ${customToken}` : authorization;
    const headers = value === undefined ? {} : { authorization: value };
    const response = await client.request('/oauth2/default/v1/userinfo', { headers });
    expect(response.status).toBe(status);
    expect(await response.text()).toBe('');
    expect(response.headers.get('www-authenticate')).toMatch(challenge);
  });
});
