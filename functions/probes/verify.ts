import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose';
import type { Problem } from '../findings/probe-failure.ts';
import { expectJson, ProbeFailure } from '../findings/probe-failure.ts';
import type { Comparison } from '../model/finding.ts';
import type { Server } from '../model/org.ts';
import { type AccessToken, defineProbe, type KeySet } from '../model/probe.ts';
import {
  clockToleranceSeconds,
  confirmationProblem,
  documentedClaims,
  factsOf,
  isEncrypted,
  lifetimeProblem,
  promisedLifetimeProblem,
  scopeProblem,
  shownValue,
  timeProblem,
} from '../okta/access-token.ts';
import { endpointUrl } from '../okta/endpoints.ts';
import { parseKeySet, signingKeyIds } from '../okta/key-set.ts';

/**
 * Validates the token as a service would: signature, issuer, audience, times, scopes and claims, with the key set that
 * the same run fetched (RFC 7519, RFC 9068).
 *
 * Trap: for custom servers only. The Org server does not publish the keys of its access tokens.
 * https://developer.okta.com/docs/guides/validate-access-tokens/dotnet/main/
 */
export const verify = defineProbe({
  id: 'verify',
  question: 'Would a service accept the new token?',
  group: 'flows',
  scope: 'custom-server',
  requires: ['service'],
  inputs: ['token', 'keys'],
  requests: [],
  timed: false,
  metrics: {},
  async run({ org, server, now, fetch, inputs: { token, keys } }) {
    if (isEncrypted(token.value))
      return { readings: {}, notes: ['not verified: the token is encrypted, so only the resource server can read it'] };
    const verifyWith = (current: KeySet) => verifyToken(token, current, server, new Date(now()));
    try {
      await verifyWith(keys);
    } catch (error) {
      if (!(error instanceof ProbeFailure) || error.code !== 'signing-key-unpublished') throw error;
      // The keys may have been rotated after the key set was fetched. Services refetch it once, so the probe does too.
      const refetched = parseKeySet(await expectJson(await fetch(endpointUrl(org.domain, server, 'keys'))));
      await verifyWith(refetched ?? keys);
    }
    return { readings: {} };
  },
});

async function verifyToken(token: AccessToken, keys: KeySet, server: Server, currentDate: Date): Promise<void> {
  const fail = ({ code, detail, comparisons = [] }: Problem): never => {
    const facts = factsOf(token.value);
    throw new ProbeFailure(code, { detail, comparisons, ...(facts && { token: facts }) });
  };
  const now = currentDate.getTime() / 1000;
  try {
    const { payload } = await jwtVerify(token.value, createLocalJWKSet(keys as unknown as JSONWebKeySet), {
      issuer: server.issuer,
      algorithms: [algorithm],
      clockTolerance: clockToleranceSeconds,
      currentDate,
      ...(server.audience !== undefined && { audience: server.audience }),
    });
    const problem = timeProblem(payload, now, token.clockOffsetSeconds) ?? assess(payload, server, token);
    if (problem) fail(problem);
  } catch (error) {
    if (error instanceof ProbeFailure) throw error;
    if (error instanceof errors.JWTExpired || error instanceof errors.JWTClaimValidationFailed)
      fail(claimProblem(error, token, server, now));
    if (error instanceof errors.JOSEError) fail(signatureProblem(error.code, token, keys));
    // Web Crypto throws other errors for an invalid key.
    fail({ code: 'keys-unusable', detail: 'the key named in the token cannot be used' });
  }
}

/** Okta signs access tokens with this and nothing else. */
export const algorithm = 'RS256';

/** The problem of a claim that failed its validation. */
function claimProblem(
  { claim, payload }: errors.JWTExpired | errors.JWTClaimValidationFailed,
  { clockOffsetSeconds }: AccessToken,
  { issuer, audience = '' }: Server,
  now: number,
): Problem {
  const times = timeProblem(payload, now, clockOffsetSeconds);
  if (times && (claim === 'exp' || claim === 'nbf')) return times;
  const detail = `"${claim}" is missing or has an unexpected value`;
  const compare = (expected: string, value: unknown) => [{ name: claim, expected, found: shownValue(value) }];
  if (claim === 'iss') return { code: 'issuer-mismatch', detail, comparisons: compare(issuer, payload.iss) };
  if (claim === 'aud') return { code: 'audience-mismatch', detail, comparisons: compare(audience, payload.aud) };
  return { code: 'claim-missing', detail, comparisons: [missingClaim(claim)] };
}

/** The problem of a token whose signature could not be verified, by jose's code. */
export function signatureProblem(code: string, { value }: Pick<AccessToken, 'value'>, keys: KeySet): Problem {
  const { alg = 'none', kid = 'none' } = factsOf(value) ?? {};
  const published = signingKeyIds(keys).map(shownValue).join(' ').slice(0, 300) || 'none';
  const keyIds = [{ name: 'key id', expected: `one of the published: ${published}`, found: kid }];
  switch (code) {
    case 'ERR_JWKS_NO_MATCHING_KEY':
      return { code: 'signing-key-unpublished', detail: code, comparisons: keyIds };
    case 'ERR_JWKS_MULTIPLE_MATCHING_KEYS':
      return { code: 'keys-unusable', detail: code, comparisons: keyIds };
    case 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED':
      return { code: 'signature-invalid', detail: code, comparisons: keyIds };
    case 'ERR_JOSE_ALG_NOT_ALLOWED':
      return {
        ...{ code: 'algorithm-unexpected', detail: `"alg" is ${alg}` },
        comparisons: [{ name: 'algorithm', expected: algorithm, found: alg }],
      };
    default:
      return { code: 'malformed-answer', detail: code };
  }
}

/** The problem, if any, of a token whose signature, issuer, audience and times are valid. */
function assess(
  claims: JWTPayload,
  { service, expects }: Server,
  token: Pick<AccessToken, 'proofKey' | 'expiresInSeconds'>,
): Problem | undefined {
  const { iat, exp, scp, cid } = claims;
  const missing = [...documentedClaims, ...(expects?.claims ?? [])].filter((claim) => claims[claim] === undefined);
  if (missing.length > 0)
    return { code: 'claim-missing', detail: `missing: ${missing.join(', ')}`, comparisons: missing.map(missingClaim) };
  const misbound = confirmationProblem(claims.cnf, token);
  if (misbound) return misbound;
  const ungranted = scopeProblem(service?.scopes ?? [], Array.isArray(scp) ? scp : []);
  if (ungranted) return ungranted;
  if (service && cid !== service.clientId) {
    const comparisons = [{ name: 'client id', expected: service.clientId, found: shownValue(cid) }];
    return { code: 'malformed-answer', detail: '"cid" is not the client that requested the token', comparisons };
  }
  const seconds = (exp ?? 0) - (iat ?? 0);
  return (
    promisedLifetimeProblem(seconds, token.expiresInSeconds) ?? lifetimeProblem(seconds, expects?.minLifetimeSeconds)
  );
}

/** A claim's value may be personal, so only whether it is there is shown. */
export function missingClaim(claim: string): Comparison {
  return { name: `claim ${claim}`, expected: 'present', found: 'missing' };
}
