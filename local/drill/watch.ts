import { type AlarmSubject, type Audience, alarmName } from '../../functions/model/alarm.ts';
import type { FaultDomain } from '../../functions/model/fault-domain.ts';
import type { Config } from '../../lib/config/schema.ts';
import { type WatchedOrg, watchedOrgs } from '../../lib/watched-org.ts';

/** What a configuration promises: which orgs are watched, and who hears of what. */
export interface Watch {
  readonly orgs: readonly WatchedOrg[];
  /** Whoever the configuration says; else those that the finding itself is for. */
  audienceOf(domain: FaultDomain, severity: Audience): Audience;
}

export function watchOf(config: Config): Watch {
  return {
    orgs: watchedOrgs(config),
    audienceOf: (domain, severity) => config.alerts.routes[domain] ?? severity,
  };
}

/** The name of the alarm on an org's findings. */
export function findingsAlarm(org: string, domain: FaultDomain, severity: Audience): string {
  return alarmName({ kind: 'findings', org, domain, severity });
}

/** The name of an alarm on the monitor itself. */
export function monitorAlarm(id: string): string {
  return alarmName({ kind: 'monitor', id } satisfies AlarmSubject);
}
