import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose';
import { expectJson } from '../diagnosis/expect-json.ts';
import type { FindingCode } from '../diagnosis/finding.ts';
import { ProbeFailure } from '../diagnosis/probe-failure.ts';
import type { Server } from '../model/org.ts';
import { type AccessToken, defineProbe, type KeySet } from '../model/probe.ts';
import { factsOf, isEncrypted, promisedClaims } from '../okta/access-token.ts';
import { clockToleranceSeconds } from '../okta/clock.ts';
import { endpointUrl } from '../okta/endpoints.ts';
import { parseKeySet } from '../okta/key-set.ts';

/**
 * Would a service accept the token? Its signature, issuer, audience, times, scopes and claims, against the key set
 * that the same run fetched (RFC 7519, RFC 9068).
 *
 * Trap: only for custom servers. The Org server does not publish the keys of its access tokens.
 * https://developer.okta.com/docs/guides/validate-access-tokens/dotnet/main/
 */
export const verify = defineProbe({
  id: 'verify',
  question: 'Does the fresh token verify, as a service would check it?',
  group: 'flows',
  scope: 'custom-server',
  requires: ['service'],
  inputs: ['token', 'keys'],
  requests: [],
  timed: false,
  metrics: {},
  async run({ org, server, now, fetch, inputs: { token, keys } }) {
    if (isEncrypted(token.value)) return { readings: {}, notes: ['encrypted: only the resource can verify it'] };
    const judge = (current: KeySet) => verifyToken(token, current, server, new Date(now()));
    try {
      await judge(keys);
    } catch (error) {
      if (!(error instanceof ProbeFailure) || error.code !== 'signing-key-unpublished') throw error;
      // The set may have been fetched just before a rotation: services fetch it again once, and so do we.
      const again = parseKeySet(await expectJson(await fetch(endpointUrl(org.domain, server, 'keys'))));
      await judge(again ?? keys);
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
      fail(clockIsOff ? 'clock-skew' : 'token-expired', '"exp" has passed although the token is fresh');
    }
    if (error instanceof errors.JWTClaimValidationFailed) {
      fail(byClaim[error.claim] ?? 'claim-missing', `"${error.claim}" is not what it must be`);
    }
    if (error instanceof errors.JOSEError) fail(byCode[error.code] ?? 'malformed-answer', error.code);
    if (error instanceof ProbeFailure) throw error;
    // Web Crypto throws errors of its own for a key that is no key.
    fail('keys-unusable', 'the key that the token names cannot be used');
  }
}

/** What is wrong with a token whose signature, issuer, audience and expiry are right. */
function assess(claims: JWTPayload, { service, expects }: Server, now: number): [FindingCode, string] | undefined {
  const { iat, exp, scp, cid } = claims;
  if (iat !== undefined && iat - now > clockToleranceSeconds) return ['clock-skew', '"iat" lies in the future'];
  const missing = [...promisedClaims, ...(expects?.claims ?? [])].filter((claim) => claims[claim] === undefined);
  if (missing.length > 0) return ['claim-missing', missing.join(', ')];
  const granted = Array.isArray(scp) ? scp : [];
  const ungranted = (service?.scopes ?? []).filter((scope) => !granted.includes(scope));
  if (ungranted.length > 0) return ['scope-missing', `"scp" lacks ${ungranted.join(' ')}`];
  if (service && cid !== service.clientId) return ['malformed-answer', '"cid" is another client'];
  const lifetime = (exp ?? 0) - (iat ?? 0);
  const { minLifetimeSeconds = 0 } = expects ?? {};
  return lifetime < minLifetimeSeconds
    ? ['token-lifetime-short', `${lifetime} s, not ${minLifetimeSeconds}`]
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
