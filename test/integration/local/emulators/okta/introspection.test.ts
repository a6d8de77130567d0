import { decodeJwt, decodeProtectedHeader } from 'jose';
import { describe, expect, it } from 'vitest';
import { openOkta } from '../../../../support/open-okta.ts';

const { okta, client } = await openOkta();

const introspect = (server: string, token: string, headers = client.secretAuth) =>
  client.post(`/oauth2/${server}v1/introspect`, { token, token_type_hint: 'access_token' }, headers);

describe('introspection', () => {
  it('tells of an active token what Okta tells, with the scopes as one string', async () => {
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

  it('judges a token of the Org server at the Org server, with an assertion for that endpoint', async () => {
    const token = await client.orgToken();
    const path = '/oauth2/v1/introspect';
    const { body } = await client.post(path, { token, ...(await client.assertion(okta.origin + path)) });
    expect(body).toMatchObject({ active: true, scope: 'okta.users.read', aud: okta.origin });
  });

  it('refuses an assertion that was made for /token', async () => {
    const form = { token: await client.orgToken(), ...(await client.assertion(`${okta.origin}/oauth2/v1/token`)) };
    expect(await client.post('/oauth2/v1/introspect', form)).toMatchObject({
      status: 401,
      body: {
        error_description: 'The audience claim for client_assertion must be the endpoint invoked for the request.',
      },
    });
  });

  it('knows only the tokens of its own server', async () => {
    const token = await client.customToken('default');
    for (const other of ['aus1a2b3c4d5e6f7g8h9/', '']) {
      expect(await introspect(other, token)).toMatchObject({ status: 200, body: { active: false } });
    }
  });

  it.each([
    ['no token at all', () => 'gibberish'],
    ['a JWT of somebody else', () => 'eyJhbGciOiJub25lIn0.eyJpc3MiOiJ4In0.'],
  ])('says no more than inactive of %s', async (_, token) => {
    const { status, body } = await introspect('default/', token());
    expect(status).toBe(200);
    expect(body).toEqual({ active: false });
  });

  it('says inactive of a token whose claims were changed', async () => {
    const [head, , signature] = (await client.customToken()).split('.');
    const claims = Buffer.from(JSON.stringify({ ...decodeJwt(await client.customToken()), scp: ['all'] }));
    const forged = [head, claims.toString('base64url'), signature].join('.');
    expect((await introspect('default/', forged)).body).toEqual({ active: false });
  });

  it('wants the client to authenticate', async () => {
    expect(await introspect('default/', await client.customToken(), {} as typeof client.secretAuth)).toMatchObject({
      status: 401,
      body: { error: 'invalid_client', error_description: 'No client credentials found.' },
    });
  });

  it('wants a token', async () => {
    expect(await client.post('/oauth2/default/v1/introspect', {}, client.secretAuth)).toMatchObject({
      status: 400,
      body: { error: 'invalid_request', error_description: "The 'token' parameter is required." },
    });
  });
});

describe('revocation', () => {
  const revoke = (token: string, headers = client.secretAuth) =>
    client.request('/oauth2/default/v1/revoke', { method: 'POST', body: new URLSearchParams({ token }), headers });

  it('answers 200 with nothing, and makes the token inactive', async () => {
    const token = await client.customToken();
    const response = await revoke(token);
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
    expect((await introspect('default/', token)).body).toEqual({ active: false });
  });

  it('answers 200 for what was never a token', async () => {
    expect((await revoke('gibberish')).status).toBe(200);
  });

  it('leaves the tokens of other clients alone, and does not say so', async () => {
    const token = await client.customToken();
    const { clientId, clientSecret } = okta.clients.web;
    expect((await revoke(token, client.basic(clientId, clientSecret))).status).toBe(200);
    expect((await introspect('default/', token)).body).toMatchObject({ active: true });
  });
});

describe('a forged token', () => {
  it('differs as it was asked to, while its server stands by what it believes to have sent', async () => {
    const undo = okta.alterTokens('default', {
      claims: (claims) => ({ ...claims, aud: 'api://other' }),
      header: (header) => ({ ...header, kid: 'unpublished' }),
    });
    const forged = await client.customToken();
    expect([decodeJwt(forged).aud, decodeProtectedHeader(forged).kid]).toEqual(['api://other', 'unpublished']);
    expect((await introspect('default/', forged)).body).toMatchObject({ active: true, aud: 'api://default' });
    undo();
    expect(decodeJwt(await client.customToken()).aud).toBe('api://default');
  });

  it('comes from that server alone', async () => {
    const undo = okta.alterTokens('default', { claims: ({ sub: _, ...claims }) => claims });
    expect(decodeJwt(await client.customToken('aus1a2b3c4d5e6f7g8h9')).sub).toBeDefined();
    undo();
  });
});
