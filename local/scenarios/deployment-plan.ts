import { alarmName, type Route } from '../../functions/alarms/subject.ts';
import type { FaultDomain } from '../../functions/model/fault-domain.ts';
import { groups } from '../../functions/model/probe.ts';
import { expectedInvocations } from '../../lib/alarms/expected-invocations.ts';
import type { Config } from '../../lib/config/schema.ts';
import { type MonitoredOrg, monitoredOrgs, planOf } from '../../lib/monitored-org.ts';

/** What a configuration promises: which orgs are watched, and who hears of what. */
export interface DeploymentPlan {
  readonly orgs: readonly MonitoredOrg[];
  /** Whoever the configuration says; else those that the finding itself is for. */
  routeOf(domain: FaultDomain, severity: Route): Route;
  /** Whether the configuration names anybody. People may also subscribe by other ways, which it does not know. */
  isSubscribed(route: Route): boolean;
  /** How many minutes pass after a deployment until every alarm knows what it watches. */
  readonly settlingMinutes: number;
}

export function deploymentPlan(config: Config): DeploymentPlan {
  const orgs = monitoredOrgs(config);
  return {
    orgs,
    routeOf: (domain, severity) => config.alerts.routes[domain] ?? severity,
    isSubscribed: (route) => config.alerts[`${route}s`].length > 0,
    settlingMinutes: settlingMinutesOf(orgs),
  };
}

/**
 * One minute; but a group that orgs call at different intervals has not been called as often as it should until one period
 * of its heartbeat is over.
 */
function settlingMinutesOf(orgs: readonly MonitoredOrg[]): number {
  const uneven = groups.flatMap((group) => {
    const intervals = orgs.flatMap((org) => (planOf(org, group).length > 0 ? [org.intervalMinutes[group]] : []));
    return new Set(intervals).size > 1 ? [expectedInvocations(intervals).periodMinutes] : [];
  });
  return Math.max(1, ...uneven);
}

/** The name of the alarm on an org's findings. */
export function findingsAlarm(org: string, domain: FaultDomain, severity: Route): string {
  return alarmName({ kind: 'findings', org, domain, severity });
}

/** The name of an alarm on the monitor itself. */
export function monitorAlarm(id: string): string {
  return `okta-synthetics/monitor/${id}`;
}
