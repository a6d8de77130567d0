import type { OktaEmulator } from '../../src/index.ts';
import type { OktaClient } from './okta-client.ts';

export interface AdminResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  // biome-ignore lint/suspicious/noExplicitAny: the JSON of an API, which each test knows.
  readonly body: any;
}

/** Asks the management API of an Okta emulator as a super administrator, or with another API token. */
export function createOktaAdmin(okta: OktaEmulator, client: OktaClient, token = okta.adminToken) {
  return async (method: string, path: string, body?: object): Promise<AdminResponse> => {
    const response = await client.request(path, {
      method,
      headers: { authorization: `SSWS ${token}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
  };
}

export type OktaAdmin = ReturnType<typeof createOktaAdmin>;

/** The body that makes an API service application with a public key. */
export const serviceApplication = (publicJwk: object, more: object = {}) => ({
  ...{ name: 'oidc_client', label: 'Monitor', signOnMode: 'OPENID_CONNECT' },
  credentials: { oauthClient: { token_endpoint_auth_method: 'private_key_jwt' } },
  settings: {
    oauthClient: {
      ...{ application_type: 'service', grant_types: ['client_credentials'], response_types: ['token'] },
      ...{ jwks: { keys: [publicJwk] }, dpop_bound_access_tokens: false, ...more },
    },
    notes: { admin: 'made by a test' },
  },
  profile: { managedBy: 'test' },
});

/** The body that makes a native application whose users sign in elsewhere, on another device. */
export const deviceApplication = (more: object = {}) => ({
  ...{ name: 'oidc_client', label: 'Setup', signOnMode: 'OPENID_CONNECT' },
  credentials: { oauthClient: { token_endpoint_auth_method: 'none' } },
  settings: {
    oauthClient: {
      ...{ application_type: 'native', grant_types: ['urn:ietf:params:oauth:grant-type:device_code'], ...more },
      ...{ response_types: [], redirect_uris: [] },
    },
  },
});
