import { findings } from '../diagnosis/finding.ts';
import type { FindingDefinition } from '../diagnosis/findings/definition.ts';
import { type FaultDomain, faultDomains } from '../model/fault-domain.ts';
import type { Severity } from '../model/finding.ts';
import { type Route, routes } from './subject.ts';

const definitions: readonly FindingDefinition[] = Object.values(findings);

/** Who must act, and how soon: there is one alarm for each combination per org. */
export interface FindingAlarm {
  readonly domain: FaultDomain;
  readonly severity: Route;
}

/** Every fault domain and severity that a finding may have. A finding that only informs has no alarm. */
export const findingAlarms: readonly FindingAlarm[] = faultDomains.flatMap((domain) =>
  routes
    .filter((severity) => definitions.some((each) => each.domain === domain && severitiesOf(each).includes(severity)))
    .map((severity) => ({ domain, severity })),
);

/** The severities that a finding may have. */
export function severitiesOf({ severity, severityOfOneDocument }: FindingDefinition): readonly Severity[] {
  return [severity, ...(severityOfOneDocument ? [severityOfOneDocument] : [])];
}
