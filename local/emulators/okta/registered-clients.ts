import { randomBytes } from 'node:crypto';
import type { ClientMetadata, JWKS } from 'oidc-provider';
import { oktaId } from './org.ts';
import { generateSigningKey, type SigningKey } from './signing-keys.ts';

/** The custom scopes of the custom servers. */
export const customScopes = ['monitor.read', 'monitor.write'] as const;

/** The `okta.*` scopes granted to the service application. */
export const orgScopes = [
  'okta.users.read',
  'okta.apps.read',
  'okta.logs.read',
  'okta.authorizationServers.read',
] as const;

export interface RegisteredClients {
  /** An API service application with a key, the only kind of client that the Org server issues a token to. */
  readonly service: {
    readonly clientId: string;
    readonly privateJwk: SigningKey['privateJwk'];
    readonly orgScopes: readonly string[];
    readonly customScopes: readonly string[];
  };
  /** A client with a secret, sent in the header or in the body. Works only at custom servers. */
  readonly secret: { readonly clientId: string; readonly clientSecret: string; readonly scopes: readonly string[] };
  /** A web application that users sign in to. */
  readonly web: { readonly clientId: string; readonly clientSecret: string; readonly redirectUri: string };
}

/** Creates the three clients and their metadata for the provider. As at Okta, every server knows all of them. */
export async function registerClients(): Promise<{ clients: RegisteredClients; metadata: ClientMetadata[] }> {
  const key = await generateSigningKey();
  const clients: RegisteredClients = {
    service: { clientId: oktaId('0oa'), privateJwk: key.privateJwk, orgScopes, customScopes },
    secret: { clientId: oktaId('0oa'), clientSecret: generateSecret(), scopes: customScopes },
    web: {
      clientId: oktaId('0oa'),
      clientSecret: generateSecret(),
      redirectUri: 'http://localhost:8080/authorization-code/callback',
    },
  };
  const machine = { grant_types: ['client_credentials'], redirect_uris: [], response_types: [] };
  const { service, secret, web } = clients;
  return {
    clients,
    metadata: [
      {
        ...machine,
        client_id: service.clientId,
        client_name: 'Okta monitor',
        token_endpoint_auth_method: 'private_key_jwt',
        jwks: { keys: [key.publicJwk] } as JWKS,
      },
      {
        ...machine,
        client_id: secret.clientId,
        client_name: 'Okta monitor (secret)',
        client_secret: secret.clientSecret,
        token_endpoint_auth_method: 'client_secret_basic',
      },
      {
        client_id: web.clientId,
        client_name: 'Web application',
        client_secret: web.clientSecret,
        token_endpoint_auth_method: 'client_secret_basic',
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        redirect_uris: [web.redirectUri],
      },
    ],
  };
}

/** A secret in Okta's format: 64 letters, digits, hyphens and underscores. */
function generateSecret(): string {
  return randomBytes(48).toString('base64url');
}
