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

/** The error budget of a time, in minutes. */
export interface Budget {
  readonly minutes: number;
  readonly used: number;
  /** In percent of the budget. Negative if more was used than there is. */
  readonly leftPercent: number;
}

export function budgetOf(slo: Slo, minutes: number, bad: number): Budget {
  const allowed = budgetMinutes(slo, minutes);
  return { minutes: allowed, used: bad, leftPercent: 100 - (bad / allowed) * 100 };
}
