import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose';
import { expectJson } from '../diagnosis/expect-json.ts';
import type { FindingCode } from '../diagnosis/finding.ts';
import { ProbeFailure } from '../diagnosis/probe-failure.ts';
import type { Server } from '../model/org.ts';
import { type AccessToken, defineProbe, type KeySet } from '../model/probe.ts';
import { clockToleranceSeconds, documentedClaims, factsOf, isEncrypted } from '../okta/access-token.ts';
import { endpointUrl } from '../okta/endpoints.ts';
import { parseKeySet } from '../okta/key-set.ts';

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
  const fail = (code: FindingCode, detail: string): never => {
    const facts = factsOf(token.value);
    throw new ProbeFailure(code, { detail, ...(facts && { token: facts }) });
  };
  const clockIsOff = Math.abs(token.clockOffsetSeconds ?? 0) > clockToleranceSeconds;
  try {
    const { payload } = await jwtVerify(token.value, createLocalJWKSet(keys as unknown as JSONWebKeySet), {
      issuer: server.issuer,
      algorithms: ['RS256'],
      clockTolerance: clockToleranceSeconds,
      currentDate,
      ...(server.audience !== undefined && { audience: server.audience }),
    });
    const problem = assess(payload, server, currentDate.getTime() / 1000);
    if (problem) fail(...problem);
  } catch (error) {
    if (error instanceof errors.JWTExpired) {
      fail(clockIsOff ? 'clock-skew' : 'token-expired', '"exp" is in the past although the token is new');
    }
    if (error instanceof errors.JWTClaimValidationFailed) {
      fail(byClaim[error.claim] ?? 'claim-missing', `"${error.claim}" is missing or has an unexpected value`);
    }
    if (error instanceof errors.JOSEError) fail(byCode[error.code] ?? 'malformed-answer', error.code);
    if (error instanceof ProbeFailure) throw error;
    // Web Crypto throws other errors for an invalid key.
    fail('keys-unusable', 'the key named in the token cannot be used');
  }
}

/** The problem, if any, of a token whose signature, issuer, audience and expiry are valid. */
function assess(claims: JWTPayload, { service, expects }: Server, now: number): [FindingCode, string] | undefined {
  const { iat, exp, scp, cid } = claims;
  if (iat !== undefined && iat - now > clockToleranceSeconds) return ['clock-skew', '"iat" is in the future'];
  const missing = [...documentedClaims, ...(expects?.claims ?? [])].filter((claim) => claims[claim] === undefined);
  if (missing.length > 0) return ['claim-missing', `missing: ${missing.join(', ')}`];
  const granted = Array.isArray(scp) ? scp : [];
  const ungranted = (service?.scopes ?? []).filter((scope) => !granted.includes(scope));
  if (ungranted.length > 0) return ['scope-missing', `"scp" lacks ${ungranted.join(' ')}`];
  if (service && cid !== service.clientId)
    return ['malformed-answer', '"cid" is not the client that requested the token'];
  const lifetime = (exp ?? 0) - (iat ?? 0);
  const { minLifetimeSeconds = 0 } = expects ?? {};
  return lifetime < minLifetimeSeconds
    ? ['token-lifetime-short', `it is valid for ${lifetime} s, the configured minimum is ${minLifetimeSeconds} s`]
    : undefined;
}

const byClaim: Readonly<Record<string, FindingCode>> = {
  iss: 'issuer-mismatch',
  aud: 'audience-mismatch',
  nbf: 'clock-skew',
};

const byCode: Readonly<Record<string, FindingCode>> = {
  ERR_JWKS_NO_MATCHING_KEY: 'signing-key-unpublished',
  ERR_JWKS_MULTIPLE_MATCHING_KEYS: 'keys-unusable',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'signature-invalid',
};
