import { createLocalJWKSet, decodeProtectedHeader, errors, type JSONWebKeySet, jwtVerify } from 'jose';
import type { FindingCode } from '../diagnosis/findings.ts';
import { ProbeFailure } from '../diagnosis/probe-failure.ts';
import type { Server } from '../model/org.ts';
import { defineProbe, type KeySet } from '../model/probe.ts';
import { assessClaims } from '../okta/access-token.ts';

/** Okta's own verifiers tolerate two minutes. */
const clockToleranceSeconds = 120;

/**
 * Would a service accept the token? Its signature, issuer, audience, times, scopes and claims, against the key set
 * that the same run fetched (RFC 7519, RFC 9068).
 *
 * Trap: only for custom servers. The Org server does not publish the keys of its access tokens.
 * https://developer.okta.com/docs/guides/validate-access-tokens/
 */
export const verify = defineProbe({
  id: 'verify',
  question: 'Does the fresh token verify, as a service would check it?',
  group: 'flows',
  scope: 'custom-server',
  requires: 'service',
  inputs: ['token', 'keys'],
  requests: [],
  timed: false,
  metrics: {},
  alarms: [],
  failing: 'page',
  async run({ server, now, inputs }) {
    const claims = await verifySignature(inputs.token.value, inputs.keys, server, new Date(now()));
    const problem = server.service && assessClaims(claims, server.service);
    switch (problem?.kind) {
      case undefined:
        return { readings: {} };
      case 'claim-missing':
        throw new ProbeFailure(problem.kind, problem.claims.join(', '));
      case 'scope-missing':
        throw new ProbeFailure(problem.kind, problem.scopes.join(' '));
      case 'client-mismatch':
        throw new ProbeFailure('malformed-answer', 'the token was issued to another client');
      default:
        throw problem satisfies never;
    }
  },
});

async function verifySignature(token: string, keys: KeySet, server: Server, currentDate: Date) {
  let kid = 'none';
  try {
    kid = decodeProtectedHeader(token).kid ?? 'none';
    const options = {
      issuer: server.issuer,
      algorithms: ['RS256'],
      clockTolerance: clockToleranceSeconds,
      currentDate,
      ...(server.audience !== undefined && { audience: server.audience }),
    };
    const { payload } = await jwtVerify(token, createLocalJWKSet(keys as unknown as JSONWebKeySet), options);
    if (payload.iat !== undefined && payload.iat - currentDate.getTime() / 1000 > clockToleranceSeconds) {
      throw new ProbeFailure('clock-skew', '"iat" lies in the future');
    }
    return payload;
  } catch (error) {
    if (error instanceof errors.JWTClaimValidationFailed) {
      throw new ProbeFailure(byClaim[error.claim] ?? 'claim-missing', `"${error.claim}": ${error.reason}`);
    }
    if (error instanceof errors.JOSEError)
      throw new ProbeFailure(byCode[error.code] ?? 'malformed-answer', `kid ${kid}, ${error.code}`);
    // decodeProtectedHeader throws a TypeError for what is no JWT at all.
    if (error instanceof TypeError) throw new ProbeFailure('malformed-answer', 'the access token is no JWT');
    throw error;
  }
}

const byClaim: Readonly<Record<string, FindingCode>> = {
  iss: 'issuer-mismatch',
  aud: 'audience-mismatch',
  nbf: 'clock-skew',
  iat: 'clock-skew',
};

const byCode: Readonly<Record<string, FindingCode>> = {
  ERR_JWT_EXPIRED: 'token-expired',
  ERR_JWKS_NO_MATCHING_KEY: 'signing-key-unpublished',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'signature-invalid',
};
