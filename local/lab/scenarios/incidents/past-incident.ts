import type { Route } from '../../../../functions/model/finding.ts';
import type { ReportedStatus } from '../../../../packages/okta-emulator/src/index.ts';

/** What must be switched on for an incident to be noticed. Nothing: the shipped example notices it. */
export type Switch = 'nothing' | 'status page' | 'System Log' | 'test user' | 'health';

/** An announcement on Okta's status page, apart from the cells that it names. */
export type Announcement = Omit<ReportedStatus & { readonly kind: 'incident' }, 'kind' | 'cells'>;

/** How to play an incident: a variant of a case, Okta's announcement of it, or whichever case causes the finding. */
export type Play =
  | { readonly case: string; readonly symptom: string }
  | { readonly announcement: Announcement }
  | 'the case of its finding';

/** One way in which the monitor notices an incident. */
export interface Noticing {
  /** The finding, or those that it may be. A code that the monitor does not have yet is not played. */
  readonly findings: readonly string[];
  readonly route: Route;
  readonly needs: Switch;
  readonly play: Play;
}

/** An outage or a mistake that happened, in our own words. */
export interface PastIncident {
  /** ISO 8601, or `recurring` for what Okta describes as a class of incidents. */
  readonly date: string;
  readonly title: string;
  /** Where to read about it. */
  readonly source: string;
  /** Whose fault it was: that of Okta and its providers, or that of the customer, with all that runs there. */
  readonly whose: 'okta' | 'customer';
  /** What users or administrators saw. */
  readonly seen: string;
  /** What a client saw of it, as far as the source says. */
  readonly wire: string;
  /** The best one first. Empty if the monitor does not notice it. */
  readonly noticed: readonly Noticing[];
  /** Why it is not noticed, or what is not certain. */
  readonly remark?: string;
}

/** By a variant of a case. */
export function byCase(id: string, symptom: string, route: Route, needs: Switch, ...findings: string[]): Noticing {
  return { findings, route, needs, play: { case: id, symptom } };
}

/** By whichever case causes the finding, as soon as there is one. */
export function byFinding(route: Route, needs: Switch, ...findings: string[]): Noticing {
  return { findings, route, needs, play: 'the case of its finding' };
}

/** By Okta's own announcement, as its status page had it. */
export function byAnnouncement(announcement: Announcement): Noticing {
  return { findings: ['announced-incident'], route: 'ticket', needs: 'status page', play: { announcement } };
}
