import { type AlarmSubject, type Audience, alarmName } from '../../functions/alarms/subject.ts';
import type { FaultDomain } from '../../functions/model/fault-domain.ts';
import { groups } from '../../functions/model/probe.ts';
import { demandOf } from '../../lib/alarms/expected-invocations.ts';
import type { Config } from '../../lib/config/schema.ts';
import { planOf, type WatchedOrg, watchedOrgs } from '../../lib/monitored-org.ts';

/** What a configuration promises: which orgs are watched, and who hears of what. */
export interface Watch {
  readonly orgs: readonly WatchedOrg[];
  /** Whoever the configuration says; else those that the finding itself is for. */
  audienceOf(domain: FaultDomain, severity: Audience): Audience;
  /** Whether the configuration names anybody. People may also subscribe by other ways, which it does not know. */
  isSubscribed(audience: Audience): boolean;
  /** How many minutes pass after a deployment until every alarm knows what it watches. */
  readonly settlingMinutes: number;
}

export function watchOf(config: Config): Watch {
  const orgs = watchedOrgs(config);
  return {
    orgs,
    audienceOf: (domain, severity) => config.alerts.routes[domain] ?? severity,
    isSubscribed: (audience) => config.alerts[`${audience}s`].length > 0,
    settlingMinutes: settlingMinutesOf(orgs),
  };
}

/**
 * One minute; but a group that orgs call at different intervals has not been called as often as it should until one period
 * of its heartbeat is over.
 */
function settlingMinutesOf(orgs: readonly WatchedOrg[]): number {
  const uneven = groups.flatMap((group) => {
    const intervals = orgs.flatMap((org) => (planOf(org, group).length > 0 ? [org.everyMinutes[group]] : []));
    return new Set(intervals).size > 1 ? [demandOf(intervals).periodMinutes] : [];
  });
  return Math.max(1, ...uneven);
}

/** The name of the alarm on an org's findings. */
export function findingsAlarm(org: string, domain: FaultDomain, severity: Audience): string {
  return alarmName({ kind: 'findings', org, domain, severity });
}

/** The name of an alarm on the monitor itself. */
export function monitorAlarm(id: string): string {
  return alarmName({ kind: 'monitor', id } satisfies AlarmSubject);
}
