import type { Route } from '../alarms/subject.ts';
import { budgetMinutes, type Slo, windowMinutesOf } from '../model/slo.ts';

export const paces = ['fast', 'slow'] as const;

/** How soon the error budget would be used up. */
export type Pace = (typeof paces)[number];

/** When an error budget burns too fast: so much of it within the long window, and still burning in the short one. */
export interface BurnRate {
  readonly route: Route;
  /** How many percent of the budget are used within the long window. */
  readonly budgetPercent: number;
  readonly longMinutes: number;
  /** Without bad runs in it, the burning is over. A twelfth of the long window. */
  readonly shortMinutes: number;
}

/**
 * The burn rates that people are told of. In 30 days, the fast one is 14.4 times what the objective allows, and the slow one
 * three times.
 *
 * Trap: the windows of an alarm with periods under an hour may cover one day and no more.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 */
export const burnRates: Readonly<Record<Pace, BurnRate>> = {
  fast: { route: 'page', budgetPercent: 2, longMinutes: 60, shortMinutes: 5 },
  slow: { route: 'ticket', budgetPercent: 10, longMinutes: 24 * 60, shortMinutes: 120 },
};

/** One window of a burn-rate alarm: it burns if at least `bad` of its `runs` are. */
export interface BurnWindow {
  readonly runs: number;
  readonly bad: number;
}

/** How many times faster than the objective allows the budget burns when the alarm fires. */
export function burnRateOf(pace: Pace, slo: Pick<Slo, 'windowDays'>): number {
  const { budgetPercent, longMinutes } = burnRates[pace];
  return ((budgetPercent / 100) * windowMinutesOf(slo)) / longMinutes;
}

/** A single bad run is normal. A page needs as many. */
const fewestBadRuns = 2;

/** The windows of a burn-rate alarm, in runs at an interval. Both go by the same burn rate. */
export function burnWindows(
  pace: Pace,
  slo: Slo,
  intervalMinutes: number,
): Readonly<Record<'long' | 'short', BurnWindow>> {
  const { longMinutes, shortMinutes } = burnRates[pace];
  const window = (minutes: number, fewest: number): BurnWindow => ({
    runs: Math.max(1, Math.round(minutes / intervalMinutes)),
    bad: Math.max(fewest, Math.ceil((burnRateOf(pace, slo) * budgetMinutes(slo, minutes)) / intervalMinutes - 1e-6)),
  });
  return { long: window(longMinutes, fewestBadRuns), short: window(shortMinutes, 1) };
}
