import type { Org } from '../functions/model/org.ts';
import { type Group, groups } from '../functions/model/probe.ts';
import * as probes from '../functions/probes/index.ts';
import { enabledProbes, type PlannedProbe, planProbes } from '../functions/probes/plan.ts';
import type { Series } from '../functions/probes/series.ts';
import { resolveOrg } from './config/resolve-org.ts';
import type { Config } from './config/schema.ts';

const probesOf = {
  flows: probes.flows,
  limits: probes.limits,
  status: probes.status,
  'negative-tests': probes.negativeTests,
};

/** An org and what runs there: what schedules, alarms and the dashboard are made from. */
export interface MonitoredOrg {
  readonly org: Org;
  /** The probes that are switched on, of every group. */
  readonly plan: readonly PlannedProbe[];
  readonly intervalMinutes: Readonly<Record<Group, number>>;
}

/**
 * The orgs of a configuration, each with its plan.
 *
 * Limits run as often as flows: both add to the series that an org's alarms watch, and a series that is now denser and
 * now sparser makes M of N mean two things.
 */
export function monitoredOrgs(config: Config): readonly MonitoredOrg[] {
  return config.orgs.map((orgConfig) => {
    const org = resolveOrg(orgConfig, config.statusPage);
    const plan = groups.flatMap((group) => enabledProbes(planProbes(org, probesOf[group])));
    const { flows, status, negativeTests } = orgConfig.intervalMinutes;
    return { org, plan, intervalMinutes: { flows, limits: flows, status, 'negative-tests': negativeTests } };
  });
}

/** The part of a plan that one group runs. */
export function planOf(watched: MonitoredOrg, group: Group): readonly PlannedProbe[] {
  return watched.plan.filter(({ probe }) => probe.group === group);
}

/** How often a series gets a point. What the groups share is as dense as flows make it. */
export function intervalMinutesOf({ intervalMinutes }: MonitoredOrg, { source }: Pick<Series, 'source'>): number {
  return intervalMinutes[source.kind === 'probe' ? source.probe.group : 'flows'];
}
