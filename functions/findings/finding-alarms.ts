import { type FaultDomain, faultDomains } from '../model/fault-domain.ts';
import type { Severity } from '../model/finding.ts';
import { type Route, routes } from '../model/finding.ts';
import type { FindingDefinition } from './definition.ts';
import { findings } from './finding.ts';

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

/** How many runs must be bad. A page must not wait, but a single lost connection is normal for a network. */
export function runsToAlarm({ domain, severity }: FindingAlarm): number {
  if (severity === 'ticket') return 4;
  return domain === 'network' ? 3 : 2;
}

/** The number of runs among which bad ones are counted, unless that would take more than an hour. */
export const windowRuns = 10;

/** The severities that a finding may have. */
export function severitiesOf(definition: FindingDefinition): readonly Severity[] {
  const { severity, severityOfOneDocument, severityOfPart } = definition;
  return [severity, severityOfOneDocument ?? severity, severityOfPart ?? severity];
}
