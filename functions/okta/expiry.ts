import type { ExpiryDays } from '../model/org.ts';

const dayMs = 86_400_000;

/** When an expiry is told unless the configuration says otherwise. */
export const defaultExpiryDays: ExpiryDays = { ticket: [30, 14], page: [7, 1] };

/** What an expiry has reached: so many days before it, or 0 once it is over. */
export interface ExpiryStep {
  readonly step: number;
  readonly severity: 'ticket' | 'page';
}

/** Whole days from one time to another (epoch ms). Negative if it is over. */
export function wholeDays(from: number, to: number): number {
  return Math.floor((to - from) / dayMs);
}

/**
 * The step that an expiry with so many whole days left has reached: the smallest that is not below them. Undefined if that
 * is none yet. What is over is a page, unless nothing about expiries is.
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
