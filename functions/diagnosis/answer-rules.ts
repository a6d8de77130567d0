import type { Exchange } from '../model/exchange.ts';
import { bucketOfUrl } from '../okta/endpoints.ts';
import { limitOwner } from '../okta/rate-limit.ts';
import type { FindingCode } from './findings.ts';

interface Rule {
  readonly code: FindingCode;
  readonly when: (exchange: Exchange) => boolean;
}

const is =
  (...codes: string[]) =>
  ({ error: { error, errorCode } = {} as NonNullable<Exchange['error']> }: Exchange) =>
    codes.some((code) => code === error || code === errorCode);
const at = (path: RegExp) => (exchange: Exchange) => path.test(new URL(exchange.url).pathname);
const status =
  (...statuses: number[]) =>
  (exchange: Exchange) =>
    statuses.includes(exchange.status ?? 0);
const all =
  (...conditions: Rule['when'][]) =>
  (exchange: Exchange) =>
    conditions.every((condition) => condition(exchange));
const limitOf = (owner: ReturnType<typeof limitOwner>) => (exchange: Exchange) =>
  exchange.rateLimit !== undefined && limitOwner(exchange.rateLimit, bucketOfUrl(exchange.url)) === owner;

const managementApi = at(/^\/api\/v1\//);

/**
 * What an error answer means, the first rule that holds. They go by Okta's codes and by status, never by prose.
 *
 * Trap: order matters. A 429 keeps its meaning whatever shape its body has, and the same status means different
 * things at the management API and at an authorization server.
 */
export const answerRules: readonly Rule[] = [
  { code: 'too-many-at-once', when: all(status(429), limitOf('concurrency')) },
  { code: 'client-rate-limited', when: all(status(429), limitOf('client')) },
  { code: 'rate-limit-exhausted', when: status(429) },
  { code: 'read-only-mode', when: is('E0000010') },
  { code: 'internal-error', when: is('E0000009') },
  { code: 'temporarily-unavailable', when: is('temporarily_unavailable', 'server_error') },
  { code: 'gateway-error', when: status(502, 503, 504) },
  { code: 'internal-error', when: (exchange) => (exchange.status ?? 0) >= 500 },
  { code: 'api-access-management-missing', when: is('E0000015') },
  { code: 'server-not-found', when: is('E0000007') },
  { code: 'api-token-refused', when: all(managementApi, status(401)) },
  { code: 'permission-missing', when: all(managementApi, status(403)) },
  { code: 'client-refused', when: is('invalid_client', 'unauthorized_client') },
  { code: 'scope-refused', when: is('invalid_scope', 'consent_required') },
  { code: 'policy-refused', when: is('access_denied') },
  { code: 'redirect-uri-refused', when: all(at(/\/v1\/authorize$/), status(400, 401, 403)) },
  { code: 'request-refused', when: ({ error }) => error?.error !== undefined || error?.errorCode !== undefined },
  { code: 'page-instead-of-json', when: ({ error }) => error?.shape === 'html' },
];

/** The OAuth errors that a callback may carry, where no status and no path can help. */
const callbackErrors: Readonly<Record<string, FindingCode>> = {
  invalid_scope: 'scope-refused',
  consent_required: 'scope-refused',
  access_denied: 'policy-refused',
  server_error: 'temporarily-unavailable',
  temporarily_unavailable: 'temporarily-unavailable',
  invalid_client: 'client-refused',
  unauthorized_client: 'client-refused',
};

/** What an error at the callback means. Without one, somebody was let in without being asked. */
export function codeOfCallback(error: string | null): FindingCode {
  return error === null ? 'unrecognised-answer' : (callbackErrors[error] ?? 'request-refused');
}
