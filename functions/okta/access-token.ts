import { decodeJwt, decodeProtectedHeader } from 'jose';
import type { TokenFacts } from '../model/finding.ts';

/**
 * How far two clocks may be apart. Okta recommends that services tolerate at most two minutes when they validate
 * tokens. Half of that leaves time to act before services reject tokens.
 * https://developer.okta.com/docs/guides/validate-access-tokens/dotnet/main/
 */
export const clockToleranceSeconds = 60;

/** The claims that Okta documents for every access token of a custom server. */
export const documentedClaims = ['ver', 'jti', 'iss', 'aud', 'iat', 'exp', 'cid', 'scp', 'sub'] as const;

/** The members that Okta documents for an active access token (RFC 7662) but that this response lacks. */
export function missingIntrospectionMembers(response: Readonly<Record<string, unknown>>): readonly string[] {
  return ['token_type', 'scope', 'client_id', 'exp', 'iat', 'sub', 'aud', 'iss', 'jti'].filter(
    (member) => response[member] === undefined,
  );
}

/** Whether the token is encrypted (RFC 7516). It then has five parts, and only the resource server can read it. */
export function isEncrypted(token: string): boolean {
  return token.split('.').length === 5;
}

/**
 * The facts about a token that may be shown: algorithm, key, issuer, audience, scopes, times and the names of its
 * claims. Undefined if the text is not a JWT.
 *
 * Trap: nothing here is verified.
 */
export function factsOf(token: string): TokenFacts | undefined {
  try {
    const { alg, kid } = decodeProtectedHeader(token);
    const claims = decodeJwt(token);
    return {
      ...clipped('alg', alg),
      ...clipped('kid', kid),
      ...clipped('issuer', claims.iss),
      ...clipped('audience', [claims.aud ?? []].flat().join(' ') || undefined),
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

function clipped<Name extends string>(name: Name, value: unknown): Partial<Record<Name, string>> {
  return typeof value === 'string' ? ({ [name]: value.slice(0, 200) } as Record<Name, string>) : {};
}

function instant<Name extends string>(name: Name, seconds: unknown): Partial<Record<Name, string>> {
  const date = new Date(typeof seconds === 'number' ? seconds * 1000 : Number.NaN);
  return Number.isNaN(date.getTime()) ? {} : ({ [name]: date.toISOString() } as Record<Name, string>);
}
