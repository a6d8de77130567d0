import { createHash } from 'node:crypto';
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose';
import type { Problem } from '../findings/probe-failure.ts';
import { expectJson, ProbeFailure } from '../findings/probe-failure.ts';
import type { Server } from '../model/org.ts';
import { defineProbe, type KeySet, type Session, type UserTokens } from '../model/probe.ts';
import { clockToleranceSeconds, factsOf, shownValue, timeProblem } from '../okta/access-token.ts';
import { endpointUrl } from '../okta/endpoints.ts';
import { parseKeySet, signingKeyIds } from '../okta/key-set.ts';
import { algorithm, missingClaim, signatureProblem } from './verify.ts';

/** The claims that Okta puts into each ID token. https://developer.okta.com/docs/api/openapi/okta-oauth/guides/overview/ */
const documentedClaims = ['sub', 'ver', 'iat', 'exp', 'jti', 'amr', 'idp', 'auth_time'];

/**
 * Judges the ID token as an application does: signature, issuer, audience, nonce, the hash of the access token, times, how
 * and when the user authenticated, and the claims that applications identify a user by (OpenID Connect Core 1.0, 3.1.3.7).
 *
 * Trap: the values of its claims are personal. Only names are shown, and the values that the monitor itself sent.
 */
export const idToken = defineProbe({
  id: 'id-token',
  question: 'Would an application accept the ID token?',
  group: 'journey',
  scope: 'server',
  requires: ['user', 'web'],
  inputs: ['session', 'userTokens'],
  provides: 'idToken',
  requests: ['keys'],
  timed: false,
  metrics: {},
  async run({ org, server, now, fetch, inputs: { session, userTokens } }) {
    const fetchKeys = async () => {
      const keys = parseKeySet(await expectJson(await fetch(endpointUrl(org.domain, server, 'keys'))));
      if (!keys) throw new ProbeFailure('keys-unusable', 'the key set is malformed');
      return keys;
    };
    // The keys may have been rotated after the answer was cached. Applications fetch them once more, so the probe does too.
    const published = await fetchKeys();
    const keys = hasKeyOf(userTokens.id, published) ? published : await fetchKeys();
    const fail = ({ code, detail, comparisons = [] }: Problem): never => {
      const token = factsOf(userTokens.id);
      throw new ProbeFailure(code, { detail, comparisons, ...(token && { token }) });
    };
    try {
      const { payload } = await jwtVerify(userTokens.id, createLocalJWKSet(keys as unknown as JSONWebKeySet), {
        algorithms: [algorithm],
        clockTolerance: clockToleranceSeconds,
        currentDate: new Date(now()),
      });
      const problem = problemOf(payload, server, session, userTokens, now() / 1000);
      if (problem) fail(problem);
    } catch (error) {
      if (error instanceof ProbeFailure) throw error;
      if (error instanceof errors.JWTExpired || error instanceof errors.JWTClaimValidationFailed)
        fail(
          timeProblem(error.payload, now() / 1000, userTokens.access.clockOffsetSeconds) ?? {
            ...{ code: 'claim-missing', detail: `"${error.claim}" is missing or has an unexpected value` },
            comparisons: [missingClaim(error.claim)],
          },
        );
      if (error instanceof errors.JOSEError) fail(signatureProblem(error.code, { value: userTokens.id }, keys));
      fail({ code: 'keys-unusable', detail: 'the key named in the ID token cannot be used' });
    }
    return { readings: {}, provides: { idToken: { server: server.id, value: userTokens.id } } };
  },
});

function hasKeyOf(token: string, keys: KeySet): boolean {
  const { kid } = factsOf(token) ?? {};
  return kid === undefined || signingKeyIds(keys).includes(kid);
}

/** Returns the problem of an ID token with a valid signature, if there is one. */
function problemOf(
  claims: JWTPayload,
  { issuer, web, expects }: Server,
  session: Session,
  { access, nonce }: UserTokens,
  now: number,
): Problem | undefined {
  const clientId = web?.clientId ?? '';
  if (claims.iss !== issuer) return mismatch('issuer-mismatch', 'iss', issuer, shownValue(claims.iss));
  if (![claims.aud].flat().includes(clientId))
    return mismatch('audience-mismatch', 'aud', clientId, shownValue(claims.aud));
  if (claims.nonce !== nonce)
    return mismatch(
      'nonce-mismatch',
      'nonce',
      'the one that was sent',
      claims.nonce === undefined ? 'missing' : 'another one',
    );
  // The left half of the hash of the access token that came with it (3.1.3.6).
  const hash = createHash('sha256').update(access.value).digest().subarray(0, 16).toString('base64url');
  if (claims.at_hash !== undefined && claims.at_hash !== hash)
    return mismatch('access-token-hash-mismatch', 'at_hash', 'that of the access token', 'another one');
  const times = timeProblem(claims, now, access.clockOffsetSeconds);
  if (times) return times;
  const missing = documentedClaims.filter((name) => claims[name] === undefined);
  if (missing.length > 0)
    return { code: 'claim-missing', detail: `missing: ${missing.join(', ')}`, comparisons: missing.map(missingClaim) };
  const { auth_time, amr } = claims;
  if (typeof auth_time !== 'number' || auth_time < session.startedAt - clockToleranceSeconds)
    return mismatch('authentication-stale', 'auth_time', 'not before this sign-in', 'before it');
  const used = session.methods.filter((method) => !(Array.isArray(amr) && amr.includes(method)));
  if (used.length > 0) return mismatch('authentication-mismatch', 'amr', session.methods.join(' '), shownValue(amr));
  const lacking = (expects?.idToken ?? []).filter((name) => claims[name] === undefined || claims[name] === null);
  if (lacking.length > 0)
    return {
      ...{ code: 'id-token-claim-missing', detail: `missing: ${lacking.join(', ')}` },
      comparisons: lacking.map(missingClaim),
    };
  return undefined;
}

function mismatch(code: Problem['code'], name: string, expected: string, found: string): Problem {
  return {
    code,
    detail: `"${name}" in the ID token is not as expected`,
    comparisons: [{ name: `${name} in the ID token`, expected, found }],
  };
}
