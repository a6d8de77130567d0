import type { OrgState } from './org-state.ts';

/**
 * Limits of one user's or one sign-in's requests, besides those of the org. They have no headers.
 * https://developer.okta.com/docs/reference/rate-limits/
 */
export function createUserLimits({ now, settings }: OrgState) {
  const times = new Map<string, number[]>();
  return {
    /** Counts a request, and says whether it is more than `limit` within the last `windowMs`. */
    exceeded(key: string, limit: number, windowMs: number): boolean {
      const recent = (times.get(key) ?? []).filter((time) => time > now() - windowMs);
      recent.push(now());
      times.set(key, recent);
      return settings().userLimits && recent.length > limit;
    },
  };
}
