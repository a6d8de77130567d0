import { decodeJwt, decodeProtectedHeader } from 'jose';
import type { TokenFacts } from '../model/finding.ts';

/** The claims that Okta puts into every access token of a custom server. */
export const promisedClaims = ['ver', 'jti', 'iss', 'aud', 'iat', 'exp', 'cid', 'scp', 'sub'] as const;

/** The members that Okta promises of an active access token (RFC 7662), of which these are missing. */
export function missingIntrospectionMembers(answer: Readonly<Record<string, unknown>>): readonly string[] {
  return ['token_type', 'scope', 'client_id', 'exp', 'iat', 'sub', 'aud', 'iss', 'jti'].filter(
    (member) => answer[member] === undefined,
  );
}

/** A server may encrypt its access tokens (RFC 7516): five parts, readable by the resource alone. */
export function isEncrypted(token: string): boolean {
  return token.split('.').length === 5;
}

/**
 * What may be told of a token: how it is signed, for whom, when, and the names of its claims. Undefined for what is no
 * JWT. Trap: nothing of it is verified.
 */
export function factsOf(token: string): TokenFacts | undefined {
  try {
    const { alg, kid } = decodeProtectedHeader(token);
    const claims = decodeJwt(token);
    return {
      ...short('alg', alg),
      ...short('kid', kid),
      ...short('issuer', claims.iss),
      ...short('audience', [claims.aud ?? []].flat().join(' ') || undefined),
      ...(Array.isArray(claims.scp) && { scopes: claims.scp.slice(0, 20).map(name) }),
      ...instant('issuedAt', claims.iat),
      ...instant('expiresAt', claims.exp),
      claimNames: Object.keys(claims).slice(0, 50).map(name),
    };
  } catch {
    return undefined;
  }
}

function name(value: unknown): string {
  return String(value).slice(0, 100);
}

function short<Name extends string>(name: Name, value: unknown): Partial<Record<Name, string>> {
  return typeof value === 'string' ? ({ [name]: value.slice(0, 200) } as Record<Name, string>) : {};
}

function instant<Name extends string>(name: Name, seconds: unknown): Partial<Record<Name, string>> {
  const date = new Date(typeof seconds === 'number' ? seconds * 1000 : Number.NaN);
  return Number.isNaN(date.getTime()) ? {} : ({ [name]: date.toISOString() } as Record<Name, string>);
}
