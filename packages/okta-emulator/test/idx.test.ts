import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { createBrowser } from './support/browser.ts';
import { openDuring } from './support/during.ts';
import { openOkta } from './support/open-okta.ts';
import { createIdxSteps, currentCode, stateTokenOf } from './support/sign-in-steps.ts';
import { codeOf, createWebSignIn } from './support/web-sign-in.ts';

const { okta, client } = await openOkta();
const { web } = okta.clients;
const grant = { grant_type: 'authorization_code', redirect_uri: web.redirectUri };
const { password, totp, thin } = okta.users;

const during = openDuring();

const { authorizePath, begin, post } = createWebSignIn(okta, client);

describe('the sign-in page of Identity Engine', () => {
  it('is at the authorize URL itself, with the cookies of the browser', async () => {
    const { page, browser } = await begin();
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toContain('text/html');
    expect([...browser.cookies.keys()]).toEqual(expect.arrayContaining(['JSESSIONID', 'DT']));
  });

  it('has the state token as a JavaScript string, which is refused unless its escapes are resolved', async () => {
    const { text, idx } = await begin();
    const [, literal = ''] = /"stateToken":"([^"]*)"/.exec(text) ?? [];
    expect(literal).toContain('\\x2D');
    expect(await idx.introspect(literal)).toMatchObject({ status: 401, keys: ['idx.session.expired'] });
    expect((await idx.introspect(stateTokenOf(text) ?? '')).status).toBe(200);
  });

  it('has no state token if the page is not Okta’s own', async () => {
    during(okta.alterSignIn({ stateTokenInPage: false }));
    expect((await begin()).text).not.toContain('stateToken":');
  });
});

describe('a sign-in at Identity Engine', () => {
  it.each(['org', 'default'] as const)(
    'with a password ends at the application with a code (server %s)',
    async (server) => {
      const { browser, idx, first } = await begin(server);
      expect(first.names).toContain('identify');
      const { body } = await idx.identify(password.login, password.password);
      expect(body.success?.href).toMatch(
        new RegExp(`^${okta.origin}/login/token/redirect\\?stateToken=02\\.id\\.[^~]+$`),
      );
      const redirect = await browser.send(body.success?.href ?? '');
      expect(redirect.status).toBe(302);
      const callback = new URL(redirect.headers.get('location') ?? '');
      expect(callback.href.startsWith(web.redirectUri)).toBe(true);
      expect([...callback.searchParams.keys()].toSorted()).toEqual(['code', 'state']);
      expect(browser.cookies.has('idx')).toBe(true);
      const { body: granted } = await post(server, 'token', { ...grant, code: codeOf(callback.href) });
      expect(decodeJwt(String(granted.id_token))).toMatchObject({ sub: password.id, amr: ['pwd'], ver: 1 });
    },
  );

  it('is refused at the redirect without the device’s cookie', async () => {
    const { browser, idx } = await begin();
    const { body } = await idx.identify(password.login, password.password);
    browser.cookies.delete('DT');
    expect((await browser.send(body.success?.href ?? '')).status).toBe(403);
  });

  it('changes the state handle with every answer, and refuses an old one', async () => {
    const { idx, first } = await begin();
    const second = await idx.identify(password.login, 'wrong');
    expect(second.body.stateHandle).not.toBe(first.body.stateHandle);
    const again = await idx.step('identify', { stateHandle: first.body.stateHandle, identifier: password.login });
    expect(again).toMatchObject({ status: 401, keys: ['idx.session.expired'] });
  });

  it('asks for the password on a page of its own if it is so configured', async () => {
    during(okta.alterSignIn({ passwordOnFirstPage: false }));
    const { idx } = await begin();
    expect((await idx.identify(password.login)).names).toEqual(['challenge-authenticator']);
    expect(await idx.answer({ passcode: 'wrong' })).toMatchObject({ status: 401, keys: ['incorrectPassword'] });
    expect((await idx.answer({ passcode: password.password })).body.success).toBeDefined();
  });

  it('of a user with two factors needs a code, which works once', async () => {
    const { browser, idx } = await begin();
    const asked = await idx.identify(totp.login, totp.password);
    expect(asked.names).toEqual(['challenge-authenticator']);
    expect(asked.body.currentAuthenticator).toMatchObject({ value: { key: 'google_otp' } });
    expect(await idx.answer({ passcode: '000000' })).toMatchObject({
      status: 401,
      keys: ['authfactor.challenge.soft_token.invalid_passcode'],
    });
    const passcode = currentCode(totp.totpSecret ?? '');
    const { body } = await idx.answer({ passcode });
    const redirect = await browser.send(body.success?.href ?? '');
    const { body: granted } = await post('default', 'token', {
      ...grant,
      code: codeOf(redirect.headers.get('location')),
    });
    expect(decodeJwt(String(granted.id_token)).amr).toEqual(['mfa', 'otp', 'pwd']);

    const { idx: other } = await begin();
    await other.identify(totp.login, totp.password);
    expect(await other.answer({ passcode })).toMatchObject({ keys: ['authfactor.challenge.soft_token.used_passcode'] });
  });

  it('lets a user with Okta Verify choose the method, and takes the code in another input', async () => {
    const secret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
    const factor = { id: 'uft9okta8verify7fac6', provider: 'OKTA', secret, status: 'ACTIVE' } as const;
    during(okta.alterUser(thin.login, { factors: [factor], factorMode: '2FA' }));
    const { idx } = await begin();
    const chosen = await idx.identify(thin.login, thin.password);
    expect(chosen.names).toEqual(['select-authenticator-authenticate']);
    const [, id = ''] = /"name":"id","required":true,"value":"(aut\w+)"/.exec(JSON.stringify(chosen.body)) ?? [];
    const asked = await idx.step('challenge', { authenticator: { id, methodType: 'totp' } });
    expect(JSON.stringify(asked.body.remediation)).toContain('"name":"totp"');
    expect((await idx.answer({ totp: currentCode(secret) })).body.success).toBeDefined();
  });

  it('starts again after cancel', async () => {
    const { idx } = await begin();
    await idx.identify(totp.login, totp.password);
    expect((await idx.step('cancel')).names).toContain('identify');
  });
});

describe('a session', () => {
  it('is good for all servers, without a prompt', async () => {
    const browser = createBrowser(okta, client);
    await browser.visit(okta.origin + authorizePath('org'));
    for (const server of okta.servers) {
      const answer = await browser.send(authorizePath(server, { prompt: 'none' }));
      expect(answer.headers.get('location')).toContain('code=');
    }
  });

  it('gives way to that of another user who signs in at the same browser', async () => {
    const browser = createBrowser(okta, client);
    await browser.visit(okta.origin + authorizePath('org'));
    const page = await browser.send(authorizePath('default', { prompt: 'login' }));
    const href = await createIdxSteps(browser.send).signIn(await page.text(), thin);
    const code = codeOf((await browser.send(href)).headers.get('location'));
    const { body } = await post('default', 'token', { ...grant, code });
    expect(decodeJwt(String(body.id_token)).sub).toBe(thin.id);
  });

  it('ends by DELETE /api/v1/sessions/me, once', async () => {
    const browser = createBrowser(okta, client);
    await browser.visit(okta.origin + authorizePath('org'));
    const idxCookie = browser.cookies.get('idx') ?? '';
    expect((await browser.send('/api/v1/sessions/me', { method: 'DELETE' })).status).toBe(204);
    browser.cookies.set('idx', idxCookie);
    const again = await browser.send('/api/v1/sessions/me', { method: 'DELETE' });
    expect(again.status).toBe(404);
    expect(await again.json()).toMatchObject({ errorCode: 'E0000007' });
    const answer = await browser.send(authorizePath('org', { prompt: 'none' }));
    expect(answer.headers.get('location')).toContain('error=login_required');
  });
});
