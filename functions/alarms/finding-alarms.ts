import { findings } from '../diagnosis/finding.ts';
import { type FaultDomain, faultDomains } from '../model/fault-domain.ts';
import { type Route, routes } from './subject.ts';

/** Who must act, and how soon: there is one alarm for each combination per org. */
export interface FindingAlarm {
  readonly domain: FaultDomain;
  readonly severity: Route;
}

/** Every fault domain and severity that a finding has. A finding that only informs has no alarm. */
export const findingAlarms: readonly FindingAlarm[] = faultDomains.flatMap((domain) =>
  routes
    .filter((severity) => Object.values(findings).some((each) => each.domain === domain && each.severity === severity))
    .map((severity) => ({ domain, severity })),
);
