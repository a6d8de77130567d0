import { randomUUID } from 'node:crypto';
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, errors, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OktaEmulator, startOktaEmulator } from '../../../../../local/emulators/okta/okta-emulator.ts';
import { createOktaClient, type OktaClient } from '../../../../support/okta-client.ts';

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
  it('of a custom server has the claims and the header of Okta, and no others', () => {
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

  it('of a custom server verifies with what /keys publishes', async () => {
    const { payload } = await jwtVerify(customToken, await keySet('/oauth2/default/v1/keys'), {
      issuer: okta.issuers.default,
      audience: okta.audiences.default,
    });
    expect(payload.scp).toEqual(['monitor.read']);
  });

  it('of the Org server is for Okta itself, and signed with a key that nobody else gets to see', async () => {
    expect(decodeJwt(orgToken)).toMatchObject({ iss: okta.origin, aud: okta.origin, scp: ['okta.users.read'] });
    await expect(jwtVerify(orgToken, await keySet('/oauth2/v1/keys'))).rejects.toThrow(errors.JWKSNoMatchingKey);
  });

  it('comes with its type, its lifetime and its scopes', async () => {
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
  it('takes the secret in the header and in the body', async () => {
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

  it('lets the service application use its key at custom servers too', async () => {
    const { status } = await client.post(customPath, {
      ...grant,
      scope: 'monitor.read',
      ...(await client.assertion(okta.origin + customPath)),
    });
    expect(status).toBe(200);
  });

  it('refuses a secret at the Org server', async () => {
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
  ])('refuses %s', async (_, id, secret, description) => {
    const clientId = id === 'secret' ? okta.clients.secret.clientId : id;
    const answer = await client.post(customPath, { ...grant, scope: 'monitor.read' }, client.basic(clientId, secret));
    expect(answer).toMatchObject({ status: 401, body: { error: 'invalid_client', error_description: description } });
  });

  it('refuses a request without any', async () => {
    expect(await client.post(customPath, { ...grant, scope: 'monitor.read' })).toMatchObject({
      status: 401,
      body: { error: 'invalid_client', error_description: 'No client credentials found.' },
    });
  });

  it('refuses two at once', async () => {
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
    ['for the issuer', () => ({ aud: okta.origin }), audience],
    ['for another endpoint', () => ({ aud: `${okta.origin}/oauth2/v1/introspect` }), audience],
    ['for another site', () => ({ aud: 'https://example.com' }), audience],
    ['of a past', () => ({ exp: seconds() - 60 }), 'The client_assertion token is expired.'],
    [
      'of more than an hour',
      () => ({ exp: seconds() + 3700 }),
      'The client_assertion token has an expiration too far into the future.',
    ],
    [
      'of a clock that runs ahead',
      () => ({ iat: seconds() + 120 }),
      'The client_assertion token must be issued before the current time.',
    ],
    [
      'without an end',
      () => ({ exp: undefined }),
      "The client_assertion must contain the 'exp' claim as seconds since epoch.",
    ],
    [
      'of another issuer',
      () => ({ iss: '0oaNobodyKnowsThis000' }),
      'The issuer claim for client_assertion is not a valid client_id.',
    ],
  ])('%s is refused in Okta’s words', async (_, claims, description) => {
    const form = { ...grant, scope: 'okta.users.read', ...(await client.assertion(okta.origin + orgPath, claims())) };
    expect(await client.post(orgPath, form)).toMatchObject({
      status: 401,
      body: { error: 'invalid_client', error_description: description },
    });
  });

  it('is good for one request', async () => {
    const jti = randomUUID();
    const once = { ...grant, scope: 'okta.users.read', ...(await client.assertion(okta.origin + orgPath, { jti })) };
    expect((await client.post(orgPath, once)).status).toBe(200);
    expect(await client.post(orgPath, once)).toMatchObject({
      status: 401,
      body: { error_description: 'The client_assertion token has already been used.' },
    });
  });

  it('that was tampered with is refused', async () => {
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
      'a custom one at the Org server',
      orgPath,
      'monitor.read',
      'invalid_scope',
      'Custom scopes are not allowed for this request.',
    ],
    [
      'one that is not granted at the Org server',
      orgPath,
      'okta.groups.manage',
      'consent_required',
      'You are not allowed any of the requested scopes.',
    ],
    [
      'an unknown one at a custom server',
      customPath,
      'nope',
      'invalid_scope',
      'One or more scopes are not configured for the authorization server resource.',
    ],
    [
      'an okta one at a custom server',
      customPath,
      'okta.users.read',
      'invalid_scope',
      'One or more scopes are not configured for the authorization server resource.',
    ],
    [
      'openid without a person',
      customPath,
      'openid',
      'invalid_scope',
      "Cannot request 'openid' scopes using client credentials.",
    ],
    [
      'none at a custom server',
      customPath,
      '',
      'invalid_scope',
      "The authorization server resource does not have any configured default scopes, 'scope' must be provided.",
    ],
  ])('%s is refused', async (_, path, scope, error, error_description) => {
    const form = { ...grant, ...(scope && { scope }), ...(await client.assertion(okta.origin + path)) };
    expect(await client.post(path, form)).toMatchObject({ status: 400, body: { error, error_description } });
  });

  it('that are granted are given where others asked for are not', async () => {
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
      'of an unknown grant type',
      { grant_type: 'telepathy' },
      'unsupported_grant_type',
      /^The authorization grant type/,
    ],
  ])('%s is refused', async (_, form, error, description) => {
    expect(await client.post(customPath, form, client.secretAuth)).toMatchObject({
      status: 400,
      body: { error, error_description: expect.stringMatching(description) },
    });
  });

  it('of a grant that the application may not use is refused', async () => {
    const { clientId, clientSecret } = okta.clients.web;
    const form = { ...grant, scope: 'monitor.read' };
    expect(await client.post(customPath, form, client.basic(clientId, clientSecret))).toMatchObject({
      status: 400,
      body: { error: 'unauthorized_client' },
    });
  });

  it('by GET severity which methods Okta has, in the envelope', async () => {
    const response = await client.request(orgPath);
    expect(response.status).toBe(405);
    expect(await response.json()).toMatchObject({ errorCode: 'E0000022' });
  });
});

describe('user info', () => {
  it.each([
    ['no token', undefined, 401, /error="invalid_request", error_description="The access token is missing."/],
    ['no token of ours', 'Bearer gibberish', 401, /error="invalid_token"/],
    ['a token of no person', 'machine', 401, /error="invalid_token"/],
  ])('is refused to %s, in the header', async (_, authorization, status, challenge) => {
    const value = authorization === 'machine' ? `Bearer ${customToken}` : authorization;
    const headers = value === undefined ? {} : { authorization: value };
    const response = await client.request('/oauth2/default/v1/userinfo', { headers });
    expect(response.status).toBe(status);
    expect(await response.text()).toBe('');
    expect(response.headers.get('www-authenticate')).toMatch(challenge);
  });
});
