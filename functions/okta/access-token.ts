import { decodeJwt, decodeProtectedHeader } from 'jose';
import type { Comparison, TokenFacts } from '../model/finding.ts';
import type { AccessToken } from '../model/probe.ts';

/**
 * How far two clocks may be apart. Okta recommends that services tolerate at most two minutes when they validate
 * tokens. Half of that leaves time to act before services reject tokens.
 * https://developer.okta.com/docs/guides/validate-access-tokens/dotnet/main/
 */
export const clockToleranceSeconds = 60;

/** How old a token may be that was requested in this run: the longest run, and the clocks' tolerance. */
const freshSeconds = 60 + clockToleranceSeconds;

/** The claims that Okta documents for every access token of a custom server. */
export const documentedClaims = ['ver', 'jti', 'iss', 'aud', 'iat', 'exp', 'cid', 'scp', 'sub'] as const;

/** A setting or a claim with an unexpected value: the code of its finding, a description, and the expected value. */
export interface Mismatch<Code extends string> {
  readonly code: Code;
  readonly detail: string;
  readonly comparisons?: readonly Comparison[];
}

/**
 * Returns the problem of the times of a token that was issued a moment ago, if there is one.
 *
 * Trap: `now` must be our clock. If the server's `Date` differs from it, the clocks are to blame and not the token.
 */
export function timeProblem(
  { iat, exp, nbf }: Readonly<Record<string, unknown>>,
  now: number,
  clockOffsetSeconds = 0,
): Mismatch<'clock-skew' | 'token-expired' | 'token-not-fresh'> | undefined {
  const clocksDiffer = Math.abs(clockOffsetSeconds) > clockToleranceSeconds;
  const compare = (name: string, seconds: number, expected: string): readonly Comparison[] => [
    { name, expected, found: instant('at', seconds).at ?? 'no date' },
  ];
  const isDeadAtBirth = typeof exp === 'number' && typeof iat === 'number' && exp <= iat;
  if (isDeadAtBirth)
    return {
      ...{ code: 'token-expired', detail: '"exp" is not after "iat"' },
      comparisons: compare('exp', exp, 'after iat'),
    };
  if (typeof exp === 'number' && exp <= now - clockToleranceSeconds) {
    const detail = '"exp" is in the past although the token is new';
    return {
      code: clocksDiffer ? 'clock-skew' : 'token-expired',
      detail,
      comparisons: compare('exp', exp, 'in the future'),
    };
  }
  for (const [name, value] of [
    ['iat', iat],
    ['nbf', nbf],
  ] as const) {
    if (typeof value === 'number' && value - now > clockToleranceSeconds)
      return {
        code: 'clock-skew',
        detail: `"${name}" is in the future`,
        comparisons: compare(name, value, 'not in the future'),
      };
  }
  if (typeof iat === 'number' && now - iat > freshSeconds) {
    const detail = `"iat" is ${Math.round(now - iat)} s in the past although the token is new`;
    return {
      code: clocksDiffer ? 'clock-skew' : 'token-not-fresh',
      detail,
      comparisons: compare('iat', iat, 'a moment ago'),
    };
  }
  return undefined;
}

/** A value as it may be shown: an identifier or an address, and nothing that may be personal. */
export function shownValue(value: unknown): string {
  if (value === undefined) return 'missing';
  const parts = [value].flat();
  // JSON may hold an object whose conversion to text throws.
  const text = parts.some((part) => Object(part) === part) ? '' : parts.join(' ');
  return /^[\w.:/ -]{1,200}$/.test(text) ? text : 'not shown';
}

/**
 * The scopes that were requested and not granted, if any. Of those that were granted, only requested ones are shown: the
 * others could be any text.
 */
export function scopeProblem(
  requested: readonly string[],
  granted: readonly unknown[],
): Mismatch<'scope-missing'> | undefined {
  const ungranted = requested.filter((scope) => !granted.includes(scope));
  if (ungranted.length === 0) return undefined;
  const found = requested.filter((scope) => granted.includes(scope)).join(' ') || 'none of them';
  return {
    ...{ code: 'scope-missing', detail: `not granted: ${ungranted.join(' ')}` },
    comparisons: [{ name: 'scopes', expected: requested.join(' '), found }],
  };
}

/** Returns the problem of a token's lifetime in seconds, if there is one. */
export function lifetimeProblem(seconds: number, minimumSeconds = 0): Mismatch<'token-lifetime-short'> | undefined {
  if (seconds >= minimumSeconds) return undefined;
  return {
    code: 'token-lifetime-short',
    detail: `it is valid for ${seconds} s, the configured minimum is ${minimumSeconds} s`,
    comparisons: [{ name: 'lifetime', expected: `at least ${minimumSeconds} s`, found: `${seconds} s` }],
  };
}

/** Returns the problem of a token that lives shorter than `expires_in` says, by which applications renew it (RFC 6749, 5.1). */
export function promisedLifetimeProblem(
  seconds: number,
  promisedSeconds: number | undefined,
): Mismatch<'token-lifetime-short'> | undefined {
  if (promisedSeconds === undefined || seconds >= promisedSeconds - clockToleranceSeconds) return undefined;
  return {
    code: 'token-lifetime-short',
    detail: `it is valid for ${seconds} s, and "expires_in" promises ${promisedSeconds} s`,
    comparisons: [{ name: 'lifetime', expected: `${promisedSeconds} s, as expires_in says`, found: `${seconds} s` }],
  };
}

/** The `token_type` that must come with a token, as Okta spells it. */
export function expectedType({ proofKey }: Pick<AccessToken, 'proofKey'>): 'DPoP' | 'Bearer' {
  return proofKey ? 'DPoP' : 'Bearer';
}

const knownTypes: Readonly<Record<string, string>> = { bearer: 'Bearer', dpop: 'DPoP' };

/** Returns the problem of a token's type, if there is one (RFC 6749, 7.1; RFC 9449, 5). */
export function bindingProblem(token: AccessToken): Mismatch<'token-not-bound' | 'unexpected-token-type'> | undefined {
  const { type, proofKey } = token;
  const expected = expectedType(token);
  if (type.toLowerCase() === expected.toLowerCase()) return undefined;
  return {
    ...{ code: proofKey ? 'token-not-bound' : 'unexpected-token-type', detail: `"token_type" is not ${expected}` },
    // It comes from the other side, so only a known one is shown.
    comparisons: [{ name: 'token type', expected, found: knownTypes[type.toLowerCase()] ?? 'another one' }],
  };
}

/** Returns the problem of the key that a token names, if there is one (`cnf.jkt`; RFC 9449, 6). */
export function confirmationProblem(
  confirmation: unknown,
  { proofKey }: Pick<AccessToken, 'proofKey'>,
): Mismatch<'token-not-bound' | 'token-bound-elsewhere'> | undefined {
  if (!proofKey) return undefined;
  const { jkt } = Object(confirmation) as { readonly jkt?: unknown };
  if (jkt === proofKey.thumbprint) return undefined;
  return {
    ...{ code: jkt === undefined ? 'token-not-bound' : 'token-bound-elsewhere', detail: '"cnf.jkt" is not our key' },
    comparisons: [{ name: 'cnf.jkt', expected: proofKey.thumbprint, found: shownValue(jkt) }],
  };
}

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
      ...shown('alg', alg),
      ...shown('kid', kid),
      ...shown('issuer', claims.iss),
      ...shown('audience', claims.aud),
      ...(Array.isArray(claims.scp) && { scopes: claims.scp.slice(0, 20).map(shownValue) }),
      ...instant('issuedAt', claims.iat),
      ...instant('expiresAt', claims.exp),
      claimNames: Object.keys(claims).slice(0, 50).map(shownValue),
    };
  } catch {
    return undefined;
  }
}

function shown<Name extends string>(name: Name, value: unknown): Partial<Record<Name, string>> {
  return value === undefined ? {} : ({ [name]: shownValue(value) } as Record<Name, string>);
}

function instant<Name extends string>(name: Name, seconds: unknown): Partial<Record<Name, string>> {
  const date = new Date(typeof seconds === 'number' ? seconds * 1000 : Number.NaN);
  return Number.isNaN(date.getTime()) ? {} : ({ [name]: date.toISOString() } as Record<Name, string>);
}
