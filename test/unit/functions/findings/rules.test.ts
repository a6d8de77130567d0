import { describe, expect, it } from 'vitest';
import { textOf } from '../../../../functions/findings/definition.ts';
import { type FindingCode, findings } from '../../../../functions/findings/finding.ts';
import { answerContext, codeOfAnswer, codeOfTransport } from '../../../../functions/findings/rules.ts';
import type { Server } from '../../../../functions/model/org.ts';
import { parseCallbackError, parseOktaError } from '../../../../functions/okta/okta-error.ts';
import { parseRateLimit } from '../../../../functions/okta/rate-limit.ts';
import { fullOrg } from '../../../support/full-org.ts';
import { readFixture } from '../../../support/read-fixture.ts';

/** A recorded response, and the finding that it means. */
interface Recorded {
  readonly code: FindingCode;
  readonly what: string;
  readonly path: string;
  readonly status: number;
  readonly body?: string | object;
  readonly headers?: Record<string, string>;
  readonly scopes?: readonly string[];
  /** The request had a proof of possession. */
  readonly proof?: true;
}

const recorded = readFixture<Recorded>('error-answers.jsonl');

function codeOf({
  path,
  status,
  body = '',
  headers = {},
  scopes = ['okta.users.read'],
  proof,
}: Omit<Recorded, 'code'>): FindingCode {
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
describe('the rules for error responses', () => {
  it.each(recorded)('reports $code for $what', ({ code, ...response }) => {
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
