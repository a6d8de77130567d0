import type { Response } from 'undici';
import type { OktaEmulator } from '../../local/emulators/okta/okta-emulator.ts';
import type { OktaClient } from './okta-client.ts';

/** A browser that signs in to Okta: it keeps cookies, follows redirects and fills in the form. */
export function createBrowser({ user }: OktaEmulator, { request }: OktaClient) {
  const cookies = new Map<string, string>();
  return {
    /** Requests a URL until the answer is neither a redirect on the same site nor the sign-in page. */
    async visit(start: string): Promise<{ readonly response: Response; readonly body: string }> {
      let url = new URL(start);
      let form: URLSearchParams | undefined;
      for (let step = 0; step < 8; step += 1) {
        const response = await request(url.href, {
          method: form ? 'POST' : 'GET',
          ...(form && { body: form }),
          headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
        });
        for (const cookie of response.headers.getSetCookie()) {
          const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
          cookies.set(name, value);
        }
        const body = await response.text();
        const location = response.headers.get('location');
        const next = location === null ? undefined : new URL(location, url);
        form = undefined;
        if (next?.origin === url.origin) url = next;
        else if (body.includes('id="okta-sign-in" method="post"')) {
          form = new URLSearchParams({ username: user.login, password: user.password });
        } else return { response, body };
      }
      throw new Error('The sign-in did not end.');
    },
  };
}

/** Signs in with the redirect of an authorization request, and returns the redirect back to the application. */
export async function signIn(okta: OktaEmulator, client: OktaClient, url: URL | string): Promise<URL> {
  const { response } = await createBrowser(okta, client).visit(String(url));
  const location = response.headers.get('location');
  if (location === null) throw new Error(`The sign-in ended with status ${response.status}.`);
  return new URL(location);
}
