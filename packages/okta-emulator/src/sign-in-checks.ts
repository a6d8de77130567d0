import { Secret, TOTP } from 'otpauth';
import type { OktaRequest } from './http-message.ts';
import type { OrgState } from './org-state.ts';
import type { SignInLog } from './sign-in-log.ts';
import type { Factor, User } from './users.ts';

/** The results of a password. Only the first lets the user in. */
export type PasswordVerdict =
  | { readonly kind: 'accepted'; readonly user: User }
  | { readonly kind: 'refused'; readonly user: User | undefined; readonly lockedNow: boolean };

/**
 * Checks passwords, and locks users out after too many wrong ones.
 *
 * Trap: the right password of a user who is locked out or may not sign in is refused like a wrong one.
 */
export function createPasswordCheck({ users, settings }: OrgState) {
  const attempts = new Map<string, number>();
  let refusals = 0;
  const check = (login: string, password: string): PasswordVerdict => {
    const user = users.find(login);
    if (!user?.password || user.login.toLowerCase() !== login.toLowerCase()) return refused(user, false);
    const maySignIn = user.status === 'ACTIVE' || user.status === 'PASSWORD_EXPIRED';
    if (maySignIn && user.password === password) {
      attempts.delete(user.id);
      return { kind: 'accepted', user };
    }
    if (!maySignIn) return refused(user, false);
    const failed = (attempts.get(user.id) ?? 0) + 1;
    attempts.set(user.id, failed);
    const lockedNow = failed >= settings().maxAttempts;
    if (lockedNow) {
      attempts.delete(user.id);
      users.update(user.id, { status: 'LOCKED_OUT' });
    }
    return refused(user, lockedNow);
  };
  return {
    check(login: string, password: string): PasswordVerdict {
      const verdict = check(login, password);
      if (verdict.kind === 'refused') refusals += 1;
      return verdict;
    },
    /** How many passwords it has refused. */
    refusals: () => refusals,
  };
}

function refused(user: User | undefined, lockedNow: boolean): PasswordVerdict {
  return { kind: 'refused', user, lockedNow };
}

export type CheckPassword = ReturnType<typeof createPasswordCheck>['check'];

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

/**
 * Limits of one user's or one sign-in's requests, besides those of the org. They have no headers.
 * https://developer.okta.com/docs/reference/rate-limits/
 */
export function createUserLimits({ now, settings, users }: OrgState, log: SignInLog) {
  const times = new Map<string, number[]>();
  return {
    /** Counts a request of a user, if it is known whose, and says whether it is more than `limit` within `windowMs`. */
    exceeded(request: OktaRequest, key: string, limit: number, windowMs: number, idOrLogin = ''): boolean {
      const recent = (times.get(key) ?? []).filter((time) => time > now() - windowMs);
      recent.push(now());
      times.set(key, recent);
      if (!settings().userLimits || recent.length <= limit) return false;
      // The log has the first refusal of a window alone.
      if (recent.length === limit + 1) log.limited(request, users.find(idOrLogin), limit, windowMs);
      return true;
    },
  };
}
