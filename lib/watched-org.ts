import type { Org } from '../functions/model/org.ts';
import { type Group, groups } from '../functions/model/probe.ts';
import { contracts, flows, limits, status } from '../functions/probes/index.ts';
import { type Planned, planProbes, switchedOn } from '../functions/probes/plan.ts';
import { bucketsOf, type Series } from '../functions/probes/series.ts';
import { resolveOrg } from './config/resolve-org.ts';
import type { Config } from './config/schema.ts';

const probesOf = { flows, limits, status, contracts };

/** An org and what runs there: what schedules, alarms and the dashboard are made from. */
export interface WatchedOrg {
  readonly org: Org;
  /** The probes that are switched on, of every group. */
  readonly plan: readonly Planned[];
  readonly everyMinutes: Readonly<Record<Group, number>>;
}

export function watchedOrgs(config: Config): readonly WatchedOrg[] {
  return config.orgs.map((orgConfig) => {
    const org = resolveOrg(orgConfig, config.statusPage);
    const plan = groups.flatMap((group) => switchedOn(planProbes(org, probesOf[group])));
    return { org, plan, everyMinutes: orgConfig.everyMinutes };
  });
}

/** The part of a plan that one group runs. */
export function planOf(watched: WatchedOrg, group: Group): readonly Planned[] {
  return watched.plan.filter(({ probe }) => probe.group === group);
}

/** How often a series gets a point. Of the groups that see a bucket, the one that runs most often sets the pace. */
export function everyMinutesOf(watched: WatchedOrg, { source }: Series): number {
  if ('probe' in source) return watched.everyMinutes[source.probe.group];
  const seeing = groups.filter((group) => bucketsOf(planOf(watched, group)).includes(source.bucket));
  return Math.min(...seeing.map((group) => watched.everyMinutes[group]));
}
