import { type FaultDomain, faultDomains } from '../model/fault-domain.ts';
import { type MetricDefinition, type MetricIdentity, metricIdentity } from '../model/metric.ts';
import type { Org } from '../model/org.ts';
import { type Group, type Probe, publishMode } from '../model/probe.ts';
import { sharedMetrics } from '../model/shared-metrics.ts';
import type { Target } from '../model/target.ts';
import { budgetOf } from './budget.ts';
import { enabledProbes, type PlannedProbe } from './plan.ts';

/** One series of a metric: its identity, its meaning and the source of its data points. */
export interface Series {
  readonly identity: MetricIdentity;
  readonly definition: MetricDefinition;
  readonly target: Target;
  readonly source: Source;
}

/** The source of a series: one probe at its target, or all groups of an org that publish shared metrics. */
export type Source =
  | { readonly kind: 'probe'; readonly probe: Probe }
  | { readonly kind: 'severity'; readonly domain: FaultDomain }
  | { readonly kind: 'retries' }
  | { readonly kind: 'headroom' };

/** What of an org identifies its series. */
export type SeriesOrg = Pick<Org, 'name' | 'deployment'>;

const labelsOf = ({ name, deployment }: SeriesOrg) => ({ org: name, deployment });

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

/** The severity of the worst finding in a fault domain. The alarms on findings watch it. */
export function severitySeries(org: SeriesOrg, domain: FaultDomain): Series {
  const identity = metricIdentity('Severity', { ...labelsOf(org), domain });
  return {
    identity,
    definition: sharedMetrics.Severity,
    target: { org: org.name },
    source: { kind: 'severity', domain },
  };
}

/**
 * The number of probes that were retried. A group with the publish mode `always` has a data point on every run, so this
 * series is also its heartbeat.
 *
 * Trap: a `nonZero` group adds a data point if it retried a probe. Only then, while the network is failing, can it hide
 * that the other group has stopped.
 */
export function retriesSeries(org: SeriesOrg): Series {
  const identity = metricIdentity('Retries', labelsOf(org));
  return { identity, definition: sharedMetrics.Retries, target: { org: org.name }, source: { kind: 'retries' } };
}

/** The lowest headroom of all rate limits. */
export function headroomSeries(org: SeriesOrg): Series {
  const identity = metricIdentity('Headroom', labelsOf(org));
  return { identity, definition: sharedMetrics.Headroom, target: { org: org.name }, source: { kind: 'headroom' } };
}

/** How late the runs of a group are. All orgs of a deployment add to it, so it belongs to no org and no plan. */
export function latenessSeries(group: Group, deployment?: string): Pick<Series, 'identity' | 'definition'> {
  return { identity: metricIdentity('Lateness', { group, deployment }), definition: sharedMetrics.Lateness };
}

/** How many orgs a group does not run for, although it should. */
export function silenceSeries(group: Group, deployment?: string): Pick<Series, 'identity' | 'definition'> {
  return {
    identity: metricIdentity('SilentSchedules', { group, deployment }),
    definition: sharedMetrics.SilentSchedules,
  };
}

/** Whether the receivers of a topic have confirmed their subscriptions. */
export function unconfirmedSeries(receiver: string, deployment?: string): Pick<Series, 'identity' | 'definition'> {
  return { identity: metricIdentity('Unconfirmed', { receiver, deployment }), definition: sharedMetrics.Unconfirmed };
}

/** The series that a probe publishes at one target. */
export function probeSeries(
  org: SeriesOrg,
  { probe, target }: Pick<PlannedProbe, 'probe' | 'target'>,
): readonly Series[] {
  return Object.entries(metricsOf(probe)).map(([name, definition]) => ({
    identity: metricIdentity(name, { ...labelsOf(org), ...target, probe: probe.id }),
    definition,
    target,
    source: { kind: 'probe', probe },
  }));
}

/** The metrics that a probe publishes at each target: those that the runner measures, and the probe's own. */
export function metricsOf(probe: Probe): Readonly<Record<string, MetricDefinition>> {
  return {
    ...(publishMode[probe.group] === 'ownSeries' && { Success: sharedMetrics.Success }),
    ...(probe.timed && { Duration: sharedMetrics.Duration }),
    ...probe.metrics,
  };
}
