import { calculateJwkThumbprint, decodeProtectedHeader } from 'jose';
import type { OktaErrorCode } from './okta-errors.ts';

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
