import type { ExpiryDays } from '../model/org.ts';

const dayMs = 86_400_000;

/** The default days before an expiry at which notices are sent. */
export const defaultExpiryDays: ExpiryDays = { ticket: [30, 14], page: [7, 1] };

/** The step that an expiry has reached: days before it, or 0 once it is over. */
export interface ExpiryStep {
  readonly step: number;
  readonly severity: 'ticket' | 'page';
}

/** Whole days from one time to another (epoch ms). Negative if it is over. */
export function wholeDays(from: number, to: number): number {
  return Math.floor((to - from) / dayMs);
}

/**
 * Returns the step that an expiry has reached by its whole days left: the smallest that is not below them. Undefined if that
 * is none yet. An expiry that is over is a page, unless expiries never are.
 */
export function expiryStep(daysLeft: number, { ticket, page }: ExpiryDays): ExpiryStep | undefined {
  if (daysLeft < 0) return { step: 0, severity: page.length > 0 ? 'page' : 'ticket' };
  const step = Math.min(...[...ticket, ...page].filter((days) => daysLeft <= days));
  return Number.isFinite(step) ? { step, severity: page.includes(step) ? 'page' : 'ticket' } : undefined;
}

/** How long something is valid, for people. */
export function validityInWords(daysLeft: number): string {
  const days = (count: number) => `${count} day${count === 1 ? '' : 's'}`;
  return daysLeft < 0 ? `expired ${days(-daysLeft)} ago` : `${days(daysLeft)} left`;
}
