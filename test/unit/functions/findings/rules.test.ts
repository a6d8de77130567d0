import { describe, expect, it } from 'vitest';
import { textOf } from '../../../../functions/findings/definition.ts';
import { type FindingCode, findings } from '../../../../functions/findings/finding.ts';
import { answerContext, codeOfAnswer, codeOfTransport } from '../../../../functions/findings/rules.ts';
import type { Server } from '../../../../functions/model/org.ts';
import { parseCallbackError, parseOktaError } from '../../../../functions/okta/okta-error.ts';
import { parseRateLimit } from '../../../../functions/okta/rate-limit.ts';
import { fullOrg } from '../../../support/full-org.ts';

/** A recorded response. */
interface Recorded {
  readonly path: string;
  readonly status: number;
  readonly body?: string | object;
  readonly headers?: Record<string, string>;
  readonly scopes?: readonly string[];
  /** The request had a proof of possession. */
  readonly proof?: true;
}

function codeOf({ path, status, body = '', headers = {}, scopes = ['okta.users.read'], proof }: Recorded): FindingCode {
  const received = new Headers(headers);
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const url = `https://acme.okta.com${path}`;
  const rateLimit = parseRateLimit(received, 0);
  const [template] = fullOrg.servers;
  const id = path.startsWith('/oauth2/default') ? 'default' : 'org';
  const server: Server = {
    id,
    issuer: 'https://acme.okta.com',
    web: { clientId: 'web', redirectUri: 'https://app.example.com/', scopes },
    ...(template?.service && { service: { ...template.service, scopes } }),
  };
  const exchange = {
    method: 'POST',
    url,
    at: '',
    phases: {},
    status,
    error: parseOktaError(received, text),
    ...(rateLimit && { rateLimit }),
    ...(proof && { proof }),
  };
  return codeOfAnswer(answerContext(exchange, fullOrg, server));
}

const org = (endpoint: string) => `/oauth2/v1/${endpoint}`;
const custom = (endpoint: string) => `/oauth2/default/v1/${endpoint}`;
const envelope = (errorCode: string, errorSummary = '') => ({
  errorCode,
  errorSummary,
  errorLink: errorCode,
  errorId: 'oae1',
  errorCauses: [],
});
const oauth = (error: string, error_description = '') => ({ error, error_description });
const html = { 'content-type': 'text/html; charset=utf-8' };
const limits = (limit: number, remaining = 0) => ({
  'x-rate-limit-limit': String(limit),
  'x-rate-limit-remaining': String(remaining),
  'x-rate-limit-reset': '1',
});
const bearer = (error: string) => ({
  'www-authenticate': `Bearer authorization_uri="https://acme.okta.com/oauth2/v1/authorize", realm="https://acme.okta.com", scope="okta.users.read", error="${error}", error_description="The token, alas, will not do.", resource="/api/v1/users"`,
});

const recorded: readonly (readonly [FindingCode, string, Recorded])[] = [
  [
    'internal-error',
    'E0000009',
    { path: org('token'), status: 500, body: envelope('E0000009', 'Internal Server Error') },
  ],
  ['internal-error', 'a bare 500', { path: custom('keys'), status: 500, body: '' }],
  ['read-only-mode', 'E0000010', { path: '/api/v1/users', status: 503, body: envelope('E0000010') }],
  [
    'gateway-error',
    'a 502 page',
    { path: custom('introspect'), status: 502, body: '<h1>Bad Gateway</h1>', headers: html },
  ],
  ['gateway-error', 'a 504 without a body', { path: '/.well-known/okta-organization', status: 504 }],
  [
    'temporarily-unavailable',
    'temporarily_unavailable with 400',
    { path: org('token'), status: 400, body: oauth('temporarily_unavailable') },
  ],
  ['temporarily-unavailable', 'server_error', { path: custom('token'), status: 500, body: oauth('server_error') }],
  [
    'address-blocked',
    'a 403 page at keys',
    { path: org('keys'), status: 403, body: '<h1>Forbidden</h1>', headers: html },
  ],
  [
    'rate-limit-exhausted',
    'a 429 envelope at an OAuth endpoint',
    { path: org('token'), status: 429, body: envelope('E0000047'), headers: limits(2000) },
  ],
  ['rate-limited', 'a 429 without headers', { path: org('token'), status: 429, body: envelope('E0000047') }],
  [
    'client-rate-limited',
    'a 429 with the client’s limit of 60 at authorize',
    { path: org('authorize'), status: 429, body: envelope('E0000047'), headers: limits(60) },
  ],
  [
    'too-many-at-once',
    'a 429 with limit 0',
    { path: '/api/v1/users', status: 429, body: envelope('E0000047'), headers: limits(0) },
  ],
  ['api-access-management-missing', 'E0000015', { path: custom('token'), status: 401, body: envelope('E0000015') }],
  [
    'api-access-management-missing',
    'a 403 server_error',
    {
      path: custom('token'),
      status: 403,
      body: oauth('server_error', 'The requested feature is not enabled in this environment.'),
    },
  ],
  [
    'api-access-management-missing',
    'a page with the text of server_error',
    {
      path: custom('authorize'),
      status: 400,
      body: '<p>Error Code: server_error</p><p>The requested feature is not enabled in this environment.</p>',
      headers: html,
    },
  ],
  [
    'custom-scope-at-org-server',
    'invalid_scope with Okta’s text',
    {
      path: org('token'),
      status: 400,
      body: oauth('invalid_scope', 'Custom scopes are not allowed for this request.'),
    },
  ],
  [
    'custom-scope-at-org-server',
    'invalid_scope for a requested custom scope',
    { path: org('token'), status: 400, body: oauth('invalid_scope', 'changed'), scopes: ['orders.read'] },
  ],
  [
    'okta-scope-not-granted',
    'consent_required',
    {
      path: org('token'),
      status: 400,
      body: oauth('consent_required', 'You are not allowed any of the requested scopes.'),
    },
  ],
  [
    'okta-scope-not-granted',
    'invalid_scope for an okta scope',
    { path: org('token'), status: 400, body: oauth('invalid_scope', 'changed') },
  ],
  [
    'scope-unknown',
    'invalid_scope at a custom server',
    {
      path: custom('token'),
      status: 400,
      body: oauth('invalid_scope', 'One or more scopes are not configured for the authorization server resource.'),
    },
  ],
  [
    'policy-refused',
    'access_denied with 400',
    {
      path: custom('token'),
      status: 400,
      body: oauth(
        'access_denied',
        'Policy evaluation failed for this request, please check the policy configurations.',
      ),
    },
  ],
  [
    'policy-refused',
    'access_denied with 401',
    {
      path: custom('token'),
      status: 401,
      body: oauth('access_denied', 'Policy evaluation failed for this request, please check the policy configurations'),
    },
  ],
  [
    'network-zone-refused',
    'access_denied with Okta’s text',
    {
      path: org('token'),
      status: 403,
      body: oauth('access_denied', "The request is made from outside the client's permitted network zones."),
    },
  ],
  [
    'access-refused',
    'access_denied with another text',
    { path: org('token'), status: 403, body: oauth('access_denied', 'no') },
  ],
  [
    'redirect-uri-refused',
    'the error page at authorize',
    { path: org('authorize'), status: 400, body: '<h2>400</h2>', headers: html },
  ],
  [
    'client-unknown',
    'an unknown client at authorize',
    { path: org('authorize'), status: 400, body: "<p>Invalid value for 'client_id' parameter.</p>", headers: html },
  ],
  [
    'client-refused',
    'discovery’s envelope with an OAuth code',
    { path: '/.well-known/openid-configuration', status: 400, body: envelope('invalid_client') },
  ],
  [
    'client-refused',
    'a wrong secret',
    {
      path: custom('introspect'),
      status: 401,
      body: oauth('invalid_client', 'The client secret supplied for a confidential client is invalid.'),
    },
  ],
  [
    'assertion-refused',
    'an assertion with the wrong audience',
    {
      path: org('introspect'),
      status: 401,
      body: oauth(
        'invalid_client',
        'The audience claim for client_assertion must be the endpoint invoked for the request.',
      ),
    },
  ],
  [
    'clock-skew',
    'an assertion from the future',
    {
      path: org('token'),
      status: 401,
      body: oauth('invalid_client', 'The client_assertion token must be issued before the current time.'),
    },
  ],
  [
    'wrong-client-kind',
    'a secret at the Org server',
    {
      path: org('token'),
      status: 401,
      body: oauth(
        'invalid_client',
        'Client Credentials requests to the Org Authorization Server must use the private_key_jwt token_endpoint_auth_method.',
      ),
    },
  ],
  [
    'wrong-client-kind',
    'unauthorized_client',
    { path: custom('token'), status: 400, body: oauth('unauthorized_client') },
  ],
  [
    'dpop-required',
    'a missing DPoP proof',
    { path: org('token'), status: 400, body: oauth('invalid_dpop_proof', 'The DPoP proof JWT header is missing.') },
  ],
  [
    'dpop-proof-refused',
    'a proof without the right nonce',
    { path: custom('token'), status: 400, body: oauth('use_dpop_nonce'), proof: true },
  ],
  [
    'clock-skew',
    'a proof from the future',
    {
      ...{ path: custom('token'), status: 400, proof: true },
      body: oauth('invalid_dpop_proof', 'The DPoP proof JWT is issued in the future.'),
    },
  ],
  [
    'redirect-uri-refused',
    'a pushed redirect URI that is not registered',
    {
      ...{ path: custom('par'), status: 400 },
      body: oauth(
        'invalid_redirect_uri',
        "The 'redirect_uri' parameter must be a Login redirect URI in the client app settings.",
      ),
    },
  ],
  ['client-refused', 'a refused push', { path: org('par'), status: 401, body: '' }],
  [
    'server-not-found',
    'E0000007',
    {
      path: custom('keys'),
      status: 404,
      body: envelope('E0000007', 'Not found: Resource not found: default (AuthorizationServer)'),
    },
  ],
  [
    'server-not-found',
    'an inactive server',
    { path: custom('token'), status: 400, body: oauth('invalid_request', 'The authorization server id is invalid.') },
  ],
  ['inline-hook-failed', 'E0000134', { path: custom('token'), status: 502, body: envelope('E0000134') }],
  ['inline-hook-failed', 'E0000137', { path: custom('token'), status: 504, body: envelope('E0000137') }],
  [
    'api-token-refused',
    'E0000011',
    { path: '/api/v1/users', status: 401, body: envelope('E0000011', 'Invalid token provided') },
  ],
  [
    'api-scope-missing',
    'insufficient_scope in a header without a body',
    { path: '/api/v1/users', status: 403, headers: bearer('insufficient_scope') },
  ],
  [
    'access-token-refused',
    'invalid_token in a header without a body',
    { path: '/api/v1/users', status: 401, headers: bearer('invalid_token') },
  ],
  ['admin-role-missing', 'E0000006', { path: '/api/v1/users', status: 403, body: envelope('E0000006') }],
  [
    'request-refused',
    'an error without a specific rule',
    { path: org('token'), status: 400, body: oauth('invalid_request', 'anything') },
  ],
  ['unrecognised-answer', 'a response in no known format', { path: org('keys'), status: 418, body: 'teapot' }],
];

describe('the rules for error responses', () => {
  it.each(recorded)('reports %s for %s', (code, _, response) => {
    expect(codeOf(response)).toBe(code);
  });

  it.each([
    ['invalid_scope', 'Custom scopes are not allowed for this request.', 'org', 'custom-scope-at-org-server'],
    ['invalid_scope', '', 'default', 'scope-unknown'],
    [
      'access_denied',
      'Policy evaluation failed for this request, please check the policy configurations.',
      'default',
      'policy-refused',
    ],
    ['temporarily_unavailable', '', 'org', 'temporarily-unavailable'],
    ['something_new', '', 'org', 'request-refused'],
  ] as const)('maps the callback error %s with the text "%s" of server %s to %s', (error, description, id, code) => {
    const path = id === 'org' ? org('authorize') : custom('authorize');
    const parameters = new URLSearchParams({ error, error_description: description });
    const exchange = {
      method: 'GET',
      url: `https://acme.okta.com${path}`,
      at: '',
      phases: {},
      status: 302,
      error: parseCallbackError(parameters),
    };
    expect(codeOfAnswer(answerContext(exchange, fullOrg, { id, issuer: '' }))).toBe(code);
  });
});

describe('the rules for transport errors', () => {
  it.each([
    ['ENOTFOUND', 'https://acme.okta.com/', 'dns-not-resolved'],
    ['ECONNREFUSED', 'https://acme.okta.com/', 'connection-refused'],
    ['ECONNRESET', 'https://acme.okta.com/', 'connection-reset'],
    ['UND_ERR_CONNECT_TIMEOUT', 'https://acme.okta.com/', 'connect-timeout'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'https://acme.okta.com/', 'certificate-untrusted'],
    ['CERT_HAS_EXPIRED', 'https://acme.okta.com/', 'certificate-expired'],
    ['CERT_HAS_EXPIRED', 'https://login.acme.com/', 'custom-domain-certificate'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'https://acme.oktapreview.com/', 'certificate-wrong-name'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'https://login.acme.com/', 'custom-domain-certificate'],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'https://acme.okta.com/', 'tls-handshake-failed'],
    ['UND_ERR_HEADERS_TIMEOUT', 'https://acme.okta.com/', 'no-answer'],
    ['UND_ERR_BODY_TIMEOUT', 'https://acme.okta.com/', 'no-answer'],
    ['HPE_INVALID_CONSTANT', 'https://acme.okta.com/', 'malformed-answer'],
    ['ESOMETHINGNEW', 'https://acme.okta.com/', 'unrecognised-failure'],
    ['ERR_PROXY_502', 'https://acme.okta.com/', 'intercepted'],
    ['EMFILE', 'https://acme.okta.com/', 'local-error'],
    ['EADDRNOTAVAIL', 'https://acme.okta.com/', 'local-error'],
  ] as const)('maps the error code %s at %s to %s', (code, url, expected) => {
    expect(codeOfTransport(code, url)).toBe(expected);
  });
});

describe('the table of findings', () => {
  it('defines a summary that is a sentence, causes, a remedy and a verification for every finding', () => {
    for (const { summary, causes, remedy, verify } of Object.values(findings)) {
      expect(summary).toMatch(/^[A-Z].*\.$/);
      expect([...causes, ...remedy, verify].every((text) => textOf(text).length > 5)).toBe(true);
    }
  });
});
