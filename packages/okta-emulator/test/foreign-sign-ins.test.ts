import { createHash } from 'node:crypto';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { IdxStatus, OktaAuth, type PKCETransactionMeta } from '@okta/okta-auth-js';
import * as oidc from 'openid-client';
import { fetch } from 'undici';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createBrowser, signIn } from './support/browser.ts';
import { openDuring } from './support/during.ts';
import { openOkta } from './support/open-okta.ts';
import { currentCode, stateTokenOf } from './support/sign-in-steps.ts';

const { okta, client } = await openOkta();
const { password, totp } = okta.users;
const { dpopWeb, web, spa } = okta.clients;

const during = openDuring();

describe('openid-client', () => {
  const customFetch = (url: string, options: object) => fetch(url, { ...options, dispatcher: client.dispatcher });
  const discover = (server: 'org' | 'default', { clientId, clientSecret }: typeof web) =>
    oidc.discovery(new URL(okta.issuers[server]), clientId, undefined, oidc.ClientSecretPost(clientSecret), {
      [oidc.customFetch]: customFetch as never,
    });

  describe.each(['org', 'default'] as const)('at the server %s', (server) => {
    it('signs a user in by a pushed request of an application that demands DPoP, refreshes and reads user info', async () => {
      during(okta.alterSignIn({ pushedRequestsRequired: true }));
      const config = await discover(server, dpopWeb);
      const keys = await oidc.randomDPoPKeyPair('ES256');
      const DPoP = oidc.getDPoPHandle(config, keys);
      const verifier = oidc.randomPKCECodeVerifier();
      const nonce = oidc.randomNonce();
      const state = oidc.randomState();
      const url = await oidc.buildAuthorizationUrlWithPAR(config, {
        ...{ redirect_uri: dpopWeb.redirectUri, scope: 'openid profile offline_access', state, nonce },
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      });
      expect([...url.searchParams.keys()].toSorted()).toEqual(['client_id', 'request_uri']);
      const tokens = await oidc.authorizationCodeGrant(
        config,
        await signIn(okta, client, url),
        { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true },
        undefined,
        { DPoP },
      );
      expect(tokens.token_type).toBe('dpop');
      const about = await oidc.fetchUserInfo(config, tokens.access_token, password.id, { DPoP });
      expect(about.preferred_username).toBe(password.login);
      const renewed = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '', undefined, { DPoP });
      expect(renewed.token_type).toBe('dpop');

      const other = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair('ES256'));
      await expect(
        oidc.refreshTokenGrant(config, tokens.refresh_token ?? '', undefined, { DPoP: other }),
      ).rejects.toMatchObject({ error: 'invalid_dpop_proof' });
      await expect(oidc.fetchUserInfo(config, tokens.access_token, password.id)).rejects.toThrow();
    });

    it('is refused a code without a proof if the application demands DPoP', async () => {
      const config = await discover(server, dpopWeb);
      const state = oidc.randomState();
      const url = oidc.buildAuthorizationUrl(config, { redirect_uri: dpopWeb.redirectUri, scope: 'openid', state });
      const callback = await signIn(okta, client, url);
      await expect(oidc.authorizationCodeGrant(config, callback, { expectedState: state })).rejects.toMatchObject({
        error: 'invalid_dpop_proof',
      });
    });
  });

  it('signs a user with two factors in, and sees how', async () => {
    const config = await discover('default', web);
    const state = oidc.randomState();
    const url = oidc.buildAuthorizationUrl(config, { redirect_uri: web.redirectUri, scope: 'openid', state });
    const { response } = await createBrowser(okta, client, {}, totp).visit(url.href);
    const callback = new URL(response.headers.get('location') ?? '');
    const tokens = await oidc.authorizationCodeGrant(config, callback, { expectedState: state });
    expect(tokens.claims()?.amr).toEqual(['mfa', 'otp', 'pwd']);
  });
});

/** It knows no certificate authority but those of the process. */
describe('@okta/okta-auth-js', () => {
  const authorities = getCACertificates('default');
  beforeAll(() => {
    setDefaultCACertificates([...authorities, okta.ca]);
    // It warns that memory is no storage of a real application.
    vi.spyOn(console, 'warn').mockImplementation(() => {});
  });
  afterAll(() => {
    setDefaultCACertificates(authorities);
    vi.restoreAllMocks();
  });

  const createAuth = (issuer: string, more: object = {}) => {
    const auth = new OktaAuth({
      idx: { enableLegacyMode: true },
      ...{ issuer, clientId: spa.clientId, redirectUri: spa.redirectUri, scopes: ['openid', 'profile'], ...more },
    });
    // Its storage is that of the process.
    auth.transactionManager.clear();
    return auth;
  };

  async function openPage() {
    const browser = createBrowser(okta, client);
    const parameters = new URLSearchParams({
      ...{ client_id: spa.clientId, redirect_uri: spa.redirectUri, response_type: 'code', scope: 'openid', state: 'a' },
      ...{ code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' },
    });
    const page = await browser.send(`/oauth2/default/v1/authorize?${parameters}`);
    return { page: await page.text(), browser };
  }

  describe.each(['org', 'default'] as const)('by interaction code at the server %s', (server) => {
    it('signs a user in with a password and gets tokens', async () => {
      during(okta.alterSignIn({ interactionCode: true }));
      const auth = createAuth(okta.issuers[server]);
      const { login: username, password: secret } = password;
      const { status, tokens, messages } = await auth.idx.authenticate({ username, password: secret });
      expect(messages).toBeUndefined();
      expect(status).toBe(IdxStatus.SUCCESS);
      expect(tokens?.idToken?.claims).toMatchObject({ sub: password.id, preferred_username: password.login });
    });

    it('signs a user in with a code of an authenticator application', async () => {
      during(okta.alterSignIn({ interactionCode: true, passwordOnFirstPage: false }));
      during(
        okta.alterUser(totp.login, {
          factors: [{ id: `uft${server}`, ...factor('KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU') }],
        }),
      );
      const auth = createAuth(okta.issuers[server]);
      const { login: username, password: secret } = totp;
      const asked = await auth.idx.authenticate({ username, password: secret });
      expect(asked.nextStep?.authenticator?.key).toBe('google_otp');
      const verificationCode = currentCode('KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU');
      const { status, tokens } = await auth.idx.proceed({ verificationCode });
      expect(status).toBe(IdxStatus.SUCCESS);
      expect(tokens?.idToken?.claims.amr).toEqual(['mfa', 'otp', 'pwd']);
    });
  });

  it('takes one step at a time, as it does by default', async () => {
    during(okta.alterSignIn({ interactionCode: true, passwordOnFirstPage: false }));
    const auth = createAuth(okta.issuers.default, { idx: {} });
    const started = await auth.idx.start();
    expect(started.availableSteps?.map(({ name }) => name)).toContain('identify');
    const asked = await auth.idx.proceed({ step: 'identify', username: password.login });
    expect(asked.nextStep?.name).toBe('challenge-authenticator');
    const credentials = { passcode: password.password };
    const { status, tokens } = await auth.idx.proceed({ step: 'challenge-authenticator', credentials });
    expect(status).toBe(IdxStatus.SUCCESS);
    expect(tokens?.idToken?.claims.sub).toBe(password.id);
  });

  it('drives Okta’s own page by its state token, as the Sign-In Widget does', async () => {
    const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
    during(okta.alterUser(totp.login, { factors: [{ id: 'uftwidget', ...factor(secret) }] }));
    const { page, browser } = await openPage();
    const auth = createAuth(okta.issuers.default, { idx: {} });
    const { neededToProceed, proceed } = await auth.idx.start({ stateHandle: stateTokenOf(page) ?? '' });
    expect(neededToProceed?.map(({ name }) => name)).toContain('identify');
    const credentials = { passcode: totp.password };
    const asked = await proceed?.('identify', { identifier: totp.login, credentials });
    expect(asked?.context?.currentAuthenticator).toMatchObject({ value: { key: 'google_otp' } });
    const done = await asked?.proceed('challenge-authenticator', { credentials: { passcode: currentCode(secret) } });
    const success = done?.context?.success as { readonly href?: string } | undefined;
    const back = await browser.send(success?.href ?? '');
    expect(back.headers.get('location')).toContain(`${spa.redirectUri}?code=`);
  });

  it('shows the message for a wrong password, and goes on', async () => {
    during(okta.alterSignIn({ interactionCode: true }));
    const auth = createAuth(okta.issuers.default);
    const { messages, status } = await auth.idx.authenticate({ username: password.login, password: 'wrong' });
    expect(messages?.map(({ i18n }) => i18n?.key)).toEqual(['errors.E0000004']);
    expect(status).toBe(IdxStatus.PENDING);
  });

  it('is refused if the org does not allow interaction codes', async () => {
    const auth = createAuth(okta.issuers.default);
    await expect(auth.idx.start()).rejects.toMatchObject({ errorCode: 'access_denied' });
  });

  it('signs a user in at the Classic engine, with a code, and exchanges what /authorize returns', async () => {
    during(okta.alterSignIn({ engine: 'classic' }));
    const secret = 'MFRGGZDFMZTWQ2LKMFRGGZDFMZTWQ2LK';
    during(okta.alterUser(totp.login, { factors: [{ id: 'uftclassic', ...factor(secret) }] }));
    let redirect = '';
    const auth = createAuth(okta.issuers.default, {
      setLocation(url: string) {
        redirect = url;
      },
    });
    const asked = await auth.signInWithCredentials({ username: totp.login, password: totp.password });
    expect(asked.status).toBe('MFA_REQUIRED');
    const [first] = (asked as unknown as { factors: { verify(given: object): Promise<typeof asked> }[] }).factors;
    const done = await first?.verify({ passCode: currentCode(secret) });
    expect(done?.status).toBe('SUCCESS');
    await auth.token.getWithRedirect({ sessionToken: done?.sessionToken ?? '', prompt: 'none' });
    const answer = await client.request(redirect);
    const { code: authorizationCode = '', state = '' } = Object.fromEntries(
      new URL(answer.headers.get('location') ?? '').searchParams,
    );
    const { urls, ...transaction } = auth.transactionManager.load({ state }) as PKCETransactionMeta;
    const { tokens } = await auth.token.exchangeCodeForTokens({ ...transaction, authorizationCode }, urls);
    expect(tokens.idToken?.claims).toMatchObject({ sub: totp.id, amr: ['mfa', 'otp', 'pwd'] });
  });
});

describe('an interaction code', () => {
  const verifier = 'dBjftJeZ4CVP-mBFF9Q_bpZLKSPyBiW7oSx2Zc9yGmI';
  const form = {
    ...{ client_id: spa.clientId, redirect_uri: spa.redirectUri, scope: 'openid', state: 'a-state' },
    ...{ code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256' },
  };
  const idx = async (path: string, json: object) => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(json) };
    return (await (await client.request(`/idp/idx/${path}`, init)).json()) as {
      readonly stateHandle: string;
      readonly successWithInteractionCode?: { readonly value: readonly { name: string; value?: string }[] };
    };
  };

  it('works once, and needs PKCE', async () => {
    during(okta.alterSignIn({ interactionCode: true }));
    const { code_challenge: _, ...withoutPkce } = form;
    expect(await client.post('/oauth2/default/v1/interact', withoutPkce)).toMatchObject({ status: 400 });
    const { body } = await client.post('/oauth2/default/v1/interact', form);
    const { stateHandle } = await idx('introspect', { interactionHandle: body.interaction_handle });
    const credentials = { passcode: password.password };
    const { successWithInteractionCode } = await idx('identify', {
      stateHandle,
      identifier: password.login,
      credentials,
    });
    const given = Object.fromEntries(
      (successWithInteractionCode?.value ?? []).flatMap(({ name, value }) =>
        value === undefined ? [] : [[name, value]],
      ),
    ) as Record<string, string>;
    const exchange = () => client.post('/oauth2/default/v1/token', { ...given, code_verifier: verifier });
    expect(await exchange()).toMatchObject({ status: 200, body: { id_token: expect.any(String) } });
    expect(await exchange()).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });

    const query = new URLSearchParams({ filter: `eventType sw "app.oauth2" and actor.id eq "${spa.clientId}"` });
    const headers = { authorization: `SSWS ${okta.apiToken}` };
    const log = (await (await client.request(`/api/v1/logs?${query}`, { headers })).json()) as { eventType: string }[];
    expect(log.map(({ eventType }) => eventType).slice(-5)).toEqual([
      'app.oauth2.as.interact.interaction_handle',
      'app.oauth2.as.interact.interaction_code',
      'app.oauth2.as.token.grant.access_token',
      'app.oauth2.as.token.grant.id_token',
      'app.oauth2.as.token.grant',
    ]);
  });

  it('makes a request without a prompt interaction_required', async () => {
    during(okta.alterSignIn({ interactionCode: true }));
    const parameters = new URLSearchParams({ ...form, response_type: 'code', prompt: 'none' });
    const answer = await client.request(`/oauth2/default/v1/authorize?${parameters}`);
    expect(answer.headers.get('location')).toContain('error=interaction_required');
  });
});

function factor(secret: string) {
  return { provider: 'GOOGLE', secret, status: 'ACTIVE' } as const;
}
