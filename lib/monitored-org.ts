import type { Org } from '../functions/model/org.ts';
import { type Group, groups } from '../functions/model/probe.ts';
import type { Series } from '../functions/model/series.ts';
import * as probes from '../functions/probes/index.ts';
import { enabledProbes, type PlannedProbe, planProbes } from '../functions/probes/plan.ts';
import { resolveOrg } from './config/resolve-org.ts';
import type { Config } from './config/schema.ts';

const probesByGroup = {
  flows: probes.flows,
  limits: probes.limits,
  status: probes.status,
  journey: probes.journey,
  health: probes.health,
  'system-log': probes.systemLog,
  'negative-tests': probes.negativeTests,
};

/** An org and the probes that run for it. Schedules, alarms and the dashboard are derived from it. */
export interface MonitoredOrg {
  readonly org: Org;
  /** The enabled probes of every group. */
  readonly plan: readonly PlannedProbe[];
  readonly intervalMinutes: Readonly<Record<Group, number>>;
}

/**
 * The enabled orgs of a configuration, each with its plan.
 *
 * The `limits` group runs as often as `flows`: both publish to the series behind an org's alarms, and M-out-of-N alarms
 * need a constant rate of data points.
 */
export function monitoredOrgs(config: Config): readonly MonitoredOrg[] {
  return config.orgs
    .filter(({ enabled }) => enabled)
    .map((orgConfig) => {
      const org = resolveOrg(orgConfig, config);
      const plan = groups.flatMap((group) => enabledProbes(planProbes(org, probesByGroup[group])));
      const { systemLog, negativeTests, ...others } = { ...config.intervalMinutes, ...orgConfig.intervalMinutes };
      const opted = { 'system-log': systemLog, 'negative-tests': negativeTests };
      return { org, plan, intervalMinutes: { ...others, limits: others.flows, ...opted } };
    });
}

/** The probes of a plan that one group runs. */
export function planOf({ plan }: MonitoredOrg, group: Group): readonly PlannedProbe[] {
  return plan.filter(({ probe }) => probe.group === group);
}

/** How often a series gets a data point. The shared series get one in each run of `flows`. */
export function intervalMinutesOf({ intervalMinutes }: MonitoredOrg, { source }: Pick<Series, 'source'>): number {
  return intervalMinutes[source.kind === 'probe' ? source.probe.group : 'flows'];
}
