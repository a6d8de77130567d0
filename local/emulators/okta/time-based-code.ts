import { Secret, TOTP } from 'otpauth';
import type { Factor } from './users.ts';

const periodSeconds = 30;

/** How many steps of 30 seconds a clock may be wrong. */
const accepted = 1;
/** So far from the accepted steps, a code is still recognized as one of the secret. */
const recognized = 10;

export type CodeVerdict = 'accepted' | 'wrong' | 'used' | 'outside-window' | 'suspended';

/** Checks codes of authenticator applications (RFC 6238: SHA-1, six digits, a new one every 30 seconds). */
export function createCodeChecker(now: () => number) {
  /** The last step whose code was accepted, by factor. Each code works once (RFC 6238, 5.2). */
  const lastSteps = new Map<string, number>();
  return (factor: Factor, code: string): CodeVerdict => {
    if (factor.status === 'SUSPENDED') return 'suspended';
    const totp = new TOTP({ secret: Secret.fromBase32(factor.secret), period: periodSeconds });
    const timestamp = now();
    const delta = totp.validate({ token: code, timestamp, window: recognized });
    if (delta === null) return 'wrong';
    if (Math.abs(delta) > accepted) return 'outside-window';
    const step = Math.floor(timestamp / 1000 / periodSeconds) + delta;
    if (step <= (lastSteps.get(factor.id) ?? -1)) return 'used';
    lastSteps.set(factor.id, step);
    return 'accepted';
  };
}

export type CheckCode = ReturnType<typeof createCodeChecker>;
