import { kindOf, type Org, type Server, type ServerKind } from '../model/org.ts';
import type { Endpoint } from '../model/probe.ts';

interface EndpointDefinition {
  readonly path: string;
  /** The rate-limit bucket that a request counts against, by Okta's name for it. Null if Okta applies no limit. */
  readonly bucket: string | null;
}

const org = (path: string, bucket: string | null = null): EndpointDefinition => ({ path, bucket });

/**
 * The path and the rate-limit bucket of each endpoint, by kind of server.
 *
 * Trap: the Org server's endpoints contain `/oauth2` but its issuer does not, so URLs cannot be built by appending to
 * the issuer. Endpoints are not taken from discovery, so that a broken discovery document fails one probe only. All
 * custom servers of an org share one set of buckets.
 * https://developer.okta.com/docs/reference/api/oidc/
 */
export const endpoints: Readonly<Record<ServerKind, Readonly<Partial<Record<Endpoint, EndpointDefinition>>>>> = {
  org: {
    organization: org('/.well-known/okta-organization'),
    users: org('/api/v1/users', '/api/v1/users'),
    logs: org('/api/v1/logs', '/api/v1/logs'),
    discovery: org('/.well-known/openid-configuration'),
    keys: org('/oauth2/v1/keys'),
    authorize: org('/oauth2/v1/authorize', '/oauth2/v1/authorize'),
    token: org('/oauth2/v1/token', '/oauth2/v1/token'),
    introspect: org('/oauth2/v1/introspect', '/oauth2/v1'),
    par: org('/oauth2/v1/par', '/oauth2/v1'),
    userinfo: org('/oauth2/v1/userinfo', '/oauth2/v1'),
    revoke: org('/oauth2/v1/revoke', '/oauth2/v1'),
    logout: org('/oauth2/v1/logout', '/oauth2/v1'),
    'sign-in-introspect': org('/idp/idx/introspect', '/idp/idx/introspect'),
    'sign-in-identify': org('/idp/idx/identify', '/idp/idx/identify'),
    'sign-in-challenge': org('/idp/idx/challenge', '/idp/idx'),
    'sign-in-answer': org('/idp/idx/challenge/answer', '/idp/idx'),
    'sign-in-cancel': org('/idp/idx/cancel', '/idp/idx'),
    'sign-in-redirect': org('/login/token/redirect', '/login/token/redirect'),
    'primary-authentication': org('/api/v1/authn', '/api/v1/authn'),
    'factor-verification': org('/api/v1/authn/factors/{id}/verify', '/api/v1/authn/factors/{id}/verify'),
    'saml-sign-on': org('/app/{id}/{id}/sso/saml'),
    'saml-metadata': org('/app/{id}/sso/saml/metadata'),
    session: org('/api/v1/sessions/me', '/api/v1/sessions'),
    user: org('/api/v1/users/{id}', '/api/v1/users'),
    applications: org('/api/v1/apps', '/api/v1/apps'),
    application: org('/api/v1/apps/{id}', '/api/v1/apps/{id}'),
    // Okta documents no bucket of their own. The tighter one is assumed.
    'application-certificates': org('/api/v1/apps/{id}/credentials/keys', '/api/v1/apps'),
    'client-secrets': org('/api/v1/apps/{id}/credentials/secrets', '/api/v1/apps'),
    'client-keys': org('/api/v1/apps/{id}/credentials/jwks', '/api/v1/apps'),
    'identity-providers': org('/api/v1/idps', '/api/v1'),
    'identity-provider-certificates': org('/api/v1/idps/credentials/keys', '/api/v1'),
    'custom-domains': org('/api/v1/domains', '/api/v1/domains'),
    'api-tokens': org('/api/v1/api-tokens', '/api/v1'),
    'agent-pools': org('/api/v1/agentPools', '/api/v1/agentPools'),
    'event-hooks': org('/api/v1/eventHooks', '/api/v1'),
    'inline-hooks': org('/api/v1/inlineHooks', '/api/v1'),
    'log-streams': org('/api/v1/logStreams', '/api/v1'),
  },
  custom: {
    discovery: org('/oauth2/{id}/.well-known/openid-configuration'),
    keys: org('/oauth2/{id}/v1/keys'),
    authorize: org('/oauth2/{id}/v1/authorize', '/oauth2/{id}/v1/authorize'),
    token: org('/oauth2/{id}/v1/token', '/oauth2/{id}/v1/token'),
    introspect: org('/oauth2/{id}/v1/introspect', '/oauth2/{id}/v1'),
    par: org('/oauth2/{id}/v1/par', '/oauth2/{id}/v1'),
    userinfo: org('/oauth2/{id}/v1/userinfo', '/oauth2/{id}/v1'),
    revoke: org('/oauth2/{id}/v1/revoke', '/oauth2/{id}/v1'),
    logout: org('/oauth2/{id}/v1/logout', '/oauth2/{id}/v1'),
    'authorization-server': org('/api/v1/authorizationServers/{id}', '/api/v1'),
    'authorization-server-keys': org('/api/v1/authorizationServers/{id}/credentials/keys', '/api/v1'),
  },
};

/** The URL of an endpoint at a server of an org. */
export function endpointUrl(domain: Org['domain'], server: Pick<Server, 'id'>, endpoint: Endpoint): string {
  const definition = endpoints[kindOf(server)][endpoint];
  if (!definition) throw new Error(`server ${server.id} has no endpoint ${endpoint}`);
  return `https://${domain}${definition.path.replace('{id}', server.id)}`;
}

/** Returns the URL of one resource of the management API, by its id. */
export function itemUrl(domain: Org['domain'], endpoint: Endpoint, id: string): string {
  const definition = endpoints.org[endpoint];
  if (!definition) throw new Error(`the org has no endpoint ${endpoint}`);
  return `https://${domain}${definition.path.replace('{id}', encodeURIComponent(id))}`;
}

/**
 * The scope of the management API that an endpoint needs, if it is one of that API.
 * https://developer.okta.com/docs/api/oauth2/
 */
export const apiScopes: Readonly<Partial<Record<Endpoint, string>>> = {
  users: 'okta.users.read',
  user: 'okta.users.read',
  applications: 'okta.apps.read',
  application: 'okta.apps.read',
  'application-certificates': 'okta.apps.read',
  'client-secrets': 'okta.apps.read',
  'client-keys': 'okta.apps.read',
  'identity-providers': 'okta.idps.read',
  'identity-provider-certificates': 'okta.idps.read',
  'custom-domains': 'okta.domains.read',
  'api-tokens': 'okta.apiTokens.read',
  'agent-pools': 'okta.agentPools.read',
  'event-hooks': 'okta.eventHooks.read',
  'inline-hooks': 'okta.inlineHooks.read',
  'log-streams': 'okta.logStreams.read',
  'authorization-server': 'okta.authorizationServers.read',
  'authorization-server-keys': 'okta.authorizationServers.read',
};

/** Whether the API credential may read an endpoint, as far as the configuration shows. An API token shows nothing. */
export function mayRead({ api }: Pick<Org, 'api'>, endpoint: Endpoint): boolean {
  const scope = apiScopes[endpoint];
  return scope === undefined || api?.kind !== 'client' || api.scopes.includes(scope);
}

/** Whether an endpoint is on the org's domain. The status page is not. */
export function isOfOrg(endpoint: Endpoint): boolean {
  return endpoint in endpoints.org || endpoint in endpoints.custom;
}

/** The rate-limit bucket that a request to an endpoint counts against, if any. */
export function bucketOf(server: Pick<Server, 'id'>, endpoint: Endpoint): string | undefined {
  return endpoints[kindOf(server)][endpoint]?.bucket ?? undefined;
}

/** The endpoint, kind of server and rate-limit bucket of a URL. */
export interface LocatedEndpoint {
  readonly endpoint: Endpoint;
  readonly kind: ServerKind;
  readonly bucket: string | undefined;
}

export function locate(url: string): LocatedEndpoint | undefined {
  const { pathname } = new URL(url);
  const found = patterns.find(({ pattern }) => pattern.test(pathname));
  return found && { endpoint: found.endpoint, kind: found.kind, bucket: found.bucket };
}

const patterns = (['org', 'custom'] as const).flatMap((kind) =>
  Object.entries(endpoints[kind]).map(([endpoint, { path, bucket }]) => ({
    kind,
    endpoint: endpoint as Endpoint,
    bucket: bucket ?? undefined,
    pattern: new RegExp(
      `^${path
        .split('{id}')
        // Node.js 22, in which others' apps import the package, has no `RegExp.escape`.
        .map((part) => part.replaceAll('.', '\\.'))
        .join('[^/]+')}$`,
    ),
  })),
);

/** The default issuer of a server on an org's own domain. Its issuer mode may be set to another one. */
export function issuerOf(domain: string, id: string): string {
  return id === 'org' ? `https://${domain}` : `https://${domain}/oauth2/${id}`;
}
