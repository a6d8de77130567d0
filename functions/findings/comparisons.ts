import type { Exchange } from '../model/exchange.ts';
import type { Comparison } from '../model/finding.ts';
import type { ApiCredential, ClientAuthentication, Org, Server, ServiceClient, WebClient } from '../model/org.ts';
import { apiScopes, locate } from '../okta/endpoints.ts';
import type { FindingCode } from './finding.ts';
import { clientAt, type RequestingClient } from './rules.ts';

/** The purpose of a failed request. */
interface Request {
  readonly org: Org;
  readonly server: Server;
  readonly exchange: Pick<Exchange, 'url' | 'certificate' | 'error' | 'location' | 'cached'>;
  /** Whose request it was. By default, the endpoint says so. */
  readonly client?: RequestingClient;
}

/** Compares expectations with Okta's answer, for findings that a probe does not compare itself. */
export function comparisonsOf(code: FindingCode, request: Request): readonly Comparison[] {
  return comparisons[code]?.(request) ?? [];
}

/** A comparison as people read it. */
export function comparisonText({ name, expected, found }: Comparison): string {
  return `${name}: expected ${expected}, found ${found}`;
}

const refused = 'refused';

const comparisons: Readonly<Partial<Record<FindingCode, (request: Request) => readonly Comparison[]>>> = {
  'org-not-found': ({ org }) => [compare('org at this domain', org.domain, 'no org')],
  'org-deactivated': ({ org }) => [compare(`org ${org.name}`, 'active', 'deactivated')],
  redirected: ({ exchange: { url, location } }) => [compare('address', new URL(url).origin, location)],
  'changed-on-the-way': ({ exchange: { cached } }) => [
    compare("Okta's answer", 'as Okta sent it', cached === undefined ? 'changed' : `kept in a cache, ${cached}`),
  ],
  'certificate-untrusted': ({ exchange }) => [issuerOf(exchange)],
  'certificate-expired': ({ exchange }) => [issuerOf(exchange)],
  'address-blocked': () => [compare("the monitor's address", 'not blocked', refused)],
  'feature-missing': ({ exchange }) => [
    compare('feature', new URL(exchange.url).pathname, 'not available in this org'),
  ],
  'api-access-management-missing': () => [compare('API Access Management', 'enabled', 'missing')],
  'server-not-found': ({ server }) => [compare('authorization server', server.id, 'not found or not active')],
  'custom-domain-certificate': ({ org, exchange: { certificate } }) => [
    compare(
      'certificate',
      `valid now for ${org.domain}`,
      certificate ? `for ${certificate.subject}, until ${certificate.validTo}` : 'not shown',
    ),
  ],
  'custom-scope-at-org-server': (request) => [
    scopes(request),
    compare('server for these scopes', 'a custom server', 'org'),
  ],
  'scope-unknown': (request) => [scopes(request), client(request)],
  'okta-scope-not-granted': (request) => [scopes(request), client(request)],
  'scope-unsuitable': (request) => [scopes(request, 'not for this grant type'), client(request)],
  'scope-missing': (request) => [scopesDemanded(request), client(request)],
  'grant-not-allowed': (request) => [
    compare('grant type', grantOf(request), 'not allowed for the application'),
    client(request),
  ],
  'claim-failing': (request) => [compare('claims of the server', 'evaluated', 'one of them fails'), client(request)],
  'user-token-refused': (request) => [
    compare("the user's access token", `accepted, issued by ${request.server.issuer}`, refused),
    client(request),
  ],
  'identity-provider-failing': () => [
    compare('identity provider of the user', 'Okta, or one that works', 'one that fails'),
  ],
  'browser-request-refused': (request) => [compare('Origin header', 'none', 'one that was added'), client(request)],
  'policy-refused': (request) => [scopes(request, 'refused by the access policies'), client(request)],
  'network-zone-refused': (request) => [
    compare("the monitor's address", "in the client's network zones", 'outside of them'),
    client(request),
  ],
  'access-refused': (request) => [client(request, refused), scopes(request)],
  'redirect-uri-refused': (request) => [
    compare('redirect URI', request.server.web?.redirectUri, refused),
    client(request, 'not shown'),
  ],
  'wrong-client-kind': (request) => [
    compare('client authentication', 'private_key_jwt, in an API Services application', authenticationOf(request)),
    client(request, refused),
  ],
  'dpop-required': (request) => [compare('proof of possession (DPoP)', 'not required', 'required'), client(request)],
  'dpop-proof-refused': (request) => [compare('proof of possession (DPoP)', 'accepted', refused), client(request)],
  'inline-hook-failed': () => [compare('inline hook', 'a success within 3 s', 'an error or no answer')],
  'request-refused': (request) => [client(request, refused), scopes(request)],
  'flow-not-set-up': (request) => [client(request, refused)],
  'flow-unexpected': ({ exchange: { url } }) => [
    compare('flow of the answer', `that of the request to ${new URL(url).pathname}`, 'another one'),
  ],
  'sign-out-uri-refused': (request) => [client(request)],
  'token-encryption-failing': (request) => [
    compare('key to encrypt the token', 'one that is active', 'none'),
    client(request),
  ],
  'api-credential-unsuitable': () => [
    compare('credential of the request', 'accepted by the endpoint', 'an API token, refused'),
  ],
  'unexpected-token-type': (request) => [
    compare('token type', clientOf(request)?.dpop ? 'DPoP' : 'Bearer', 'another one'),
  ],
  'negative-test-failed': () => [compare('answer to a bad request', 'a rejection', 'accepted')],
  'api-scope-missing': ({ org: { api }, exchange }) => [
    compare(
      'scopes of the API token',
      exchange.error?.scopes?.join(' ') ?? scopeOf(exchange),
      api?.kind === 'client' ? api.scopes.join(' ') : undefined,
    ),
  ],
  'admin-role-missing': ({ exchange }) => [
    compare('admin role', `one with the rights of ${scopeOf(exchange)}`, 'none, or too few permissions'),
  ],
  'user-not-assigned': ({ org, server }) => [
    compare('application of the test user', (server.web ?? webOf(org))?.clientId, 'not assigned'),
  ],
  'sign-in-blocked': () => [compare("the monitor's address at the sign-in", 'not blocked', refused)],
  'sign-in-denied': () => [compare('sign-in of the test user', 'allowed', 'denied by a policy')],
  'factor-unexpected': () => [compare('factor that is asked for', 'a password, or a time-based code', 'another one')],
  'factor-missing': () => [compare('factors of the test user', 'those that the policy demands', 'too few')],
  'enrollment-demanded': () => [compare('enrollment of the test user', 'complete', 'demanded')],
  'consent-demanded': () => [compare('consent of the test user', 'given, or not required', 'demanded')],
  'captcha-demanded': () => [compare('captcha', 'none', 'demanded')],
  'routed-elsewhere': ({ exchange: { location } }) => [
    compare('identity provider', 'Okta', location ? new URL(location).origin : 'another one'),
  ],
  'sign-in-page-unknown': () => [compare('sign-in page', "Okta's, with its state token", 'another one')],
  'refresh-token-missing': ({ server }) => [
    compare('refresh token for offline_access', 'issued', 'missing'),
    compare('client id', server.web?.clientId, 'accepted'),
  ],
  'client-refused': (request) => [client(request, refused)],
  'client-unknown': (request) => [client(request, 'not known to Okta, or not active')],
  'assertion-refused': (request) => [client(request, 'its signed assertion is refused')],
};

/** The grant type that a request needs, as the Admin Console names it. */
function grantOf({ exchange: { url }, client = clientAt(url) }: Request): string {
  return client === 'web' ? 'Authorization Code, and Refresh Token for offline_access' : 'Client Credentials';
}

/** Shows who issued the certificate: TLS inspection has an issuer of its own. */
function issuerOf({ certificate }: Request['exchange']): Comparison {
  return compare('issuer of the certificate', 'a public authority', certificate?.issuer);
}

/** The web application that the test user signs in to first. */
function webOf({ servers }: Org): WebClient | undefined {
  return servers.find(({ web }) => web)?.web;
}

function compare(name: string, expected: string | undefined, found: string | undefined): Comparison {
  return { name, expected: expected || 'none', found: found || 'not shown' };
}

/** The scope of the management API that a request needs. */
function scopeOf({ url }: Pick<Exchange, 'url'>): string {
  const endpoint = locate(url)?.endpoint;
  return (endpoint && apiScopes[endpoint]) ?? 'okta.users.read';
}

function scopes(request: Request, found = refused): Comparison {
  return compare('scopes', clientOf(request)?.scopes.join(' '), found);
}

/**
 * What a challenge demands beside what was granted. That is what was requested: the probe of the code reports a scope that
 * was requested and not granted.
 */
function scopesDemanded(request: Request): Comparison {
  const demanded = request.exchange.error?.scopes;
  const granted = clientOf(request)?.scopes ?? [];
  if (!demanded) return scopes(request, 'too few for this endpoint');
  const isGranted = demanded.every((scope) => granted.includes(scope));
  return compare(
    'scopes of the token',
    demanded.join(' '),
    isGranted ? 'requested, and yet refused' : granted.join(' '),
  );
}

/** The client id is right where it is the scope, the policy or the zone that is refused. */
function client(request: Request, found = 'accepted'): Comparison {
  return compare('client id', clientOf(request)?.clientId, found);
}

/** How the client of a request to an authorization server authenticates. Undefined if it does not. */
export function authenticationOf(request: Request): ClientAuthentication | undefined {
  const found = clientOf(request);
  const endpoint = locate(request.exchange.url)?.endpoint;
  if (!found || (endpoint && apiScopes[endpoint])) return undefined;
  const isAtAuthorize = endpoint === 'authorize' || endpoint === 'userinfo' || endpoint === 'logout';
  if ('redirectUri' in found)
    return found.secret === undefined || isAtAuthorize ? undefined : (found.authentication ?? 'client_secret_basic');
  return 'authentication' in found ? found.authentication : 'private_key_jwt';
}

/** The client that a request names. The management API is called with the API's own. */
function clientOf({
  org: { api },
  server,
  exchange,
  client = clientAt(exchange.url),
}: Request): ServiceClient | WebClient | ApiClient | undefined {
  const apiClient = api?.kind === 'client' ? api : undefined;
  const endpoint = locate(exchange.url)?.endpoint;
  const isOfServer = endpoint === 'token' || endpoint === 'introspect';
  if (client === 'web') return server.web;
  return isOfServer ? (server.service ?? apiClient ?? server.web) : apiClient;
}

type ApiClient = ApiCredential & { readonly kind: 'client' };
