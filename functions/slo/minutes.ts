import { type FaultDomain, faultDomains } from '../model/fault-domain.ts';
import { severityLevels } from '../model/finding.ts';
import { budgetMinutes, type Slo } from '../model/slo.ts';

/** What is known of a period: the value of the series `Severity` by fault domain. Undefined where no run published one. */
export type Levels = Readonly<Partial<Record<FaultDomain, number>>>;

/**
 * What a minute counts as, for some fault domains.
 *
 * - `unknown`: no run published anything.
 * - `bad`: a run reported a page finding of one of the domains.
 * - `unseen`: none did, but the network or the monitor itself had one and is not counted: requests did not get there.
 * - `good`: any other minute, also with a ticket.
 */
export type MinuteState = 'good' | 'bad' | 'unseen' | 'unknown';

/** While one of these has a page finding, nobody can tell how Okta is. */
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

/** What a series `Severity` says of a slot: its greatest value, and the sum of all if the slot has several runs. */
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
