import { faultDomains } from '../model/fault-domain.ts';
import { publishMode } from '../model/probe.ts';
import {
  headroomSeries,
  probeSeries,
  retriesSeries,
  type Series,
  type SeriesOrg,
  severitySeries,
} from '../model/series.ts';
import { budgetOf } from './budget.ts';
import { enabledProbes, type PlannedProbe } from './plan.ts';

/** Every series of an org that a plan publishes, each once: first the shared metrics, then those of individual probes. */
export function seriesOf(org: SeriesOrg, plan: readonly PlannedProbe[]): readonly Series[] {
  const enabled = enabledProbes(plan);
  const sharing = enabled.filter(({ probe }) => publishMode[probe.group] !== 'ownSeries');
  const usesRateLimits = Object.keys(budgetOf(sharing).byBucket).length > 0;
  return [
    ...(sharing.length > 0 ? [...faultDomains.map((domain) => severitySeries(org, domain)), retriesSeries(org)] : []),
    ...(usesRateLimits ? [headroomSeries(org)] : []),
    ...enabled.flatMap((planned) => probeSeries(org, planned)),
  ];
}
