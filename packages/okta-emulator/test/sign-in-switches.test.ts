import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import type { SignInSettings, User } from '../src/index.ts';
import { openDuring } from './support/during.ts';
import { openOkta } from './support/open-okta.ts';
import { createIdxSteps, currentCode, stateTokenOf } from './support/sign-in-steps.ts';
import { codeOf, createWebSignIn } from './support/web-sign-in.ts';

const { okta, client } = await openOkta();
const { begin, tokens, post, userInfo, authorizePath } = createWebSignIn(okta, client);
const { password, totp } = okta.users;
const { web } = okta.clients;

const during = openDuring();

async function signIn(user = password) {
  const opened = await begin();
  const step = await opened.idx.identify(user.login, user.password);
  return { ...opened, step };
}

async function events(eventType: string) {
  const response = await client.request(`/api/v1/logs?filter=${encodeURIComponent(`eventType eq "${eventType}"`)}`, {
    headers: { authorization: `SSWS ${okta.apiToken}` },
  });
  return (await response.json()) as { outcome: { result: string; reason: string }; actor: { alternateId: string } }[];
}

describe('a user who cannot sign in at Identity Engine', () => {
  it.each(['LOCKED_OUT', 'SUSPENDED', 'DEPROVISIONED', 'STAGED'] as const)(
    'gets the answer to a wrong password with the right one while %s',
    async (status) => {
      during(okta.alterUser(password.login, { status }));
      expect((await signIn()).step).toMatchObject({ status: 401, keys: ['errors.E0000004'] });
    },
  );

  it('is locked out after too many wrong passwords, which the API and the log show', async () => {
    const login = 'ada@example.com';
    during(okta.alterUser(login, { password: 'right' }));
    during(okta.alterSignIn({ maxAttempts: 2 }));
    const { idx } = await begin();
    await idx.identify(login, 'wrong');
    await idx.identify(login, 'wrong');
    expect(await idx.identify(login, 'right')).toMatchObject({ status: 401, keys: ['errors.E0000004'] });
    const headers = { authorization: `SSWS ${okta.apiToken}` };
    const response = await client.request(`/api/v1/users/${login}`, { headers });
    expect(await response.json()).toMatchObject({ status: 'LOCKED_OUT' });
    const locked = (await events('user.account.lock')).filter(({ actor }) => actor.alternateId === login);
    expect(locked).toMatchObject([{ actor: { alternateId: login } }]);
    okta.resetUsers();
    expect((await idx.identify(login, 'right')).body.success).toBeDefined();
  });

  it.each<[string, Partial<User>, Partial<SignInSettings>, number, string[], string[]]>([
    ['has no assignment', { assigned: false }, {}, 400, ['failure-redirect'], ['idx.error.user.not.assigned.to.app']],
    ['is denied by policy', { access: 'DENY' }, {}, 403, ['failure-redirect'], ['security.access_denied']],
    ['must enroll a factor', { factorMode: '2FA' }, {}, 200, ['select-authenticator-enroll'], []],
    [
      'may enroll a factor',
      { factorMode: '2FA' },
      { enrollment: 'optional' },
      200,
      ['select-authenticator-enroll', 'skip'],
      [],
    ],
    [
      'cannot enroll a factor',
      { factorMode: '2FA' },
      { enrollment: 'unavailable' },
      400,
      ['failure-redirect'],
      ['oie.assurance.unsatisfiable'],
    ],
    [
      'must change the password',
      { status: 'PASSWORD_EXPIRED' },
      {},
      200,
      ['reenroll-authenticator'],
      ['idx.password.expired'],
    ],
    [
      'should change the password',
      { passwordExpiresInDays: 3 },
      {},
      200,
      ['reenroll-authenticator-warning', 'skip'],
      ['idx.password.expiring.message'],
    ],
    ['is asked for consent', {}, { consent: true }, 200, ['consent'], []],
    ['is asked to stay signed in', {}, { keepMeSignedInPrompt: true }, 200, ['keep-me-signed-in'], []],
    ['meets an unknown step', {}, { unknownRemediation: 'post-quantum-check' }, 200, ['post-quantum-check'], []],
  ])('who %s is told so after the password', async (_, user, settings, status, names, keys) => {
    during(okta.alterUser(password.login, user));
    during(okta.alterSignIn(settings));
    expect((await signIn()).step).toMatchObject({ status, names, keys });
  });

  it.each([
    [{ assigned: false }, 'User is not assigned to the client application.'],
    [{ access: 'DENY' }, 'Policy evaluation failed for this request, please check the policy configurations.'],
  ] as const)('goes back to the application with access_denied: %j', async (changes, description) => {
    const { browser } = await tokens();
    during(okta.alterUser(password.login, changes));
    const { browser: other, step } = await signIn();
    const [failure] = (step.body.remediation as { value: { href: string }[] }).value;
    for (const answer of [
      await other.send(failure?.href ?? ''),
      await browser.send(authorizePath('default', { prompt: 'none' })),
    ]) {
      const { searchParams } = new URL(answer.headers.get('location') ?? '');
      expect(Object.fromEntries(searchParams)).toMatchObject({
        error: 'access_denied',
        error_description: description,
      });
    }
  });

  it('skips the warning of the password and the question to stay signed in', async () => {
    during(okta.alterUser(password.login, { passwordExpiresInDays: 3 }));
    during(okta.alterSignIn({ keepMeSignedInPrompt: true }));
    const { idx } = await signIn();
    expect((await idx.step('skip')).names).toEqual(['keep-me-signed-in']);
    expect((await idx.step('keep-me-signed-in', { keepMeSignedIn: false })).body.success).toBeDefined();
  });

  it('changes the password by answering for an expired one', async () => {
    const { thin } = okta.users;
    const end = okta.alterUser(thin.login, { status: 'PASSWORD_EXPIRED' });
    const { idx } = await signIn(thin);
    await idx.answer({ passcode: 'a-new-password-of-thea' });
    end();
    expect(okta.findUser(thin.login)).toMatchObject({ status: 'ACTIVE', password: 'a-new-password-of-thea' });
    okta.alterUser(thin.login, { password: thin.password });
  });

  it('with a suspended factor is refused at the code', async () => {
    const [factor] = okta.findUser(totp.login)?.factors ?? [];
    during(okta.alterUser(totp.login, { factors: factor ? [{ ...factor, status: 'SUSPENDED' }] : [] }));
    const { idx } = await signIn(totp);
    expect(await idx.answer({ passcode: currentCode(totp.totpSecret ?? '') })).toMatchObject({
      status: 403,
      keys: ['authfactor.challenge.suspended_factor'],
    });
  });
});

describe('the first step at Identity Engine', () => {
  it('has a captcha, without which no answer is taken', async () => {
    during(okta.alterSignIn({ captcha: 'HCAPTCHA' }));
    const { first, idx } = await begin();
    expect(first.body.captcha).toMatchObject({ value: { type: 'HCAPTCHA' } });
    expect((await idx.identify(password.login, password.password)).status).toBe(400);
  });

  it('looks for Okta FastPass until that is cancelled', async () => {
    during(okta.alterSignIn({ deviceChallenge: true }));
    const { first, idx } = await begin();
    expect(first.names).toEqual(['device-challenge-poll']);
    expect((await idx.step('authenticators/poll')).names).toEqual(['device-challenge-poll']);
    expect((await idx.step('authenticators/poll/cancel')).names).toContain('identify');
  });

  it('leads to an identity provider instead of the password', async () => {
    during(okta.alterSignIn({ identityProvider: 'Partner' }));
    const { idx } = await begin();
    const step = await idx.identify(password.login);
    expect(step.names).toEqual(['redirect-idp']);
    expect(step.body.remediation).toMatchObject({ value: [{ method: 'GET', idp: { name: 'Partner' } }] });
  });

  it('is blocked by something that is not Okta', async () => {
    during(okta.alterSignIn({ networkBlocked: true }));
    const { first } = await begin();
    expect(first.status).toBe(403);
    expect(first.body).not.toHaveProperty('version');
  });

  it('says that it does not know a user only if it is so configured', async () => {
    const { idx } = await begin();
    expect((await idx.identify('nobody@example.com')).keys).toEqual([]);
    during(okta.alterSignIn({ unknownUsersShown: true }));
    const { idx: other } = await begin();
    expect(await other.identify('nobody@example.com')).toMatchObject({ status: 200, keys: ['idx.unknown.user'] });
  });

  it('refuses more than 10 requests of a sign-in in 5 seconds, in the format of Identity Engine', async () => {
    const { idx, first } = await begin();
    let last = first;
    for (let count = 0; count < 10; count += 1) last = await idx.step('cancel');
    expect(last).toMatchObject({ status: 429, body: { version: '1.0.0' } });
  });

  it('refuses requests over the org’s limit in the format of Identity Engine, with the usual headers', async () => {
    during(okta.setRemaining('/idp/idx/introspect', 0));
    const response = await client.request('/idp/idx/introspect', { method: 'POST', body: '{}' });
    expect(response.status).toBe(429);
    expect(response.headers.get('x-rate-limit-remaining')).toBe('0');
    expect(await response.json()).toMatchObject({ version: '1.0.0', messages: { type: 'array' } });
  });
});

describe('what an application gets', () => {
  const redirect_uri = web.redirectUri;

  it('refuses a code', async () => {
    during(okta.alterSignIn({ codesAccepted: false }));
    expect(await tokens()).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  it('refuses a code that was used', async () => {
    const browser = (await tokens()).browser;
    const answer = await browser.send(authorizePath('default', { prompt: 'none' }));
    const form = { grant_type: 'authorization_code', code: codeOf(answer.headers.get('location')), redirect_uri };
    expect((await post('default', 'token', form)).status).toBe(200);
    expect(await post('default', 'token', form)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  it('does not honor a session', async () => {
    const { browser } = await tokens();
    during(okta.alterSignIn({ sessionsHonored: false }));
    const answer = await browser.send(authorizePath('default', { prompt: 'none' }));
    expect(answer.headers.get('location')).toContain('error=login_required');
  });

  it('changes ID tokens and user info', async () => {
    during(okta.alterIdTokens('default', ({ email: _, ...claims }) => ({ ...claims, nonce: 'another' })));
    during(okta.alterUserInfo('default', (claims) => ({ ...claims, sub: '00uSomebodyElse' })));
    const { body } = await tokens();
    const claims = decodeJwt(String(body.id_token));
    expect(claims.nonce).toBe('another');
    expect(claims).not.toHaveProperty('email');
    expect(await (await userInfo('default', body.access_token)).json()).toMatchObject({ sub: '00uSomebodyElse' });
  });

  it('leaves claims on request to user info, and has no claim for attributes that a user lacks', async () => {
    const claimsOf = async (user = password) => {
      const { body } = await tokens('default', user);
      const about = (await (await userInfo('default', body.access_token)).json()) as object;
      return [Object.keys(decodeJwt(String(body.id_token))), Object.keys(about)];
    };
    const [idToken, about] = await claimsOf();
    expect(idToken).toContain('department');
    expect(idToken).not.toContain('costCenter');
    expect(about).toEqual(expect.arrayContaining(['department', 'costCenter', 'locale']));
    during(okta.alterSignIn({ idToken: 'fat' }));
    expect((await claimsOf())[0]).toEqual(expect.arrayContaining(['costCenter', 'locale', 'given_name']));
    const [, thin] = await claimsOf(okta.users.thin);
    expect(thin).not.toContain('department');
    expect(thin).not.toContain('locale');
  });

  it('refuses refresh tokens, or replaces them for an application with a secret', async () => {
    const { body } = await tokens();
    const form = { grant_type: 'refresh_token', refresh_token: String(body.refresh_token) };
    const end = okta.alterSignIn({ refreshTokensAccepted: false });
    expect(await post('default', 'token', form)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    end();
    during(okta.alterSignIn({ refreshTokenRotation: 'ROTATE' }));
    const rotated = await post('default', 'token', form);
    expect(rotated.body.refresh_token).not.toBe(body.refresh_token);
    expect(rotated.body).toHaveProperty('id_token');
  });

  it.each(['org', 'default'] as const)('revokes a token, or leaves it active (server %s)', async (server) => {
    const introspect = async (token: unknown) =>
      (await post(server, 'introspect', { token: String(token) })).body.active;
    const { body } = await tokens(server);
    const end = okta.alterSignIn({ revocationEffective: false });
    expect((await post(server, 'revoke', { token: String(body.access_token) })).status).toBe(200);
    expect(await introspect(body.access_token)).toBe(true);
    end();
    await post(server, 'revoke', { token: String(body.access_token) });
    expect(await introspect(body.access_token)).toBe(false);
    expect((await userInfo(server, body.access_token)).status).toBe(401);
    expect(await introspect(body.refresh_token)).toBe(true);
  });

  it('signs out with an ID token and back to the application, or only seems to', async () => {
    const { browser, body } = await tokens();
    const cookie = browser.cookies.get('idx') ?? '';
    const logout = (id_token_hint: string) => {
      const parameters = { id_token_hint, post_logout_redirect_uri: new URL(redirect_uri).origin, state: 'left' };
      browser.cookies.set('idx', cookie);
      return browser.send(`/oauth2/default/v1/logout?${new URLSearchParams(parameters)}`);
    };
    const silently = async () => {
      browser.cookies.set('idx', cookie);
      const answer = await browser.send(authorizePath('default', { prompt: 'none' }));
      return new URL(answer.headers.get('location') ?? '').searchParams.get('error');
    };
    expect((await logout('no token')).status).toBe(400);
    const end = okta.alterSignIn({ signOutEffective: false });
    expect((await logout(String(body.id_token))).headers.get('location')).toContain('state=left');
    expect(await silently()).toBeNull();
    end();
    await logout(String(body.id_token));
    expect(await silently()).toBe('login_required');
  });

  it('must push its authorization requests', async () => {
    during(okta.alterSignIn({ pushedRequestsRequired: true }));
    const refused = await client.request(authorizePath('default', { prompt: 'none' }));
    expect(refused.headers.get('location')).toContain('error=invalid_request');
    const { searchParams } = new URL(okta.origin + authorizePath('default'));
    const { body } = await post('default', 'par', Object.fromEntries(searchParams));
    const parameters = new URLSearchParams({ client_id: web.clientId, request_uri: String(body.request_uri) });
    const page = await client.request(`/oauth2/default/v1/authorize?${parameters}`);
    expect(stateTokenOf(await page.text())).toBeDefined();
  });
});

describe('the System Log of a sign-in', () => {
  it('has the steps of the user, with the result of each', async () => {
    const { idx } = await begin();
    await idx.identify(totp.login, 'wrong');
    await idx.identify(totp.login, totp.password);
    await idx.answer({ passcode: currentCode(totp.totpSecret ?? '') });
    const mine = async (type: string) =>
      (await events(type)).filter(({ actor }) => actor.alternateId === totp.login).map(({ outcome }) => outcome.result);
    expect(await mine('user.authentication.auth_via_mfa')).toEqual(expect.arrayContaining(['FAILURE', 'SUCCESS']));
    expect(await mine('policy.evaluate_sign_on')).toContain('CHALLENGE');
    expect((await mine('user.session.start')).at(-1)).toBe('SUCCESS');
  });
});

it('takes the steps of two sign-ins apart', async () => {
  const [one, other] = await Promise.all([begin(), begin()]);
  const steps = createIdxSteps(one.browser.send);
  await steps.introspect(stateTokenOf(other.text) ?? '');
  expect((await one.idx.identify(password.login, password.password)).body.success).toBeDefined();
});
