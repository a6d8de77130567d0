import type { OktaRequest } from './http-message.ts';
import type { OrgState } from './org-state.ts';
import type { SignInLog } from './sign-in-log.ts';

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
