import { fetch, type Response } from 'undici';
import type { OktaEmulator } from '../../local/emulators/okta/okta-emulator.ts';
import type { OktaClient } from './okta-client.ts';

/**
 * A browser whose user signs in to Okta: it keeps cookies, follows redirects and fills in the form.
 *
 * `hosts` are origins and where they are on this machine, so that an application can have the address that is registered.
 */
export function createBrowser(
  { origin, user }: OktaEmulator,
  { request }: OktaClient,
  hosts: Record<string, string> = {},
) {
  const jars = new Map<string, Map<string, string>>();
  const jarOf = (site: string) => jars.get(site) ?? jars.set(site, new Map()).get(site) ?? new Map<string, string>();

  async function send(url: URL, form: URLSearchParams | undefined): Promise<Response> {
    const jar = jarOf(url.origin);
    const init = {
      method: form ? 'POST' : 'GET',
      ...(form && { body: form }),
      headers: { accept: 'text/html', cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
    };
    const at = hosts[url.origin];
    const response = await (at === undefined
      ? request(url.href, init)
      : fetch(at + url.pathname + url.search, { ...init, redirect: 'manual' }));
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      jar.set(name, value);
    }
    return response;
  }

  return {
    /** Requests a URL until the answer is neither the sign-in page nor a redirect to a known host. */
    async visit(start: string): Promise<{ readonly response: Response; readonly url: URL; readonly body: string }> {
      let url = new URL(start);
      let form: URLSearchParams | undefined;
      for (let step = 0; step < 12; step += 1) {
        const response = await send(url, form);
        const body = await response.text();
        const location = response.headers.get('location');
        const next = location === null ? undefined : new URL(location, url);
        form = undefined;
        if (next && (next.origin === origin || hosts[next.origin] !== undefined)) url = next;
        else if (body.includes('id="okta-sign-in" method="post"')) {
          form = new URLSearchParams({ username: user.login, password: user.password });
        } else return { response, url, body };
      }
      throw new Error(`The browser was redirected too often, the last time to ${url.origin}${url.pathname}.`);
    },
  };
}

/** Signs in with an authorization request, and returns the redirect back to the application. */
export async function signIn(okta: OktaEmulator, client: OktaClient, url: URL | string): Promise<URL> {
  const { response } = await createBrowser(okta, client).visit(String(url));
  const location = response.headers.get('location');
  if (location === null) throw new Error(`The sign-in ended with status ${response.status}.`);
  return new URL(location);
}
