import { Window } from 'happy-dom';
import { describe, expect, it } from 'vitest';
import type { SignInSettings, TestUser } from '../src/index.ts';
import { createBrowser } from './support/browser.ts';
import { openOkta } from './support/open-okta.ts';
import { currentCode } from './support/sign-in-steps.ts';
import { createWebSignIn } from './support/web-sign-in.ts';

const { okta, client } = await openOkta();
const { authorizePath } = createWebSignIn(okta, client);
const { password, totp } = okta.users;

/** A person in front of the page, whose script runs in a document. */
async function openPage() {
  const browser = createBrowser(okta, client);
  let page = await browser.send(authorizePath('default'));
  for (let hop = page.headers.get('location'); hop !== null; hop = page.headers.get('location')) {
    page = await browser.send(hop);
  }
  const html = await page.text();
  const { document } = new Window({ url: okta.origin });
  const [, script = ''] = /<script(?![^>]*src=)[^>]*>([\s\S]*?)<\/script>/.exec(html) ?? [];
  document.write(html.replace(/<script[\s\S]*?<\/script>/g, ''));

  const left = Promise.withResolvers<string>();
  let answered = Promise.resolve();
  const fetch = (path: string, init: { body: string }) => {
    const answer = browser.send(path, { json: JSON.parse(init.body) });
    // The script shows the answer in the turns after it.
    answered = answer.then(() => new Promise((resolve) => setImmediate(() => setImmediate(resolve))));
    return answer;
  };
  const location = {
    set href(url: string) {
      left.resolve(url);
    },
  };
  new Function('document', 'fetch', 'location', script)(document, fetch, location);
  await answered;

  return {
    text: () => document.body.textContent,
    async fill(values: Readonly<Record<string, string>>, button: string) {
      const form = [...document.querySelectorAll('form')].find((one) => one.textContent.includes(button));
      if (!form) throw new Error(`There is no form with the button ${button} in: ${document.body.textContent}`);
      for (const [name, value] of Object.entries(values)) {
        const input = form.querySelector(`input[name=${name}]`);
        if (!input) throw new Error(`The form has no input ${name}.`);
        (input as unknown as { value: string }).value = value;
      }
      form.dispatchEvent(new (document.defaultView ?? new Window()).Event('submit', { cancelable: true }));
      await answered;
    },
    /** Where the application is left with a code, once the page has been left. */
    async arrive(): Promise<string | null> {
      let answer = await browser.send(await left.promise);
      while (answer.headers.get('location')?.startsWith(okta.origin)) {
        answer = await browser.send(answer.headers.get('location') ?? '');
      }
      return answer.headers.get('location');
    },
  };
}

describe('the page of Identity Engine', () => {
  it('shows a person the error, and signs in with the right password', async () => {
    const page = await openPage();
    await page.fill({ identifier: password.login, passcode: 'wrong' }, 'identify');
    expect(page.text()).toContain('Authentication failed');
    await page.fill({ identifier: password.login, passcode: password.password }, 'identify');
    expect(await page.arrive()).toContain('code=');
  });

  it.each<[string, Partial<SignInSettings>]>([
    ['the password on a page of its own', { passwordOnFirstPage: false }],
    ['the search for Okta FastPass and a question at the end', { deviceChallenge: true, keepMeSignedInPrompt: true }],
  ])('leads a person through %s', async (_, settings) => {
    const end = okta.alterSignIn(settings);
    const page = await openPage();
    if (settings.deviceChallenge) await page.fill({}, 'cancel-polling');
    const { login: identifier, password: passcode } = password;
    if (settings.passwordOnFirstPage === false) {
      await page.fill({ identifier }, 'identify');
      await page.fill({ passcode }, 'challenge-authenticator');
    } else await page.fill({ identifier, passcode }, 'identify');
    if (settings.keepMeSignedInPrompt) await page.fill({}, 'keep-me-signed-in');
    expect(await page.arrive()).toContain('code=');
    end();
  });

  it('lets a person choose a factor', async () => {
    const secret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
    const factors = [{ id: 'uft9okta8verify7fac6', provider: 'OKTA', secret, status: 'ACTIVE' }] as const;
    const end = okta.alterUser(password.login, { factorMode: '2FA', factors });
    const page = await openPage();
    await page.fill({ identifier: password.login, passcode: password.password }, 'identify');
    await page.fill({}, 'select-authenticator-authenticate');
    await page.fill({ totp: currentCode(secret) }, 'challenge-authenticator');
    expect(await page.arrive()).toContain('code=');
    end();
  });
});

describe('the page of the Classic engine', () => {
  it('asks a person for the password and a code', async () => {
    const end = okta.alterSignIn({ engine: 'classic' });
    const page = await openPage();
    const { login: username, password: secret, totpSecret = '' }: TestUser = totp;
    await page.fill({ username, password: 'wrong' }, 'Sign in');
    expect(page.text()).toContain('Authentication failed');
    await page.fill({ username, password: secret }, 'Sign in');
    await page.fill({ passCode: currentCode(totpSecret) }, 'Sign in');
    expect(await page.arrive()).toContain('code=');
    end();
  });
});
