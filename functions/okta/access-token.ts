import type { Server } from '../model/org.ts';

/** The claims that Okta puts into every access token of a custom server. */
const promisedClaims = ['ver', 'jti', 'iss', 'aud', 'iat', 'exp', 'cid', 'scp', 'sub'] as const;

/** What is wrong with a token whose signature, issuer, audience and times are right. */
export type ClaimProblem =
  | { readonly kind: 'claim-missing'; readonly claims: readonly string[] }
  | { readonly kind: 'scope-missing'; readonly scopes: readonly string[] }
  | { readonly kind: 'client-mismatch' };

/**
 * Judges the claims of a custom server's access token, whose signature has been verified.
 *
 * Trap: `scp` is a list, where RFC 9068's `scope` is text. An Org server's token is opaque to everyone but Okta and
 * must never come here.
 */
export function assessClaims(
  claims: Readonly<Record<string, unknown>>,
  service: NonNullable<Server['service']>,
): ClaimProblem | undefined {
  const missing = promisedClaims.filter((claim) => claims[claim] === undefined);
  if (missing.length > 0) return { kind: 'claim-missing', claims: missing };
  const granted = Array.isArray(claims.scp) ? claims.scp : [];
  const ungranted = service.scopes.filter((scope) => !granted.includes(scope));
  if (ungranted.length > 0) return { kind: 'scope-missing', scopes: ungranted };
  return claims.cid === service.clientId ? undefined : { kind: 'client-mismatch' };
}

/** The members that Okta promises of an active access token (RFC 7662), of which these are missing. */
export function missingIntrospectionMembers(answer: Readonly<Record<string, unknown>>): readonly string[] {
  return ['token_type', 'scope', 'client_id', 'exp', 'iat', 'sub', 'aud', 'iss', 'jti'].filter(
    (member) => answer[member] === undefined,
  );
}
