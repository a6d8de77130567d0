import { randomUUID } from 'node:crypto';
import type { OktaEmulator, ServerId, TestUser } from '../../src/index.ts';
import { createBrowser } from './browser.ts';
import type { OktaClient } from './okta-client.ts';
import { createIdxSteps, stateTokenOf } from './sign-in-steps.ts';

/** The sign-ins of the emulator's web application, one request at a time. */
export function createWebSignIn(okta: OktaEmulator, client: OktaClient) {
  const { web } = okta.clients;
  const base = (server: ServerId) => `${new URL(okta.issuers[server]).pathname.replace(/^\/$/, '/oauth2')}/v1`;
  const auth = client.basic(web.clientId, web.clientSecret);
  const redirect = { redirect_uri: web.redirectUri };

  const authorizePath = (server: ServerId, changes: Record<string, string> = {}) => {
    const parameters = new URLSearchParams({
      ...{ client_id: web.clientId, ...redirect, response_type: 'code', state: randomUUID(), nonce: randomUUID() },
      ...{ scope: 'openid profile email offline_access', ...changes },
    });
    return `${base(server)}/authorize?${parameters}`;
  };
  const post = (server: ServerId, endpoint: string, form: Record<string, string>) =>
    client.post(`${base(server)}/${endpoint}`, form, auth);

  return {
    authorizePath,
    post,
    /** A browser at the sign-in page, and the first step of its sign-in. */
    async begin(server: ServerId = 'default', changes: Record<string, string> = {}) {
      const browser = createBrowser(okta, client);
      const page = await browser.send(authorizePath(server, changes));
      const text = await page.text();
      const idx = createIdxSteps(browser.send);
      return { browser, page, text, idx, first: await idx.introspect(stateTokenOf(text) ?? '') };
    },
    /** A browser whose user has signed in, and the tokens of the application. */
    async tokens(server: ServerId = 'default', user: TestUser = okta.user, changes: Record<string, string> = {}) {
      const browser = createBrowser(okta, client, {}, user);
      const { response } = await browser.visit(okta.origin + authorizePath(server, changes));
      const code = codeOf(response.headers.get('location'));
      return { browser, ...(await post(server, 'token', { grant_type: 'authorization_code', code, ...redirect })) };
    },
    userInfo: (server: ServerId, token: unknown) =>
      client.request(`${base(server)}/userinfo`, { headers: { authorization: `Bearer ${token}` } }),
  };
}

/** The code in a redirect back to the application. */
export function codeOf(location: string | null): string {
  return new URL(location ?? 'none:').searchParams.get('code') ?? '';
}
