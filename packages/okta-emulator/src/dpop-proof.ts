import { createHash } from 'node:crypto';
import { calculateJwkThumbprint, decodeProtectedHeader, EmbeddedJWK, errors, type JWTPayload, jwtVerify } from 'jose';
import type { AccessTokenClaims } from './access-token.ts';
import type { OktaErrorCode } from './okta-errors.ts';

/**
 * The algorithms of DPoP proofs, in the order in which Okta lists them.
 * https://developer.okta.com/docs/guides/dpop/
 */
export const dpopAlgorithms = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512'] as const;

interface PresentedProof {
  /** The `DPoP` header. */
  readonly proof: string | undefined;
  readonly method: string;
  /** Without query and fragment. */
  readonly url: string;
  /** As it was sent. */
  readonly token: string;
  readonly claims: AccessTokenClaims;
}

const maxAgeSeconds = 300;

/**
 * Checks the proofs of requests to Okta's APIs (RFC 9449, 7). Returns the error, or undefined for a valid proof.
 *
 * Trap: Okta decodes the path before it compares it with `htu`, so a percent-encoded `htu` is refused.
 */
export function createProofChecker() {
  const used = new Set<string>();
  return async ({ proof, method, url, token, claims }: PresentedProof): Promise<OktaErrorCode | undefined> => {
    if (proof === undefined) return 'dpop_proof_required_for_token';
    let verified: { readonly payload: JWTPayload; readonly thumbprint: string };
    try {
      const algorithms = [...dpopAlgorithms];
      const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, { algorithms, typ: 'dpop+jwt' });
      verified = { payload, thumbprint: await calculateJwkThumbprint(protectedHeader.jwk ?? {}) };
    } catch (error) {
      return proofError(error);
    }
    const { payload, thumbprint } = verified;
    const age = Math.floor(Date.now() / 1000) - Number(payload.iat);
    if (payload.htm !== method) return 'invalid_dpop_proof_invalid_htm';
    if (payload.htu !== url) return 'invalid_dpop_proof_invalid_htu';
    if (typeof payload.iat !== 'number') return 'invalid_dpop_proof_invalid_iat';
    if (age < 0) return 'invalid_dpop_proof_jwt_issued_in_future';
    if (age > maxAgeSeconds) return 'invalid_dpop_proof_jwt_too_old';
    if (!payload.jti) return 'invalid_dpop_proof_invalid_jti';
    if (payload.ath !== createHash('sha256').update(token).digest('base64url')) return 'dpop_proof_invalid_ath';
    if (claims.cnf?.jkt !== thumbprint) return 'invalid_access_token_dpop_binding';
    if (used.has(payload.jti)) return 'dpop_proof_already_used';
    used.add(payload.jti);
    return undefined;
  };
}

/** Okta's error for a proof that jose rejects. */
export function proofError(error: unknown): OktaErrorCode {
  if (error instanceof errors.JOSEAlgNotAllowed) return 'invalid_dpop_proof_invalid_signature_algorithm';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'invalid_dpop_proof_invalid_signature';
  if (error instanceof errors.JWTExpired) return 'invalid_dpop_proof_jwt_expired';
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'typ')
    return 'invalid_dpop_proof_invalid_type';
  return 'invalid_dpop_proof_invalid_jwt';
}

/**
 * Which key the refresh tokens of one server are bound to. The provider binds only those of clients without a secret,
 * and Okta all of them.
 * https://developer.okta.com/docs/guides/dpop/
 */
export function createRefreshTokenBinding() {
  const thumbprints = new Map<string, string>();
  return {
    /** Binds a refresh token to the key of the proof that it was issued for. */
    async bind(refreshToken: string | undefined, proof: string | undefined): Promise<void> {
      if (refreshToken !== undefined && proof !== undefined) thumbprints.set(refreshToken, await thumbprintOf(proof));
    },

    /** Why a refresh token must not be used with a proof, or undefined. The provider checks the proof itself. */
    async check(refreshToken: string, proof: string | undefined): Promise<OktaErrorCode | undefined> {
      const bound = thumbprints.get(refreshToken);
      if (bound === undefined || proof === undefined) return undefined;
      const isSame = (await thumbprintOf(proof).catch(() => '')) === bound;
      return isSame ? undefined : 'invalid_dpop_proof_invalid_public_key_binding';
    },
  };
}

function thumbprintOf(proof: string): Promise<string> {
  return calculateJwkThumbprint(decodeProtectedHeader(proof).jwk ?? {});
}
