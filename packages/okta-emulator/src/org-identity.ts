import { randomBytes } from 'node:crypto';
import type { ClientMetadata, JWKS } from 'oidc-provider';
import { type AuthorityPem, createAuthority } from './certificates.ts';
import { oktaId, type ServerId, serverIds } from './org.ts';
import { createSamlKey, type SamlKey } from './saml-applications.ts';
import { createPrivateJwk, createServerKeys, type PrivateJwk, type ServerJwks } from './signing-keys.ts';

/** The identity of an emulated org. It is plain data: stored as JSON, it makes the same org again. */
export interface OrgIdentity {
  readonly orgId: string;
  /** Of a read-only administrator. */
  readonly apiToken: string;
  /** Of a super administrator. */
  readonly adminToken: string;
  readonly authority: AuthorityPem;
  readonly clients: RegisteredClients;
  readonly keys: Readonly<Record<ServerId, ServerJwks>>;
  /** Signs the responses for SAML applications. */
  readonly saml: SamlKey;
}

/** Okta's certificates for SAML are valid for ten years. */
const samlDays = 3650;

/** Makes the identity of a new org: a certificate authority, clients, signing keys and an API token. */
export async function createIdentity(nowMs = Date.now()): Promise<OrgIdentity> {
  const [authority, clients, saml, ...keys] = await Promise.all([
    createAuthority(nowMs),
    createClients(),
    createSamlKey(samlDays, nowMs),
    ...serverIds.map(async (id) => [id, await createServerKeys(id)] as const),
  ]);
  return {
    orgId: oktaId('00o'),
    apiToken: oktaId('00', 40),
    adminToken: oktaId('00', 40),
    authority,
    clients,
    saml,
    keys: Object.fromEntries(keys) as OrgIdentity['keys'],
  };
}

/** The custom scopes of the custom servers. */
export const customScopes = ['monitor.read', 'monitor.write'] as const;

/** The `okta.*` scopes granted to the service application. */
export const orgScopes = [
  'okta.users.read',
  'okta.groups.read',
  'okta.apps.read',
  'okta.logs.read',
  'okta.authorizationServers.read',
  'okta.agentPools.read',
  'okta.apiTokens.read',
  'okta.domains.read',
  'okta.eventHooks.read',
  'okta.idps.read',
  'okta.inlineHooks.read',
  'okta.logStreams.read',
  'okta.orgs.read',
  'okta.principalRateLimits.read',
] as const;

export interface RegisteredClients {
  /** An API service application with a key, the only kind of client that the Org server issues a token to. */
  readonly service: ServiceApplication;
  /** A service application as the Admin Console makes them by default: its tokens must be bound to a key by DPoP. */
  readonly dpop: ServiceApplication;
  /** A client with a secret, sent in the header or in the body. Works only at custom servers. */
  readonly secret: { readonly clientId: string; readonly clientSecret: string; readonly scopes: readonly string[] };
  /** A web application that users sign in to. PKCE is optional, and refresh tokens stay the same. */
  readonly web: { readonly clientId: string; readonly clientSecret: string; readonly redirectUri: string };
  /** The same, but its tokens must be bound to a key by DPoP. */
  readonly dpopWeb: { readonly clientId: string; readonly clientSecret: string; readonly redirectUri: string };
  /** A single-page application that users sign in to. It has no secret. It needs PKCE, and refresh tokens rotate. */
  readonly spa: { readonly clientId: string; readonly redirectUri: string };
}

interface ServiceApplication {
  readonly clientId: string;
  readonly privateJwk: PrivateJwk;
  readonly orgScopes: readonly string[];
  readonly customScopes: readonly string[];
}

/** Creates the clients. */
async function createClients(): Promise<RegisteredClients> {
  const [service, dpop] = await Promise.all([createServiceApplication(), createServiceApplication()]);
  const redirectUri = 'http://localhost:8080/authorization-code/callback';
  return {
    service,
    dpop,
    secret: { clientId: oktaId('0oa'), clientSecret: generateSecret(), scopes: customScopes },
    web: { clientId: oktaId('0oa'), clientSecret: generateSecret(), redirectUri },
    dpopWeb: { clientId: oktaId('0oa'), clientSecret: generateSecret(), redirectUri },
    spa: { clientId: oktaId('0oa'), redirectUri: 'http://localhost:8080/login/callback' },
  };
}

async function createServiceApplication(): Promise<ServiceApplication> {
  return { clientId: oktaId('0oa'), privateJwk: await createPrivateJwk(), orgScopes, customScopes };
}

/** The clients as the provider registers them. As at Okta, every server knows all of them. */
export function clientMetadata({ service, dpop, secret, web, dpopWeb, spa }: RegisteredClients): ClientMetadata[] {
  const machine = { grant_types: ['client_credentials'], redirect_uris: [], response_types: [] };
  const signIn = { grant_types: ['authorization_code', 'refresh_token'], response_types: ['code' as const] };
  return [
    {
      ...machine,
      client_id: service.clientId,
      client_name: 'Okta monitor',
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: publicKeys(service),
    },
    {
      ...machine,
      client_id: dpop.clientId,
      client_name: 'Okta monitor (DPoP)',
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: publicKeys(dpop),
      dpop_bound_access_tokens: true,
    },
    {
      ...machine,
      client_id: secret.clientId,
      client_name: 'Okta monitor (secret)',
      client_secret: secret.clientSecret,
      token_endpoint_auth_method: 'client_secret_basic',
    },
    {
      ...signIn,
      client_id: web.clientId,
      client_name: 'Web application',
      client_secret: web.clientSecret,
      token_endpoint_auth_method: 'client_secret_basic',
      redirect_uris: [web.redirectUri],
      post_logout_redirect_uris: [new URL(web.redirectUri).origin],
    },
    {
      ...signIn,
      client_id: dpopWeb.clientId,
      client_name: 'Web application (DPoP)',
      client_secret: dpopWeb.clientSecret,
      token_endpoint_auth_method: 'client_secret_basic',
      redirect_uris: [dpopWeb.redirectUri],
      post_logout_redirect_uris: [new URL(dpopWeb.redirectUri).origin],
      dpop_bound_access_tokens: true,
    },
    {
      ...signIn,
      client_id: spa.clientId,
      client_name: 'Single-page application',
      token_endpoint_auth_method: 'none',
      redirect_uris: [spa.redirectUri],
      post_logout_redirect_uris: [new URL(spa.redirectUri).origin],
    },
  ];
}

function publicKeys({ privateJwk: { kty, alg, kid, use, e, n } }: ServiceApplication): JWKS {
  return { keys: [{ kty, alg, kid, use, e, n }] } as JWKS;
}

/** A secret in Okta's format: 64 letters, digits, hyphens and underscores. */
export function generateSecret(): string {
  return randomBytes(48).toString('base64url');
}
