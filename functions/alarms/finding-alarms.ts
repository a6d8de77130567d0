import { findings } from '../diagnosis/finding.ts';
import { type FaultDomain, faultDomains } from '../model/fault-domain.ts';
import { type Route, routes } from './subject.ts';

/** Who must act and how soon. */
export interface FindingAlarm {
  readonly domain: FaultDomain;
  readonly severity: Route;
}

/** Every urgency that a finding can have; what only informs has none. There is an alarm for each. */
export const findingAlarms: readonly FindingAlarm[] = faultDomains.flatMap((domain) =>
  routes
    .filter((severity) => Object.values(findings).some((each) => each.domain === domain && each.severity === severity))
    .map((severity) => ({ domain, severity })),
);
