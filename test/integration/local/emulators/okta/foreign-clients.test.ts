import { Agent as HttpsAgent } from 'node:https';
import OktaJwtVerifier from '@okta/jwt-verifier';
import { importJWK } from 'jose';
import * as oidc from 'openid-client';
import { fetch } from 'undici';
import { describe, expect, it } from 'vitest';
import type { ServerId } from '../../../../../local/emulators/okta/org.ts';
import { openOkta } from '../../../../support/open-okta.ts';

const { okta, client } = await openOkta();

function discover(server: ServerId, clientId: string, auth: oidc.ClientAuth, algorithm: 'oidc' | 'oauth2' = 'oidc') {
  const customFetch = (url: string, options: object) => fetch(url, { ...options, dispatcher: client.dispatcher });
  return oidc.discovery(new URL(okta.issuers[server]), clientId, undefined, auth, {
    algorithm,
    [oidc.customFetch]: customFetch as unknown as oidc.CustomFetch,
  });
}

/** Okta requires the called endpoint as the audience. openid-client uses the issuer. */
async function keyAuth(endpoint: string): Promise<oidc.ClientAuth> {
  return oidc.PrivateKeyJwt(await serviceKey(), {
    [oidc.modifyAssertion]: (_header, payload) => {
      payload.aud = endpoint;
    },
  });
}

async function serviceKey(): Promise<oidc.PrivateKey> {
  const { privateJwk } = okta.clients.service;
  return { key: (await importJWK(privateJwk, 'RS256')) as oidc.CryptoKey, kid: privateJwk.kid };
}

describe('openid-client', () => {
  it.each([
    ['default', 'oidc'],
    ['default', 'oauth2'],
    ['aus1a2b3c4d5e6f7g8h9', 'oauth2'],
    ['org', 'oauth2'],
  ] as const)('openid-client discovers the server %s from its %s document', async (server, algorithm) => {
    const config = await discover(server, 'x', oidc.None(), algorithm);
    expect(config.serverMetadata().issuer).toBe(okta.issuers[server]);
  });

  it.each([
    ['client_secret_basic', oidc.ClientSecretBasic],
    ['client_secret_post', oidc.ClientSecretPost],
  ])('openid-client gets a token of a custom server by %s, introspects it and revokes it', async (_, method) => {
    const { clientId, clientSecret } = okta.clients.secret;
    const config = await discover('default', clientId, method(clientSecret));
    const token = await oidc.clientCredentialsGrant(config, { scope: 'monitor.read' });
    expect(token).toMatchObject({ token_type: 'bearer', expires_in: 3600, scope: 'monitor.read' });

    const active = await oidc.tokenIntrospection(config, token.access_token);
    expect(active).toMatchObject({ active: true, client_id: clientId, scope: 'monitor.read' });

    await oidc.tokenRevocation(config, token.access_token);
    expect(await oidc.tokenIntrospection(config, token.access_token)).toEqual({ active: false });
  });

  it.each([
    ['org', 'okta.users.read'],
    ['default', 'monitor.read'],
  ] as const)(
    'openid-client gets a token of the server %s by private_key_jwt and introspects it',
    async (server, scope) => {
      const { clientId } = okta.clients.service;
      const endpoints = server === 'org' ? `${okta.origin}/oauth2/v1` : `${okta.issuers[server]}/v1`;
      const config = await discover(server, clientId, await keyAuth(`${endpoints}/token`));
      const { access_token } = await oidc.clientCredentialsGrant(config, { scope });

      const atIntrospect = await discover(server, clientId, await keyAuth(`${endpoints}/introspect`));
      expect(await oidc.tokenIntrospection(atIntrospect, access_token)).toMatchObject({ active: true, scope });
    },
  );

  it('openid-client gets Okta’s error for its default audience', async () => {
    const config = await discover('org', okta.clients.service.clientId, oidc.PrivateKeyJwt(await serviceKey()));
    await expect(oidc.clientCredentialsGrant(config, { scope: 'okta.users.read' })).rejects.toMatchObject({
      error: 'invalid_client',
      error_description: 'The audience claim for client_assertion must be the endpoint invoked for the request.',
    });
  });

  it('openid-client gets a token bound to its DPoP key after a request for a nonce', async () => {
    const { clientId, clientSecret } = okta.clients.secret;
    const config = await discover('default', clientId, oidc.ClientSecretBasic(clientSecret));
    const DPoP = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair('ES256'));
    okta.clearRequests();
    const token = await oidc.clientCredentialsGrant(config, { scope: 'monitor.read' }, { DPoP });
    expect(token.token_type).toBe('dpop');
    expect(okta.requests.map(({ status }) => status)).toEqual([400, 200]);
    expect(await oidc.tokenIntrospection(config, token.access_token)).toMatchObject({
      active: true,
      token_type: 'DPoP',
      cnf: { jkt: expect.any(String) },
    });
  });

  it('openid-client pushes an authorization request', async () => {
    const { clientId, clientSecret, redirectUri } = okta.clients.web;
    const config = await discover('default', clientId, oidc.ClientSecretBasic(clientSecret));
    const url = await oidc.buildAuthorizationUrlWithPAR(config, {
      redirect_uri: redirectUri,
      scope: 'openid',
      state: 'a-state',
      prompt: 'none',
      code_challenge: await oidc.calculatePKCECodeChallenge(oidc.randomPKCECodeVerifier()),
      code_challenge_method: 'S256',
    });
    expect(url.searchParams.get('request_uri')).toMatch(/^urn:/);
    const answer = await client.request(url.href);
    expect(answer.headers.get('location')).toContain('error=login_required');
  });

  it.each(['org', 'default'] as const)(
    'openid-client signs a user in at the server %s and reads the user info',
    async (server) => {
      const { clientId, clientSecret, redirectUri } = okta.clients.web;
      const config = await discover(server, clientId, oidc.ClientSecretBasic(clientSecret));
      const verifier = oidc.randomPKCECodeVerifier();
      const nonce = oidc.randomNonce();
      const url = oidc.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: 'openid profile email',
        state: 'a-state',
        nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      });

      const callback = await signIn(url);
      expect(callback.searchParams.has('iss')).toBe(false);
      const tokens = await oidc.authorizationCodeGrant(config, callback, {
        pkceCodeVerifier: verifier,
        expectedState: 'a-state',
        expectedNonce: nonce,
      });
      const sub = tokens.claims()?.sub ?? '';
      expect(sub).toMatch(/^00u\w{17}$/);

      const about = await oidc.fetchUserInfo(config, tokens.access_token, sub);
      expect(about.preferred_username).toBe(okta.user.login);
      expect(await oidc.tokenIntrospection(config, tokens.access_token)).toMatchObject({
        active: true,
        username: okta.user.login,
        uid: sub,
        aud: okta.audiences[server],
      });
    },
  );

  it('openid-client signs a user out through a page that submits itself', async () => {
    const config = await discover('org', okta.clients.web.clientId, oidc.None());
    const answer = await client.request(oidc.buildEndSessionUrl(config).href);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('<input type="hidden" name="logout" value="yes"/>');
  });
});

/** Signs in like a browser: follows redirects with cookies and fills in the form. */
async function signIn(start: URL): Promise<URL> {
  const cookies = new Map<string, string>();
  let url = start;
  let form: URLSearchParams | undefined;
  for (let step = 0; step < 6; step += 1) {
    const response = await client.request(url.href, {
      method: form ? 'POST' : 'GET',
      ...(form && { body: form }),
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      cookies.set(name, value);
    }
    const location = response.headers.get('location');
    form = undefined;
    if (location === null) form = new URLSearchParams({ username: okta.user.login, password: okta.user.password });
    else url = new URL(location, url);
    await response.text();
    if (url.href.startsWith(okta.clients.web.redirectUri)) return url;
  }
  throw new Error('The sign-in did not return to the application.');
}

describe('@okta/jwt-verifier', () => {
  const verifier = () =>
    new OktaJwtVerifier({
      issuer: okta.issuers.default,
      requestAgent: new HttpsAgent({ ca: okta.ca, keepAlive: false }),
    } as OktaJwtVerifier.VerifierOptions);

  it('@okta/jwt-verifier verifies a token of a custom server with the published keys', async () => {
    const { claims } = await verifier().verifyAccessToken(await client.customToken(), okta.audiences.default);
    expect(claims).toMatchObject({ aud: 'api://default', cid: okta.clients.secret.clientId, scp: ['monitor.read'] });
  });

  it('@okta/jwt-verifier rejects a token of another server', async () => {
    const token = await client.customToken('aus1a2b3c4d5e6f7g8h9');
    await expect(verifier().verifyAccessToken(token, okta.audiences.default)).rejects.toThrow(/kid/);
  });
});
