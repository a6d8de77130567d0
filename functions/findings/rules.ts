import { bodyTimeoutCode, deadlineCode, headersTimeoutCode, tooLargeCode, undecodableCode } from '../model/errors.ts';
import type { Exchange } from '../model/exchange.ts';
import { type ApiCredential, kindOf, type Org, type Server, type ServerKind } from '../model/org.ts';
import type { Endpoint } from '../model/probe.ts';
import { clockToleranceSeconds } from '../okta/access-token.ts';
import { locate } from '../okta/endpoints.ts';
import { isOktaHost } from '../okta/okta-domains.ts';
import { unknownHost } from '../okta/okta-error.ts';
import { isRateLimited, limitOwner } from '../okta/rate-limit.ts';
import type { FindingCode } from './finding.ts';
import { textRules } from './text-rules.ts';

/** The codes of the system, OpenSSL, Node.js and undici, by finding. */
const transportCodes: Readonly<Partial<Record<FindingCode, readonly string[]>>> = {
  'dns-not-resolved': ['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NODATA'],
  'connection-refused': ['ECONNREFUSED'],
  'connection-reset': ['ECONNRESET', 'ECONNABORTED', 'EPIPE', 'UND_ERR_SOCKET'],
  'connect-timeout': ['UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN'],
  'certificate-expired': ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'],
  'certificate-wrong-name': ['ERR_TLS_CERT_ALTNAME_INVALID', 'HOSTNAME_MISMATCH'],
  'certificate-untrusted':
    'DEPTH_ZERO_SELF_SIGNED_CERT SELF_SIGNED_CERT_IN_CHAIN UNABLE_TO_VERIFY_LEAF_SIGNATURE UNABLE_TO_GET_ISSUER_CERT UNABLE_TO_GET_ISSUER_CERT_LOCALLY CERT_UNTRUSTED CERT_REVOKED CERT_SIGNATURE_FAILURE INVALID_CA INVALID_PURPOSE'.split(
      ' ',
    ),
  'tls-handshake-failed': ['EPROTO'],
  'no-answer': ['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', headersTimeoutCode, bodyTimeoutCode],
  'malformed-answer': ['UND_ERR_HEADERS_OVERFLOW', tooLargeCode],
  // No request asks for a content coding.
  'changed-on-the-way': [undecodableCode],
  'out-of-time': [deadlineCode],
  'local-error': [
    'EACCES',
    'EADDRINUSE',
    'EADDRNOTAVAIL',
    'EAFNOSUPPORT',
    'EAI_MEMORY',
    'EAI_SYSTEM',
    'EMFILE',
    'ENFILE',
    'ENOBUFS',
    'ENOMEM',
    'EPERM',
  ],
};

const codes = new Map(
  (Object.entries(transportCodes) as [FindingCode, readonly string[]][]).flatMap(([code, names]) =>
    names.map((name) => [name, code] as const),
  ),
);

/** On a custom domain, the domain's owner must fix these. */
const customDomainCodes: readonly FindingCode[] = ['certificate-expired', 'certificate-wrong-name'];

/** The finding for a request without a complete response, from the codes of the system, OpenSSL and undici. */
export function codeOfTransport(code: string, url: string): FindingCode {
  const found = codes.get(code) ?? byPrefix(code);
  return customDomainCodes.includes(found) && !isOktaHost(new URL(url).hostname) ? 'custom-domain-certificate' : found;
}

function byPrefix(code: string): FindingCode {
  if (code.startsWith('ERR_PROXY_')) return 'intercepted';
  if (code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_')) return 'tls-handshake-failed';
  return code.startsWith('HPE_') || code.startsWith('UND_ERR_RES') ? 'malformed-answer' : 'unrecognised-failure';
}

export type RequestingClient = 'web' | 'service';

/** What rules can match: the request and the response. */
export interface AnswerContext {
  readonly exchange: Exchange;
  readonly endpoint: Endpoint | undefined;
  readonly kind: ServerKind;
  /** Whose request it was: the web application's, or that of the service or the API. */
  readonly client: RequestingClient;
  /** The scopes that were requested, if any. */
  readonly scopes: readonly string[];
  /** How the management API is called. */
  readonly api: ApiCredential['kind'] | undefined;
}

/** Who asked, as far as the endpoint shows it: those of a user are called by the web application. */
export function clientAt(url: string): RequestingClient {
  const endpoint = locate(url)?.endpoint;
  const endpointsOfWeb: readonly (Endpoint | undefined)[] = ['authorize', 'par', 'userinfo', 'revoke', 'logout'];
  return endpointsOfWeb.includes(endpoint) || endpoint?.startsWith('sign-in-') ? 'web' : 'service';
}

/** The context of a probe's last exchange. */
export function answerContext(
  exchange: Exchange,
  org: Org,
  server: Server,
  client = clientAt(exchange.url),
): AnswerContext {
  const located = locate(exchange.url);
  const requestedScopes: Partial<Record<Endpoint, readonly string[]>> = {
    authorize: server.web?.scopes ?? [],
    // The rate-limit probe requests a token from the Org server for the API's own client.
    par: server.web?.scopes ?? [],
    token:
      client === 'web'
        ? (server.web?.scopes ?? [])
        : (server.service?.scopes ?? (org.api?.kind === 'client' ? org.api.scopes : [])),
  };
  return {
    exchange,
    endpoint: located?.endpoint,
    kind: located?.kind ?? kindOf(server),
    client,
    scopes: (located && requestedScopes[located.endpoint]) ?? [],
    api: org.api?.kind,
  };
}

/** A rule matches if all its conditions do, and a list if one of its members does. No conditions match everything. */
export interface Rule {
  readonly code: FindingCode;
  readonly status?: readonly number[];
  /** Hundreds of the status. */
  readonly statusClass?: 4 | 5;
  /** OAuth's `error` or Okta's `errorCode`. */
  readonly error?: readonly string[];
  /** The reason code of the description in Okta's catalog. Use it only if nothing else distinguishes the causes. */
  readonly reason?: readonly string[] | RegExp;
  readonly shape?: readonly string[];
  readonly endpoint?: readonly AnswerContext['endpoint'][];
  readonly kind?: AnswerContext['kind'];
  /** The request was to the management API, whichever of its endpoints. */
  readonly management?: true;
  readonly api?: AnswerContext['api'];
  /** The server's clock and ours are further apart than services tolerate. */
  readonly clocksDiffer?: true;
  /** A rate limit rejected the request. */
  readonly limited?: true;
  /** The request proved the possession of a key (DPoP). */
  readonly proof?: true;
  readonly limit?: ReturnType<typeof limitOwner>;
  /** Whether the rate-limit headers show requests that are left. */
  readonly requestsLeft?: boolean;
  readonly requests?: 'custom scopes' | 'okta scopes';
  readonly client?: RequestingClient;
  /** Whether the error came with a text that is not in Okta's catalog. */
  readonly hasUnknownText?: boolean;
  /** The answer gives no reason that Okta's catalog lists. */
  readonly unexplained?: true;
  /** Where a redirect leads that is no callback: to the same path of another host, to another host, or anywhere. */
  readonly redirects?: 'same path elsewhere' | 'elsewhere' | 'anywhere';
}

const timesOfAssertion = /^client_assertion_(expired_token|expires_too_far_in_future)$/;
const timesOfProof = ['invalid_dpop_proof_jwt_too_old', 'invalid_dpop_proof_jwt_expired'];
/** Steps whose refusals of a user have words of their own. A 403 without them is about the address (E0000006). */
const signInSteps = [
  'sign-in-introspect',
  'sign-in-identify',
  'sign-in-challenge',
  'sign-in-answer',
  'primary-authentication',
  'factor-verification',
] as const;
/** Where an application uses a token of its user. */
const ofUserTokens = ['userinfo', 'revoke', 'introspect', 'logout'] as const;
/** Where a browser would be sent to another identity provider. */
const signInPages = ['authorize', 'sign-in-redirect', 'saml-sign-on'] as const;
/** Statuses by which a server refuses how a request is made, and not what it asks for (RFC 9110, 15.5; RFC 6585, 5). */
const malformedRequest = [405, 406, 411, 413, 414, 415, 431];
const ofServers = ['discovery', 'keys', 'authorize', 'token', 'introspect', 'par'] as const;

/**
 * The findings for error responses. The first rule that matches wins.
 *
 * They read Okta's text first, then its code, then the status, because Okta puts several causes under one code. A text that
 * is not known, or no text, leaves the code: its finding names the causes and claims none.
 *
 * Trap: they are for answers of Okta only, because others word their errors alike. Order matters. A 429 means the same
 * in every format, and one status means different things at the management API and at an authorization server.
 */
export const answerRules: readonly Rule[] = [
  { code: 'too-many-at-once', limited: true, limit: 'concurrency' },
  { code: 'client-rate-limited', limited: true, limit: 'client' },
  { code: 'principal-rate-limited', limited: true, requestsLeft: true },
  { code: 'api-rate-limited', limited: true, management: true },
  { code: 'rate-limit-exhausted', limited: true, requestsLeft: false },
  { code: 'rate-limited', limited: true },
  { code: 'org-deactivated', error: ['E0000260'] },
  { code: 'org-not-found', reason: [unknownHost] },
  { code: 'org-not-found', endpoint: ['organization'], status: [404, 410] },
  { code: 'redirected', redirects: 'same path elsewhere' },
  { code: 'routed-elsewhere', endpoint: signInPages, redirects: 'elsewhere' },
  { code: 'redirected', redirects: 'anywhere' },
  // These texts depend on more than their words.
  { code: 'clock-skew', reason: ['client_assertion_issued_at_in_future'] },
  { code: 'clock-skew', reason: timesOfAssertion, clocksDiffer: true },
  { code: 'assertion-refused', reason: /^client_assertion_/ },
  { code: 'sign-in-denied', client: 'web', reason: ['access_denied'] },
  ...textRules,
  { code: 'inline-hook-failed', error: ['E0000134', 'E0000135', 'E0000137'] },
  { code: 'read-only-mode', error: ['E0000010'] },
  { code: 'api-access-management-missing', endpoint: ofServers, error: ['E0000015'] },
  { code: 'api-access-management-missing', endpoint: ofServers, reason: ['feature_not_enabled'] },
  {
    code: 'api-access-management-missing',
    endpoint: ['authorization-server', 'authorization-server-keys'],
    error: ['E0000015'],
  },
  { code: 'feature-missing', error: ['E0000015'] },
  { code: 'feature-missing', reason: ['feature_not_enabled'] },
  { code: 'internal-error', error: ['E0000009'] },
  { code: 'temporarily-unavailable', error: ['temporarily_unavailable'] },
  // Okta's own faults have 500. With a text of its own, a claim or a hook fails.
  { code: 'temporarily-unavailable', error: ['server_error'], status: [500, 502, 503, 504] },
  { code: 'temporarily-unavailable', error: ['server_error'], hasUnknownText: false },
  { code: 'request-refused', error: ['server_error'] },
  { code: 'gateway-error', status: [502, 503, 504] },
  { code: 'internal-error', statusClass: 5 },
  // The request did not arrive (RFC 9110, 15.5.9).
  { code: 'connection-reset', status: [408] },
  { code: 'request-invalid', status: malformedRequest },
  { code: 'server-not-found', kind: 'custom', error: ['E0000007'] },
  { code: 'server-not-found', kind: 'custom', reason: ['invalid_authorization_server'] },
  { code: 'server-not-found', kind: 'custom', status: [404] },
  // Okta's page for an address that it blocks is the same everywhere.
  { code: 'address-blocked', shape: ['html'], status: [403], unexplained: true },
  // Anybody may read these, so it is the address that Okta refuses.
  { code: 'address-blocked', endpoint: ['organization', 'discovery', 'keys'], status: [403] },
  { code: 'clock-skew', proof: true, reason: ['invalid_dpop_proof_jwt_issued_in_future'] },
  { code: 'clock-skew', proof: true, reason: timesOfProof, clocksDiffer: true },
  { code: 'dpop-proof-refused', proof: true, error: ['invalid_dpop_proof', 'use_dpop_nonce'] },
  { code: 'dpop-required', error: ['invalid_dpop_proof', 'use_dpop_nonce'] },
  { code: 'dpop-required', reason: ['dpop_proof_required_for_token', 'dpop_authentication_scheme_required'] },
  { code: 'sign-in-blocked', endpoint: signInSteps, error: ['E0000006'] },
  { code: 'sign-in-expired', endpoint: signInSteps, error: ['E0000011'] },
  { code: 'sign-in-step-unknown', endpoint: signInSteps, error: ['E0000079'] },
  { code: 'sign-in-blocked', endpoint: signInSteps, shape: ['html', 'other'], status: [403] },
  { code: 'scope-missing', endpoint: ['userinfo'], error: ['insufficient_scope'] },
  { code: 'user-token-refused', endpoint: ofUserTokens, error: ['invalid_token'] },
  { code: 'user-token-refused', endpoint: ofUserTokens, reason: ['id_token_invalid'] },
  { code: 'api-scope-missing', management: true, error: ['insufficient_scope'] },
  { code: 'access-token-refused', management: true, error: ['invalid_token'] },
  { code: 'api-scope-missing', management: true, error: ['E0000005'], api: 'client' },
  { code: 'api-credential-unsuitable', management: true, error: ['E0000005'], api: 'token' },
  { code: 'admin-role-missing', management: true, error: ['E0000006'] },
  { code: 'access-token-refused', management: true, status: [401], api: 'client' },
  { code: 'api-token-refused', management: true, error: ['E0000011'] },
  { code: 'api-token-refused', management: true, status: [401] },
  { code: 'access-refused', management: true, status: [403] },
  // What the monitor asks of the API is its own choice: a filter, a cursor, a limit.
  { code: 'request-invalid', management: true, status: [400, 404] },
  { code: 'grant-not-allowed', error: ['unauthorized_client', 'unsupported_response_type', 'unsupported_grant_type'] },
  // The client does not authenticate there.
  { code: 'client-unknown', endpoint: ['authorize'], error: ['invalid_client'] },
  { code: 'client-refused', error: ['invalid_client'] },
  { code: 'custom-scope-at-org-server', kind: 'org', error: ['invalid_scope'], requests: 'custom scopes' },
  { code: 'consent-demanded', endpoint: ['authorize', 'par'], error: ['consent_required'] },
  { code: 'okta-scope-not-granted', kind: 'org', error: ['consent_required'], requests: 'okta scopes' },
  {
    code: 'scope-unsuitable',
    client: 'service',
    error: ['consent_required', 'client_credentials_self_scope_requested'],
  },
  { code: 'consent-demanded', error: ['consent_required'] },
  { code: 'scope-unknown', error: ['invalid_scope'] },
  // For client credentials at a custom server, only a policy causes these. A network zone causes 403.
  {
    code: 'policy-refused',
    kind: 'custom',
    client: 'service',
    endpoint: ['token'],
    status: [400, 401],
    error: ['access_denied'],
  },
  { code: 'access-refused', error: ['access_denied'] },
  // Where a client authenticates, 401 concerns its credentials, whatever the words (RFC 6749, 5.2).
  { code: 'client-refused', endpoint: ['token', 'introspect', 'par'], status: [401] },
  { code: 'access-refused', endpoint: ['authorize'], status: [401, 403] },
  { code: 'redirect-uri-refused', error: ['invalid_redirect_uri'] },
  { code: 'saml-no-response', endpoint: ['saml-sign-on'], statusClass: 4 },
  // A refusal is a decision of Okta's, and no fault, in whatever form it comes.
  { code: 'request-refused', statusClass: 4 },
  { code: 'request-refused', shape: ['oauth', 'envelope', 'challenge', 'callback'] },
  { code: 'unrecognised-answer' },
];

/** The finding for an error response. */
export function codeOfAnswer(context: AnswerContext): FindingCode {
  return answerRules.find((rule) => matches(rule, context))?.code ?? 'unrecognised-answer';
}

type Expected = Required<Omit<Rule, 'code'>>;

/** How each condition of a rule is tested. */
const conditions: {
  readonly [Name in keyof Expected]: (expected: Expected[Name], context: AnswerContext) => boolean;
} = {
  status: (statuses, { exchange }) => statuses.includes(exchange.status ?? 0),
  statusClass: (expected, { exchange }) => Math.floor((exchange.status ?? 0) / 100) === expected,
  unexplained: (_, { exchange: { error } }) => error?.reason === undefined,
  redirects: (expected, { exchange }) => redirectOf(exchange)?.includes(expected) ?? false,
  error: (codes, { exchange: { error } }) => codes.some((code) => code === error?.error || code === error?.errorCode),
  reason: (reasons, { exchange: { error } }) => error?.reason !== undefined && matchesReason(reasons, error.reason),
  shape: (shapes, { exchange: { error } }) => shapes.includes(error?.shape ?? 'other'),
  endpoint: (endpoints, { endpoint }) => endpoints.includes(endpoint),
  kind: (expected, { kind }) => kind === expected,
  management: (_, { exchange, endpoint }) => isManagement(exchange.url, endpoint),
  api: (expected, { api }) => api === expected,
  limited: (_, { exchange }) => isRateLimited(exchange),
  proof: (expected, { exchange }) => exchange.proof === expected,
  clocksDiffer: (_, { exchange }) => Math.abs(exchange.clockOffsetSeconds ?? 0) > clockToleranceSeconds,
  limit: (expected, { exchange: { rateLimit, url } }) =>
    rateLimit !== undefined && limitOwner(rateLimit, locate(url)?.bucket) === expected,
  requestsLeft: (expected, { exchange: { rateLimit } }) =>
    rateLimit !== undefined && rateLimit.remaining > 0 === expected,
  requests: (expected, { scopes }) => scopes.some(expected === 'okta scopes' ? isOktaScope : isCustomScope),
  client: (expected, { client }) => client === expected,
  hasUnknownText: (expected, { exchange: { error } }) => (error?.wording !== undefined) === expected,
};

function matches({ code: _, ...expected }: Rule, context: AnswerContext): boolean {
  return Object.entries(expected).every(([name, value]) => {
    const isMet = conditions[name as keyof Expected] as (expected: unknown, context: AnswerContext) => boolean;
    return isMet(value, context);
  });
}

/** What a redirect is, if it is one and no callback. */
export function redirectOf({ status = 0, url, location, error }: Exchange): readonly Rule['redirects'][] | undefined {
  if (![301, 302, 303, 307, 308].includes(status) || error?.shape === 'callback') return undefined;
  const [from, target] = [new URL(url), URL.parse(location ?? '')];
  const isElsewhere = target !== null && target.host !== from.host;
  return [
    ...(isElsewhere && target.pathname === from.pathname ? ['same path elsewhere' as const] : []),
    ...(isElsewhere ? ['elsewhere' as const] : []),
    'anywhere',
  ];
}

/** Primary authentication is below `/api` too, but takes no credential of the API. */
function isManagement(url: string, endpoint: Endpoint | undefined): boolean {
  const isSignIn =
    endpoint === 'primary-authentication' || endpoint === 'factor-verification' || endpoint === 'session';
  return !isSignIn && new URL(url).pathname.startsWith('/api/');
}

function matchesReason(expected: readonly string[] | RegExp, reason: string): boolean {
  return expected instanceof RegExp ? expected.test(reason) : expected.includes(reason);
}

/** Whether a scope is neither Okta's own nor one of OpenID Connect. The Org server does not know such scopes. */
function isCustomScope(scope: string): boolean {
  const standard = ['openid', 'profile', 'email', 'address', 'phone', 'groups', 'offline_access', 'device_sso'];
  return !isOktaScope(scope) && !standard.includes(scope);
}

function isOktaScope(scope: string): boolean {
  return scope.startsWith('okta.');
}
