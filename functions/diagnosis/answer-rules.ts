import { locate } from '../okta/endpoints.ts';
import { limitOwner } from '../okta/rate-limit.ts';
import type { AnswerContext } from './answer-context.ts';
import type { FindingCode } from './finding.ts';

/** Everything that a rule names must hold; of a list, one of its members. A rule with nothing in it always holds. */
interface Rule {
  readonly code: FindingCode;
  readonly status?: readonly number[];
  /** OAuth's `error` or Okta's `errorCode`. */
  readonly error?: readonly string[];
  /** What Okta's catalogue calls the description: only where nothing else tells the causes apart. */
  readonly reason?: readonly string[] | RegExp;
  readonly shape?: readonly string[];
  readonly endpoint?: readonly AnswerContext['endpoint'][];
  readonly kind?: AnswerContext['kind'];
  readonly limit?: ReturnType<typeof limitOwner>;
  readonly asks?: 'custom scopes';
}

const network = /^disallowed_network_zone$/;
const policy = ['no_matching_policy', 'no_scope_allowed', 'scope_denied'];
const wrongClient =
  /^(unsupported_auth_method_client_creds|invalid_application_type_client_credentials|org_authorization_server_only_client)/;
const api = ['users'] as const;

/**
 * What an error answer means: the first rule that holds.
 *
 * They go by Okta's codes, by status and by where it was; by a description's reason only where Okta tells causes apart
 * in no other way, and then the general finding of the same error comes after.
 *
 * Trap: order matters. A 429 keeps its meaning whatever shape its body has, and one status means different things at
 * the management API and at an authorization server.
 */
export const answerRules: readonly Rule[] = [
  { code: 'too-many-at-once', status: [429], limit: 'concurrency' },
  { code: 'client-rate-limited', status: [429], limit: 'client' },
  { code: 'rate-limit-exhausted', status: [429] },
  { code: 'inline-hook-failed', error: ['E0000134', 'E0000135', 'E0000137'] },
  { code: 'inline-hook-failed', error: ['server_error'], reason: ['callback_returned_error'] },
  { code: 'read-only-mode', error: ['E0000010'] },
  { code: 'api-access-management-missing', error: ['E0000015'] },
  { code: 'api-access-management-missing', reason: ['feature_not_enabled'] },
  { code: 'internal-error', error: ['E0000009'] },
  { code: 'temporarily-unavailable', error: ['temporarily_unavailable', 'server_error'] },
  { code: 'gateway-error', status: [502, 503, 504] },
  { code: 'internal-error', status: [500] },
  { code: 'server-not-found', kind: 'custom', error: ['E0000007'] },
  { code: 'server-not-found', kind: 'custom', reason: ['invalid_authorization_server'] },
  { code: 'dpop-required', error: ['invalid_dpop_proof', 'use_dpop_nonce'] },
  { code: 'dpop-required', reason: ['dpop_proof_required_for_token'] },
  { code: 'api-scope-missing', endpoint: api, error: ['insufficient_scope'] },
  { code: 'access-token-refused', endpoint: api, error: ['invalid_token'] },
  { code: 'admin-role-missing', endpoint: api, error: ['E0000006'] },
  { code: 'api-token-refused', endpoint: api, status: [401] },
  { code: 'access-refused', endpoint: api, status: [403] },
  { code: 'wrong-client-kind', reason: wrongClient },
  { code: 'wrong-client-kind', error: ['unauthorized_client'] },
  { code: 'clock-skew', error: ['invalid_client'], reason: ['client_assertion_issued_at_in_future'] },
  { code: 'assertion-refused', error: ['invalid_client'], reason: /^client_assertion_/ },
  { code: 'client-refused', error: ['invalid_client'] },
  { code: 'client-refused', reason: ['invalid_client_id'] },
  { code: 'custom-scope-at-org-server', kind: 'org', error: ['invalid_scope'], reason: ['illegal_custom_scope'] },
  { code: 'custom-scope-at-org-server', kind: 'org', error: ['invalid_scope'], asks: 'custom scopes' },
  { code: 'okta-scope-not-granted', kind: 'org', error: ['invalid_scope', 'consent_required'] },
  { code: 'scope-unknown', error: ['invalid_scope'] },
  { code: 'network-zone-refused', error: ['access_denied'], reason: network },
  { code: 'policy-refused', error: ['access_denied'], reason: policy },
  // Of client credentials at a custom server Okta denies nothing but by policy with these; a zone answers 403.
  { code: 'policy-refused', kind: 'custom', endpoint: ['token'], status: [400, 401], error: ['access_denied'] },
  { code: 'access-refused', error: ['access_denied'] },
  { code: 'redirect-uri-refused', endpoint: ['authorize'], shape: ['html'], status: [400, 401, 403] },
  { code: 'redirect-uri-refused', reason: ['illegal_redirect_uri'] },
  { code: 'request-refused', shape: ['oauth', 'envelope', 'challenge', 'callback'] },
  { code: 'unexpected-page', shape: ['html'] },
  { code: 'unrecognised-answer' },
];

/** What an error answer means. There is always an answer: what no rule knows is unrecognised. */
export function codeOfAnswer(evidence: AnswerContext): FindingCode {
  return answerRules.find((rule) => holds(rule, evidence))?.code ?? 'unrecognised-answer';
}

function holds(rule: Rule, { exchange, endpoint, kind, scopes }: AnswerContext): boolean {
  const { error, errorCode, reason, shape } = exchange.error ?? { shape: 'other' };
  const owner = exchange.rateLimit && limitOwner(exchange.rateLimit, locate(exchange.url)?.bucket);
  return (
    (rule.status?.includes(exchange.status ?? 0) ?? true) &&
    (rule.error?.some((each) => each === error || each === errorCode) ?? true) &&
    (rule.reason === undefined || (reason !== undefined && matches(rule.reason, reason))) &&
    (rule.shape?.includes(shape) ?? true) &&
    (rule.endpoint?.includes(endpoint) ?? true) &&
    (rule.kind === undefined || rule.kind === kind) &&
    (rule.limit === undefined || rule.limit === owner) &&
    (rule.asks === undefined || scopes.some(isCustomScope))
  );
}

function matches(wanted: readonly string[] | RegExp, reason: string): boolean {
  return wanted instanceof RegExp ? wanted.test(reason) : wanted.includes(reason);
}

/** What the Org server cannot know: neither Okta's own scopes nor those of OpenID Connect. */
function isCustomScope(scope: string): boolean {
  const standard = ['openid', 'profile', 'email', 'address', 'phone', 'groups', 'offline_access', 'device_sso'];
  return !scope.startsWith('okta.') && !standard.includes(scope);
}
