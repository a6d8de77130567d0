import type { OrgState } from './org-state.ts';
import type { User } from './users.ts';

/** What a password that a user sent leads to. Only the first lets the user in. */
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
