import { findings } from '../diagnosis/finding.ts';
import { type FaultDomain, faultDomains } from '../model/fault-domain.ts';
import { type Audience, audiences } from './subject.ts';

/** Who must act and how soon. */
export interface Urgency {
  readonly domain: FaultDomain;
  readonly severity: Audience;
}

/** Every urgency that a finding can have; what only informs has none. There is an alarm for each. */
export const urgencies: readonly Urgency[] = faultDomains.flatMap((domain) =>
  audiences
    .filter((severity) => Object.values(findings).some((each) => each.domain === domain && each.severity === severity))
    .map((severity) => ({ domain, severity })),
);
