import { fetch, type Response } from 'undici';
import type { OktaEmulator, TestUser } from '../../src/index.ts';
import type { OktaClient } from './okta-client.ts';
import { createIdxSteps, type Send, stateTokenOf } from './sign-in-steps.ts';

/**
 * A browser whose user signs in to Okta: it keeps cookies, follows redirects and does what the sign-in page's script does.
 *
 * `hosts` are origins and where they are on this machine, so that an application can have the address that is registered.
 */
export function createBrowser(
  { origin, user }: OktaEmulator,
  { request }: OktaClient,
  hosts: Record<string, string> = {},
  account: TestUser = user,
) {
  const jars = new Map<string, Map<string, string>>();
  const jarOf = (site: string) => jars.get(site) ?? jars.set(site, new Map()).get(site) ?? new Map<string, string>();

  async function sendTo(url: URL, { json, method = json ? 'POST' : 'GET' }: Parameters<Send>[1] = {}) {
    const jar = jarOf(url.origin);
    const init = {
      method,
      ...(json && { body: JSON.stringify(json) }),
      headers: {
        accept: json ? 'application/json' : 'text/html',
        ...(json && { 'content-type': 'application/json' }),
        ...(jar.size > 0 && { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') }),
      },
    };
    const at = hosts[url.origin];
    const response = await (at === undefined
      ? request(url.href, init)
      : fetch(at + url.pathname + url.search, { ...init, redirect: 'manual' }));
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (/max-age=0\b/i.test(cookie)) jar.delete(name);
      else jar.set(name, value);
    }
    return response;
  }
  const send: Send = (path, init) => sendTo(new URL(path, origin), init);

  return {
    /** One request to Okta, whose answer is not followed. */
    send,
    /** The cookies for Okta, by name. */
    cookies: jarOf(origin),
    /** Requests a URL until the answer is neither the sign-in page nor a redirect to a known host. */
    async visit(start: string): Promise<{ readonly response: Response; readonly url: URL; readonly body: string }> {
      let url = new URL(start);
      for (let step = 0; step < 12; step += 1) {
        const response: Response = await sendTo(url);
        const body = await response.text();
        const location = response.headers.get('location');
        const next = location === null ? undefined : new URL(location, url);
        if (next && (next.origin === origin || hosts[next.origin] !== undefined)) url = next;
        else if (stateTokenOf(body) !== undefined) url = new URL(await createIdxSteps(send).signIn(body, account));
        else return { response, url, body };
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
