import { Agent as HttpsAgent } from 'node:https';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import OktaJwtVerifier from '@okta/jwt-verifier';
import { OktaAuth, type PKCETransactionMeta } from '@okta/okta-auth-js';
import { Client as OktaSdk } from '@okta/okta-sdk-nodejs';
import { importJWK } from 'jose';
import * as oidc from 'openid-client';
import { fetch } from 'undici';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ServerId } from '../src/index.ts';
import { createBrowser, signIn } from './support/browser.ts';
import { openOkta } from './support/open-okta.ts';
import { createOktaMiddleware, createPassport, openWebApplication } from './support/web-application.ts';

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

  it.each(['RS256', 'ES256'])(
    'openid-client gets a token bound to its %s key after a request for a nonce',
    async (alg) => {
      const { clientId, clientSecret } = okta.clients.secret;
      const config = await discover('default', clientId, oidc.ClientSecretBasic(clientSecret));
      const DPoP = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair(alg));
      okta.clearRequests();
      const token = await oidc.clientCredentialsGrant(config, { scope: 'monitor.read' }, { DPoP });
      expect(token.token_type).toBe('dpop');
      expect(okta.requests.map(({ status }) => status)).toEqual([400, 200]);
      expect(await oidc.tokenIntrospection(config, token.access_token)).toMatchObject({
        active: true,
        token_type: 'DPoP',
        cnf: { jkt: expect.any(String) },
      });
    },
  );

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

      const callback = await signIn(okta, client, url);
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

  it('openid-client refreshes the tokens of a single-page application', async () => {
    const { clientId, redirectUri } = okta.clients.spa;
    const config = await discover('default', clientId, oidc.None());
    const verifier = oidc.randomPKCECodeVerifier();
    const url = oidc.buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      scope: 'openid offline_access',
      state: 'a-state',
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    const callback = await signIn(okta, client, url);
    const first = await oidc.authorizationCodeGrant(config, callback, {
      pkceCodeVerifier: verifier,
      expectedState: 'a-state',
    });
    const second = await oidc.refreshTokenGrant(config, first.refresh_token ?? '');
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect(second.claims()?.sub).toBe(first.claims()?.sub);
  });

  it('openid-client signs a user out, and Okta sends the user back', async () => {
    const config = await discover('org', okta.clients.web.clientId, oidc.None());
    const post_logout_redirect_uri = new URL(okta.clients.web.redirectUri).origin;
    const url = oidc.buildEndSessionUrl(config, { post_logout_redirect_uri, state: 'left' });
    const answer = await client.request(url.href);
    expect(answer.status).toBe(302);
    expect(answer.headers.get('location')).toBe(`${post_logout_redirect_uri}/?state=left`);
  });
});

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

/** Clients that Okta and others wrote, which know no certificate authority but those of the process. */
describe('with the emulator’s certificate authority trusted by the process', () => {
  const authorities = getCACertificates('default');
  beforeAll(() => {
    setDefaultCACertificates([...authorities, okta.ca]);
    // Some warn that memory is no storage, and http: no address, of a real application.
    vi.spyOn(console, 'warn').mockImplementation(() => {});
  });
  afterAll(() => {
    setDefaultCACertificates(authorities);
    vi.restoreAllMocks();
  });

  describe('@okta/okta-sdk-nodejs', () => {
    const sdk = (application: 'service' | 'dpop', scopes: readonly string[] = okta.clients[application].orgScopes) => {
      const { clientId, privateJwk } = okta.clients[application];
      return new OktaSdk({
        orgUrl: okta.origin,
        authorizationMode: 'PrivateKey',
        clientId,
        scopes: [...scopes],
        privateKey: JSON.stringify(privateJwk),
        keyId: privateJwk.kid,
      });
    };
    const collect = async <Item>(items: { each(use: (item: Item) => void): Promise<unknown> }) => {
      const all: Item[] = [];
      await items.each((item) => void all.push(item));
      return all;
    };

    it.each(['service', 'dpop'] as const)(
      'the SDK lists users, page by page, as the application %s',
      async (application) => {
        const users = await collect(await sdk(application).userApi.listUsers({ limit: 1 }));
        expect(users.map((found) => found.profile?.login)).toContain(okta.user.login);
        expect(users.length).toBeGreaterThan(1);
      },
    );

    it('the SDK reads users, groups, applications, authorization servers and the log with a bound token', async () => {
      const { userApi, groupApi, applicationApi, authorizationServerApi, systemLogApi } = sdk('dpop');
      const found = await userApi.getUser({ userId: okta.user.id });
      expect(found.profile?.login).toBe(okta.user.login);
      expect(await collect(await userApi.listUsers({ search: 'status eq "SUSPENDED"' }))).toHaveLength(1);
      expect((await collect(await groupApi.listGroups({ q: 'Mon' }))).map((group) => group.profile?.name)).toEqual([
        'Monitors',
      ]);
      expect(await collect(await groupApi.listGroupUsers({ groupId: '00g4monitors5group6i' }))).toHaveLength(1);
      const apps = await collect(await applicationApi.listApplications());
      expect(apps.map(({ id }) => id)).toContain(okta.clients.dpop.clientId);
      const keys = await authorizationServerApi.listAuthorizationServerKeys({ authServerId: 'default' });
      expect(await collect(keys)).toHaveLength(2);
      const until = new Date(Date.now() + 60_000).toISOString();
      const events = await systemLogApi.listLogEvents({ filter: `actor.id eq "${okta.clients.dpop.clientId}"`, until });
      expect((await collect(events)).length).toBeGreaterThan(0);
    });

    it('the SDK pages through the log, and goes on with the events that come later', async () => {
      const actor = { id: '0oa1batch2job3client', type: 'PublicClientApp', displayName: 'Batch' };
      const record = (from: number, to: number) =>
        okta.recordEvents(
          Array.from({ length: to - from }, (_, index) => ({
            ...{ eventType: `test.paged${from + index}`, displayMessage: 'Paged', actor },
          })),
        );
      record(0, 25);
      const since = new Date(Date.now() - 60_000).toISOString();
      const filter = 'eventType sw "test.paged"';
      const { systemLogApi } = sdk('dpop');
      const events = await systemLogApi.listLogEvents({ since, filter, limit: 10 });
      const polled = (await collect(events)).map(({ eventType }) => eventType);
      record(25, 30);
      polled.push(...(await collect(events)).map(({ eventType }) => eventType));
      expect(polled).toEqual(Array.from({ length: 30 }, (_, index) => `test.paged${index}`));

      const until = new Date(Date.now() + 60_000).toISOString();
      const bounded = await systemLogApi.listLogEvents({ since, until, filter, limit: 10 });
      expect((await collect(bounded)).map(({ eventType }) => eventType)).toEqual(polled);
    });

    it('the SDK reports a missing scope', async () => {
      await expect(sdk('dpop', ['okta.apps.read']).userApi.getUser({ userId: 'me' })).rejects.toMatchObject({
        status: 403,
      });
    });
  });

  describe('@okta/okta-auth-js', () => {
    /** Where the redirect back to the application is: in the URL, or in the message that a page posts. */
    const answerOf = {
      query: async (url: string) => Object.fromEntries((await signIn(okta, client, url)).searchParams),
      okta_post_message: async (url: string) => {
        const { body } = await createBrowser(okta, client).visit(url);
        return JSON.parse(/postMessage\((\{.*?\}),/.exec(body)?.[1] ?? '{}') as Record<string, string>;
      },
    };

    it.each(['query', 'okta_post_message'] as const)(
      'okta-auth-js signs a user in by the code flow with response_mode=%s, and renews the tokens',
      async (responseMode) => {
        const { clientId, redirectUri } = okta.clients.spa;
        let redirect = '';
        const auth = new OktaAuth({
          issuer: okta.issuers.default,
          clientId,
          redirectUri,
          scopes: ['openid', 'profile', 'offline_access'],
          setLocation(url: string) {
            redirect = url;
          },
        });
        await auth.token.getWithRedirect({ responseMode });
        const { code: authorizationCode = '', state = '' } = await answerOf[responseMode](redirect);
        const { urls, ...transaction } = auth.transactionManager.load({ state }) as PKCETransactionMeta;
        auth.transactionManager.clear();
        const { tokens } = await auth.token.exchangeCodeForTokens({ ...transaction, authorizationCode }, urls);
        expect(tokens.idToken?.claims.preferred_username).toBe(okta.user.login);

        auth.tokenManager.setTokens(tokens);
        const about = await auth.token.getUserInfo(tokens.accessToken, tokens.idToken);
        expect(about.preferred_username).toBe(okta.user.login);
        const renewed = await auth.token.renewTokens();
        expect(renewed.accessToken?.accessToken).not.toBe(tokens.accessToken?.accessToken);
      },
    );
  });

  describe('web applications', () => {
    const registered = new URL(okta.clients.web.redirectUri);
    const browse = async (address: string, path: string) =>
      createBrowser(okta, client, { [registered.origin]: address }).visit(registered.origin + path);

    it.each(['org', 'default'] as const)('@okta/oidc-middleware signs a user in at the server %s', async (server) => {
      const { clientId, clientSecret } = okta.clients.web;
      const middleware = await createOktaMiddleware({
        ...{ issuer: okta.issuers[server], client_id: clientId, client_secret: clientSecret },
        ...{ appBaseUrl: registered.origin, scope: 'openid profile', testing: { disableHttpsCheck: true } },
      });
      await using application = await openWebApplication((app) => {
        app.use(middleware.router);
        app.get(
          '/me',
          middleware.ensureAuthenticated(),
          (request: { userContext: { userinfo: object } }, response: Reply) =>
            response.json(request.userContext.userinfo),
        );
      });
      const { body, url } = await browse(application.address, '/me');
      expect(url.pathname).toBe('/me');
      expect(JSON.parse(body)).toMatchObject({ preferred_username: okta.user.login });
    });

    it.each(['org', 'default'] as const)('passport-openidconnect signs a user in at the server %s', async (server) => {
      const { clientId: clientID, clientSecret, redirectUri: callbackURL } = okta.clients.web;
      const issuer = okta.issuers[server];
      const endpoints = server === 'org' ? `${issuer}/oauth2/v1` : `${issuer}/v1`;
      const passport = createPassport({
        ...{ issuer, clientID, clientSecret, callbackURL, scope: ['profile'], skipUserProfile: false },
        authorizationURL: `${endpoints}/authorize`,
        tokenURL: `${endpoints}/token`,
        userInfoURL: `${endpoints}/userinfo`,
      });
      await using application = await openWebApplication((app) => {
        app.use(passport.session());
        app.get('/login', passport.authenticate('openidconnect'));
        app.get(
          registered.pathname,
          passport.authenticate('openidconnect'),
          (request: { user: object }, response: Reply) => response.json(request.user),
        );
      });
      const { body } = await browse(application.address, '/login');
      expect(JSON.parse(body)).toMatchObject({ id: okta.user.id, username: okta.user.login });
    });
  });
});

interface Reply {
  json(value: object): void;
}
