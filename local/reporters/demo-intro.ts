import { styleText } from 'node:util';
import { probes } from '../../functions/probes/index.ts';
import { planProbes } from '../../functions/probes/plan.ts';
import type { MonitoredOrg } from '../../lib/monitored-org.ts';
import type { Simulation } from '../simulator/simulation.ts';
import { formatOff } from './check.ts';
import { fold, width } from './fold.ts';

/** What is about to be seen. */
export function formatOpening(
  { deployment }: Simulation,
  orgs: readonly MonitoredOrg[],
  config: string,
): readonly string[] {
  const { alarms, schedules } = deployment;
  return [
    '',
    styleText('bold', `The watch of ${config}, as it would be deployed`),
    '',
    ...orgs.map(({ org }) => `  ${org.name}: an embedded Okta stands in for ${org.domain}`),
    `  ${schedules.length} schedules, ${alarms.alarms.length} alarms; time passes as fast as the functions run`,
    ...orgs.flatMap(({ org }) => formatOff(planProbes(org, probes))).flatMap((line) => fold(line, width)),
    '',
  ];
}
