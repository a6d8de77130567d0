import type { FaultDomain } from './fault-domain.ts';

/** A service level objective of an org, as configured. */
export interface Slo {
  /** How many percent of the minutes must be good: `99.5`. */
  readonly objectivePercent: number;
  /** The rolling window, in days. */
  readonly windowDays: number;
  /** A page finding of one of these makes a minute bad. */
  readonly domains: readonly FaultDomain[];
}

const minutesPerDay = 24 * 60;

export function windowMinutesOf({ windowDays }: Pick<Slo, 'windowDays'>): number {
  return windowDays * minutesPerDay;
}

/** Returns the error budget of a period in minutes: how many of them may be bad. For 99.5 %, 216 minutes of 30 days. */
export function budgetMinutes({ objectivePercent }: Pick<Slo, 'objectivePercent'>, minutes: number): number {
  // Rounded, because 100 - 99.9 is 0.0999….
  return Number((((100 - objectivePercent) / 100) * minutes).toFixed(6));
}
