import { type FaultDomain, faultDomains } from '../model/fault-domain.ts';
import type { Route } from '../model/finding.ts';
import { severityLevels } from '../model/finding.ts';
import { budgetMinutes, type Slo, windowMinutesOf } from '../model/slo.ts';

/** The values of the series `Severity` in a period, by fault domain. Undefined where no run published one. */
export type Levels = Readonly<Partial<Record<FaultDomain, number>>>;

/**
 * Classifies a minute for some fault domains.
 *
 * - `unknown`: no run published anything.
 * - `bad`: a run reported a page finding of one of the domains.
 * - `unseen`: none did, but the network or the monitor itself had one and is not counted: requests did not get there.
 * - `good`: any other minute, also with a ticket.
 */
export type MinuteState = 'good' | 'bad' | 'unseen' | 'unknown';

/** While one of these has a page finding, the state of Okta is unknown. */
const blinding: readonly FaultDomain[] = ['network', 'monitor'];

const isPage = (level: number | undefined) => level !== undefined && level >= severityLevels.page;

export function minuteState(levels: Levels, domains: readonly FaultDomain[]): MinuteState {
  if (faultDomains.every((domain) => levels[domain] === undefined)) return 'unknown';
  if (domains.some((domain) => isPage(levels[domain]))) return 'bad';
  return blinding.some((domain) => !domains.includes(domain) && isPage(levels[domain])) ? 'unseen' : 'good';
}

/** A number that is known between two bounds. They are equal where it is known exactly. */
export interface Range {
  readonly least: number;
  readonly most: number;
}

/** The values of a series `Severity` in a slot: the greatest, and the sum if the slot has several runs. */
export interface SlotValues {
  readonly maximum: number | undefined;
  readonly sum: number | undefined;
  readonly slotMinutes: number;
  /** How often runs add to it. */
  readonly intervalMinutes: number;
}

/**
 * How many minutes of a slot had a finding of a severity; undefined if none had.
 *
 * In a slot of one run, all of them. In a longer one, at least one run's, and no more than the sum of the values allows.
 * While a domain has a page finding, its tickets are not counted.
 */
export function findingMinutes(severity: 'page' | 'ticket', values: SlotValues): Range | undefined {
  const { maximum, sum, slotMinutes, intervalMinutes } = values;
  const level = severityLevels[severity];
  if (maximum === undefined || maximum < level || (severity === 'ticket' && maximum > level)) return undefined;
  if (slotMinutes <= intervalMinutes) return { least: slotMinutes, most: slotMinutes };
  const runs = Math.max(1, Math.floor((sum ?? Number.POSITIVE_INFINITY) / level));
  return { least: intervalMinutes, most: Math.min(slotMinutes, runs * intervalMinutes) };
}

/** How many minutes of a slot are bad, from those of its domains. They may be the same minutes. */
export function unionOf(ranges: readonly Range[], slotMinutes: number): Range {
  const total = ranges.reduce((sum, { most }) => sum + most, 0);
  return {
    least: Math.min(slotMinutes, Math.max(0, ...ranges.map(({ least }) => least))),
    most: Math.min(slotMinutes, total),
  };
}

/** How much of an error budget is used. */
export interface BudgetUse {
  readonly minutes: number;
  readonly used: Range;
  /** In percent. Negative if more was used than there is. */
  readonly leftPercent: Range;
}

/** Trap: the budget is that of all minutes, as if the unknown ones had been good. */
export function budgetUse(slo: Pick<Slo, 'objectivePercent'>, minutes: number, used: Range): BudgetUse {
  const allowed = budgetMinutes(slo, minutes);
  const left = (bad: number) => 100 - (bad / allowed) * 100;
  return { minutes: allowed, used, leftPercent: { least: left(used.most), most: left(used.least) } };
}

export const paces = ['fast', 'slow'] as const;

/** How soon the error budget would be used up. */
export type Pace = (typeof paces)[number];

/** A burn rate that is too fast: a share of the error budget within the long window, still burning in the short one. */
export interface BurnRate {
  readonly route: Route;
  /** How many percent of the budget are used within the long window. */
  readonly budgetPercent: number;
  readonly longMinutes: number;
  /** Without bad runs in it, the burning is over. A twelfth of the long window. */
  readonly shortMinutes: number;
}

/**
 * The burn rates with an alarm. In 30 days, the fast one is 14.4 times the rate that the objective allows, and the slow one
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
