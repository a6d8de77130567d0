import { randomUUID } from 'node:crypto';
import { importJWK, type JWK, type JWTPayload, SignJWT } from 'jose';
import { Agent, fetch, type RequestInit, type Response } from 'undici';
import type { OktaEmulator } from '../../src/index.ts';

export interface FormResponse {
  readonly status: number;
  readonly headers: Response['headers'];
  readonly body: Record<string, unknown>;
}

/** A client that authenticates with its private key. */
export interface ClientOfKey {
  readonly clientId: string;
  readonly privateJwk: JWK & { readonly kid: string };
}

/** An HTTP client for an Okta emulator. It trusts its certificate authority and does not follow redirects. */
export function createOktaClient(okta: OktaEmulator) {
  const dispatcher = new Agent({ connect: { ca: okta.ca } });

  const request = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(path.startsWith('https:') ? path : okta.origin + path, { dispatcher, redirect: 'manual', ...init });

  async function post(path: string, form: Record<string, string>, headers: Record<string, string> = {}) {
    const response = await request(path, { method: 'POST', body: new URLSearchParams(form), headers });
    const text = await response.text();
    const body = (text ? JSON.parse(text) : {}) as Record<string, unknown>;
    return { status: response.status, headers: response.headers, body } satisfies FormResponse;
  }

  /** A client assertion of an application, by default the service application. `undefined` removes a claim. */
  async function assertion(
    endpoint: string,
    claims: Partial<JWTPayload> = {},
    { clientId, privateJwk }: ClientOfKey = okta.clients.service,
  ): Promise<Record<string, string>> {
    const now = Math.floor(Date.now() / 1000);
    const all = { iss: clientId, sub: clientId, aud: endpoint, iat: now, exp: now + 300, jti: randomUUID(), ...claims };
    const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
    const jwt = await new SignJWT(given)
      .setProtectedHeader({ alg: 'RS256', kid: privateJwk.kid })
      .sign(await importJWK(privateJwk, 'RS256'));
    return {
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: jwt,
    };
  }

  const basic = (clientId: string, secret: string) => ({
    authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`,
  });

  return {
    dispatcher,
    request,
    post,
    assertion,
    basic,
    secretAuth: basic(okta.clients.secret.clientId, okta.clients.secret.clientSecret),
    /** Asks the token endpoint at a path for `client_credentials`, as a client with a key. */
    async keyToken(path: string, scope: string, as: ClientOfKey): Promise<FormResponse> {
      const form = { grant_type: 'client_credentials', scope, ...(await assertion(okta.origin + path, {}, as)) };
      return post(path, form);
    },
    async orgToken(scope = 'okta.users.read'): Promise<string> {
      const path = '/oauth2/v1/token';
      const { body } = await post(path, {
        grant_type: 'client_credentials',
        scope,
        ...(await assertion(okta.origin + path)),
      });
      return String(body.access_token);
    },
    async customToken(server = 'default', scope = 'monitor.read'): Promise<string> {
      const { body } = await post(
        `/oauth2/${server}/v1/token`,
        { grant_type: 'client_credentials', scope },
        basic(okta.clients.secret.clientId, okta.clients.secret.clientSecret),
      );
      return String(body.access_token);
    },
    close: () => dispatcher.close(),
  };
}

export type OktaClient = ReturnType<typeof createOktaClient>;
