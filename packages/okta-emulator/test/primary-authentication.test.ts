import { decodeJwt } from 'jose';
import { afterAll, describe, expect, it } from 'vitest';
import type { User } from '../src/index.ts';
import { createBrowser } from './support/browser.ts';
import { openDuring } from './support/during.ts';
import { openOkta } from './support/open-okta.ts';
import { currentCode, stateTokenOf } from './support/sign-in-steps.ts';
import { codeOf, createWebSignIn } from './support/web-sign-in.ts';

const { okta, client } = await openOkta();
const { authorizePath, post } = createWebSignIn(okta, client);
const { password, totp } = okta.users;
const { web } = okta.clients;

afterAll(okta.alterSignIn({ engine: 'classic', userLimits: false }));

const during = openDuring();

interface Answer {
  readonly status: string;
  readonly errorCode?: string;
  readonly stateToken?: string;
  readonly sessionToken?: string;
  readonly _embedded: { readonly factors?: readonly { readonly id: string; readonly provider: string }[] };
  readonly _links: Readonly<Record<string, { readonly href: string }>>;
}

async function authn(body: object, path = '') {
  const headers = { 'content-type': 'application/json' };
  const init = { method: 'POST', headers, body: JSON.stringify(body) };
  const response = await client.request(path.startsWith('https') ? path : `/api/v1/authn${path}`, init);
  return { http: response.status, ...((await response.json()) as Answer) };
}

const signIn = ({ login, password: secret }: typeof password, options = {}) =>
  authn({ username: login, password: secret, options });

describe('primary authentication at the Classic engine', () => {
  it('is announced as the pipeline v1, and there is no Identity Engine', async () => {
    const organization = await client.request('/.well-known/okta-organization');
    expect(await organization.json()).toMatchObject({ pipeline: 'v1' });
    expect((await client.request('/idp/idx/introspect', { method: 'POST', body: '{}' })).status).toBe(404);
  });

  it.each(['org', 'default'] as const)(
    'gets a session token, and by it a code without a prompt (server %s)',
    async (server) => {
      const { http, status, sessionToken = '' } = await signIn(password);
      expect([http, status]).toEqual([200, 'SUCCESS']);
      const browser = createBrowser(okta, client);
      const answer = await browser.send(authorizePath(server, { prompt: 'none', sessionToken }));
      expect(answer.status).toBe(302);
      const code = codeOf(answer.headers.get('location'));
      const { body } = await post(server, 'token', {
        ...{ grant_type: 'authorization_code', code, redirect_uri: web.redirectUri },
      });
      expect(decodeJwt(String(body.id_token))).toMatchObject({ sub: password.id, amr: ['pwd'] });

      expect(browser.cookies.has('sid')).toBe(true);
      const again = await browser.send(authorizePath(server, { prompt: 'none' }));
      expect(again.headers.get('location')).toContain('code=');
      expect((await browser.send('/api/v1/sessions/me', { method: 'DELETE' })).status).toBe(204);
      expect((await browser.send('/api/v1/sessions/me', { method: 'DELETE' })).status).toBe(404);
    },
  );

  it('takes a session token once', async () => {
    const { sessionToken = '' } = await signIn(password);
    await client.request(authorizePath('org', { prompt: 'none', sessionToken }));
    const again = await client.request(authorizePath('org', { prompt: 'none', sessionToken }));
    expect(again.headers.get('location')).toContain('error=login_required');
  });

  it('asks a user with two factors for a code, which works once', async () => {
    const asked = await signIn(totp as typeof password);
    expect(asked).toMatchObject({ http: 200, status: 'MFA_REQUIRED' });
    const [factor] = asked._embedded.factors ?? [];
    expect(factor?.provider).toBe('GOOGLE');
    const verify = (passCode: string, { stateToken } = asked) =>
      authn({ stateToken, passCode }, `/factors/${factor?.id}/verify?rememberDevice=false`);
    expect(await verify('000000')).toMatchObject({ http: 403, errorCode: 'E0000068' });
    const late = currentCode(totp.totpSecret ?? '', Date.now() - 120_000);
    expect(await verify(late)).toMatchObject({ http: 403, errorCode: 'E0000083' });
    const code = currentCode(totp.totpSecret ?? '');
    const { sessionToken = '' } = await verify(code);
    const answer = await client.request(authorizePath('org', { prompt: 'none', sessionToken }));
    const { body } = await post('org', 'token', {
      grant_type: 'authorization_code',
      code: codeOf(answer.headers.get('location')),
      redirect_uri: web.redirectUri,
    });
    expect(decodeJwt(String(body.id_token)).amr).toEqual(['mfa', 'otp', 'pwd']);
    expect(await verify(code, await signIn(totp as typeof password))).toMatchObject({ errorCode: 'E0000082' });
  });

  it.each<[string, Partial<User>, object, object]>([
    ['LOCKED_OUT', { status: 'LOCKED_OUT' }, {}, { http: 401, errorCode: 'E0000004' }],
    ['SUSPENDED', { status: 'SUSPENDED' }, {}, { http: 401, errorCode: 'E0000004' }],
    ['PASSWORD_EXPIRED', { status: 'PASSWORD_EXPIRED' }, {}, { http: 200, status: 'PASSWORD_EXPIRED' }],
    ['MFA_ENROLL', { factorMode: '2FA', factors: [] }, {}, { http: 200, status: 'MFA_ENROLL' }],
    ['DENY', { access: 'DENY' }, {}, { http: 403, errorCode: 'E0000085' }],
    ['a password that expires', { passwordExpiresInDays: 2 }, {}, { http: 200, status: 'SUCCESS' }],
    [
      'a password that expires, with the option to be warned',
      { passwordExpiresInDays: 2 },
      { warnBeforePasswordExpired: true },
      { http: 200, status: 'PASSWORD_WARN' },
    ],
  ])('answers for %s', async (_, changes, options, expected) => {
    during(okta.alterUser(password.login, changes));
    expect(await signIn(password, options)).toMatchObject(expected);
  });

  it('goes on after a warning by its link', async () => {
    during(okta.alterUser(password.login, { passwordExpiresInDays: 2 }));
    const { stateToken, _links } = await signIn(password, { warnBeforePasswordExpired: true });
    expect(await authn({ stateToken }, _links.skip?.href)).toMatchObject({ status: 'SUCCESS' });
  });

  it('tells a user who is locked out if it is so configured', async () => {
    during(okta.alterUser(password.login, { status: 'LOCKED_OUT' }));
    during(okta.alterSignIn({ lockoutShown: true }));
    expect(await signIn(password)).toMatchObject({ http: 200, status: 'LOCKED_OUT' });
  });

  it('ends with cancel, after which the state token is dead', async () => {
    const { stateToken, _links } = await signIn(totp as typeof password);
    expect((await authn({ stateToken }, _links.cancel?.href)).http).toBe(200);
    expect(await authn({ stateToken })).toMatchObject({ http: 401, errorCode: 'E0000011' });
  });

  it('refuses more than four requests for a user in a second', async () => {
    during(okta.alterSignIn({ userLimits: true }));
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => authn({ username: 'ada@example.com', password: 'x' })),
    );
    expect(answers.map(({ errorCode }) => errorCode)).toContain('E0000047');
  });
});

describe('a browser at the Classic engine', () => {
  it('is sent to the sign-in page, whose session leads back to the application', async () => {
    const browser = createBrowser(okta, client);
    const hop = new URL((await browser.send(authorizePath('default'))).headers.get('location') ?? '');
    expect(hop.pathname).toBe('/login/login.htm');
    const fromUri = hop.searchParams.get('fromURI') ?? '';
    expect(await (await browser.send(hop.href)).text()).toContain('/api/v1/authn');
    const { sessionToken: token = '' } = await signIn(password);
    const parameters = new URLSearchParams({ token, redirectUrl: okta.origin + fromUri });
    const made = await browser.send(`/login/sessionCookieRedirect?${parameters}`);
    const back = await browser.send(made.headers.get('location') ?? '');
    expect(back.headers.get('location')).toContain(`${web.redirectUri}?code=`);
  });
});

describe('a session token at Identity Engine', () => {
  it('is enough for an application that asks for a password, and leads to the page if it asks for more', async () => {
    during(okta.alterSignIn({ engine: 'idx' }));
    const codeFor = async (user: typeof password) => {
      const { sessionToken = '' } = await signIn(user);
      return client.request(authorizePath('org', { prompt: 'none', sessionToken }));
    };
    expect((await codeFor(password)).headers.get('location')).toContain('code=');
    const page = await codeFor(totp as typeof password);
    expect(page.status).toBe(200);
    expect(stateTokenOf(await page.text())).toBeDefined();
  });
});
