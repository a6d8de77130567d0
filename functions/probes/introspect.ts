import { decodeJwt } from 'jose';
import type { Problem } from '../findings/probe-failure.ts';
import { ProbeFailure } from '../findings/probe-failure.ts';
import { kindOf, type Server } from '../model/org.ts';
import { type AccessToken, defineProbe } from '../model/probe.ts';
import {
  confirmationProblem,
  expectedType,
  missingIntrospectionMembers,
  scopeProblem,
  shownValue,
  timeProblem,
} from '../okta/access-token.ts';
import { isSameUrl } from '../okta/discovery.ts';

/**
 * Checks that the server reports the token it just issued as active (RFC 7662). For the Org server, introspection is
 * the only way to validate a token.
 *
 * Trap: introspect at the server that issued the token. Every other server reports it as inactive.
 */
export const introspect = defineProbe({
  id: 'introspect',
  question: 'Does introspection report the new token as active?',
  group: 'flows',
  scope: 'server',
  requires: ['service'],
  inputs: ['token'],
  requests: ['introspect'],
  timed: false,
  metrics: {},
  async run({ server, now, fetch, credentials, inputs }) {
    const claims = await credentials.introspect(server, inputs.token, fetch);
    if (claims.active !== true) {
      const comparisons = [{ name: 'active', expected: 'true', found: 'false' }];
      throw new ProbeFailure('token-inactive', { comparisons });
    }
    const missing = [
      ...missingIntrospectionMembers(claims),
      ...['iat', 'exp'].filter((name) => claims[name] !== undefined && typeof claims[name] !== 'number'),
    ];
    if (missing.length > 0)
      throw new ProbeFailure('malformed-answer', `the response has no usable ${missing.join(', ')}`);
    const problem =
      assess(claims, server, inputs.token) ?? timeProblem(claims, now() / 1000, inputs.token.clockOffsetSeconds);
    if (problem) throw new ProbeFailure(problem.code, problem);
    return { readings: {} };
  },
});

/** The problem, if any, of an active token: is it the token that was asked about, and would a service accept it? */
function assess(claims: Readonly<Record<string, unknown>>, server: Server, token: AccessToken): Problem | undefined {
  const { issuer, audience, service } = server;
  const mismatch = (code: Problem['code'], name: string, expected: string): Problem => ({
    ...{ code, detail: `"${name}" is not the expected one` },
    comparisons: [{ name: `${name} in introspection`, expected, found: shownValue(claims[name]) }],
  });
  const audiences = [claims.aud].flat();
  // The tokens of the Org server are for Okta alone to read.
  const differing = kindOf(server) === 'custom' ? differingClaim(token.value, claims) : undefined;
  if (differing)
    return {
      ...{ code: 'introspection-mismatch', detail: `"${differing}" is not that of the token` },
      comparisons: [{ name: `${differing} in introspection`, expected: 'that of the token', found: 'another one' }],
    };
  if (service && claims.client_id !== service.clientId)
    return mismatch('introspection-mismatch', 'client_id', service.clientId);
  // Okta documents neither the type nor the key of a bound token here. The token probe judges them in the token response.
  const types = ['Bearer', expectedType(token)];
  if (!types.some((type) => type.toLowerCase() === String(claims.token_type).toLowerCase()))
    return mismatch('introspection-mismatch', 'token_type', expectedType(token));
  const misbound = claims.cnf === undefined ? undefined : confirmationProblem(claims.cnf, token);
  if (misbound) return misbound;
  if (!isSameUrl(claims.iss, issuer)) return mismatch('issuer-mismatch', 'iss', issuer);
  if (audience !== undefined && !audiences.includes(audience)) return mismatch('audience-mismatch', 'aud', audience);
  return scopeProblem(service?.scopes ?? [], String(claims.scope).split(' '));
}

/** A claim that identifies the token, and that introspection reports otherwise. Its value may be personal. */
function differingClaim(token: string, claims: Readonly<Record<string, unknown>>): string | undefined {
  try {
    const own = decodeJwt(token);
    return ['jti', 'sub'].find((name) => own[name] !== undefined && own[name] !== claims[name]);
  } catch {
    // It is encrypted, or no JWT.
    return undefined;
  }
}
