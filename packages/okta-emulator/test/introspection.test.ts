import { decodeJwt, decodeProtectedHeader } from 'jose';
import { describe, expect, it } from 'vitest';
import { openOkta } from './support/open-okta.ts';

const { okta, client } = await openOkta();

const introspect = (server: string, token: string, headers = client.secretAuth) =>
  client.post(`/oauth2/${server}v1/introspect`, { token, token_type_hint: 'access_token' }, headers);

describe('introspection', () => {
  it('returns Okta’s fields for an active token, with the scopes as one string', async () => {
    const token = await client.customToken('default', 'monitor.read monitor.write');
    const { clientId } = okta.clients.secret;
    const { status, body } = await introspect('default/', token);
    const { iat, exp, jti } = decodeJwt(token);
    expect(status).toBe(200);
    expect(body).toEqual({
      active: true,
      token_type: 'Bearer',
      scope: 'monitor.read monitor.write',
      client_id: clientId,
      sub: clientId,
      aud: 'api://default',
      iss: okta.issuers.default,
      iat,
      exp,
      jti,
    });
  });

  it('introspects a token of the Org server with an assertion for that endpoint', async () => {
    const token = await client.orgToken();
    const path = '/oauth2/v1/introspect';
    const { body } = await client.post(path, { token, ...(await client.assertion(okta.origin + path)) });
    expect(body).toMatchObject({ active: true, scope: 'okta.users.read', aud: okta.origin });
  });

  it('rejects a client assertion for /token at /introspect', async () => {
    const form = { token: await client.orgToken(), ...(await client.assertion(`${okta.origin}/oauth2/v1/token`)) };
    expect(await client.post('/oauth2/v1/introspect', form)).toMatchObject({
      status: 401,
      body: {
        error_description: 'The audience claim for client_assertion must be the endpoint invoked for the request.',
      },
    });
  });

  it('reports tokens of other servers as inactive', async () => {
    const token = await client.customToken('default');
    for (const other of ['aus1a2b3c4d5e6f7g8h9/', '']) {
      expect(await introspect(other, token)).toMatchObject({ status: 200, body: { active: false } });
    }
  });

  it.each([
    ['text that is not a token', () => 'gibberish'],
    ['a JWT of another issuer', () => 'eyJhbGciOiJub25lIn0.eyJpc3MiOiJ4In0.'],
  ])('returns only that %s is inactive', async (_, token) => {
    const { status, body } = await introspect('default/', token());
    expect(status).toBe(200);
    expect(body).toEqual({ active: false });
  });

  it('reports a token with changed claims as inactive', async () => {
    const [head, , signature] = (await client.customToken()).split('.');
    const claims = Buffer.from(JSON.stringify({ ...decodeJwt(await client.customToken()), scp: ['all'] }));
    const changed = [head, claims.toString('base64url'), signature].join('.');
    expect((await introspect('default/', changed)).body).toEqual({ active: false });
  });

  it('requires client authentication', async () => {
    expect(await introspect('default/', await client.customToken(), {} as typeof client.secretAuth)).toMatchObject({
      status: 401,
      body: { error: 'invalid_client', error_description: 'No client credentials found.' },
    });
  });

  it('requires a token', async () => {
    expect(await client.post('/oauth2/default/v1/introspect', {}, client.secretAuth)).toMatchObject({
      status: 400,
      body: { error: 'invalid_request', error_description: "The 'token' parameter is required." },
    });
  });
});

describe('revocation', () => {
  const revoke = (token: string, headers = client.secretAuth) =>
    client.request('/oauth2/default/v1/revoke', { method: 'POST', body: new URLSearchParams({ token }), headers });

  it('revokes a token and returns 200 with an empty body', async () => {
    const token = await client.customToken();
    const response = await revoke(token);
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
    expect((await introspect('default/', token)).body).toEqual({ active: false });
  });

  it('returns 200 for text that is not a token', async () => {
    expect((await revoke('gibberish')).status).toBe(200);
  });

  it('returns 200 for another client’s token without revoking it', async () => {
    const token = await client.customToken();
    const { clientId, clientSecret } = okta.clients.web;
    expect((await revoke(token, client.basic(clientId, clientSecret))).status).toBe(200);
    expect((await introspect('default/', token)).body).toMatchObject({ active: true });
  });
});

describe('an altered token', () => {
  it('alters the tokens that clients receive, while the server treats them as the issued tokens', async () => {
    const restore = okta.alterTokens('default', {
      claims: (claims) => ({ ...claims, aud: 'api://other' }),
      header: (header) => ({ ...header, kid: 'unpublished' }),
    });
    const altered = await client.customToken();
    expect([decodeJwt(altered).aud, decodeProtectedHeader(altered).kid]).toEqual(['api://other', 'unpublished']);
    expect((await introspect('default/', altered)).body).toMatchObject({ active: true, aud: 'api://default' });
    restore();
    expect(decodeJwt(await client.customToken()).aud).toBe('api://default');
  });

  it('alters only the tokens of one server', async () => {
    const restore = okta.alterTokens('default', { claims: ({ sub: _, ...claims }) => claims });
    expect(decodeJwt(await client.customToken('aus1a2b3c4d5e6f7g8h9')).sub).toBeDefined();
    restore();
  });
});
