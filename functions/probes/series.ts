import { type FaultDomain, faultDomains } from '../model/fault-domain.ts';
import { type MetricDefinition, type MetricIdentity, metricIdentity } from '../model/metric.ts';
import type { Org } from '../model/org.ts';
import { type Probe, publishMode } from '../model/probe.ts';
import { sharedMetrics } from '../model/shared-metrics.ts';
import type { Target } from '../model/target.ts';
import { budgetOf } from './budget.ts';
import { type Planned, switchedOn } from './plan.ts';

/** One series of a metric: its identity, what it means, and what its points tell of. */
export interface Series {
  readonly identity: MetricIdentity;
  readonly definition: MetricDefinition;
  readonly target: Target;
  readonly source: Source;
}

/** What a series tells of: one probe at its target, or what an org's groups found together. */
export type Source =
  | { readonly kind: 'probe'; readonly probe: Probe }
  | { readonly kind: 'severity'; readonly domain: FaultDomain }
  | { readonly kind: 'retries' }
  | { readonly kind: 'headroom' };

/** Every series that a plan publishes, each once: those that the groups share, then those of single probes. */
export function seriesOf({ name }: Pick<Org, 'name'>, plan: readonly Planned[]): readonly Series[] {
  const on = switchedOn(plan);
  const together = on.filter(({ probe }) => publishMode[probe.group] !== 'apart');
  const spendsLimits = Object.keys(budgetOf(together).byBucket).length > 0;
  return [
    ...(together.length > 0
      ? [...faultDomains.map((domain) => severitySeries(name, domain)), retriesSeries(name)]
      : []),
    ...(spendsLimits ? [headroomSeries(name)] : []),
    ...on.flatMap(probeSeries),
  ];
}

/** How urgent the worst finding in a fault domain is: what the alarms on findings watch. */
export function severitySeries(org: string, domain: FaultDomain): Series {
  const identity = metricIdentity('Severity', { org, domain });
  return { identity, definition: sharedMetrics.Severity, target: { org }, source: { kind: 'severity', domain } };
}

/**
 * How many probes were tried twice. A dense group's run always has a point here, so it is its heartbeat too.
 *
 * Trap: a sparse group has one where it tried twice. Only then, while the network fails, can it stand in for a dense one.
 */
export function retriesSeries(org: string): Series {
  const identity = metricIdentity('Retries', { org });
  return { identity, definition: sharedMetrics.Retries, target: { org }, source: { kind: 'retries' } };
}

/** How much is left of the scarcest rate limit. */
export function headroomSeries(org: string): Series {
  const identity = metricIdentity('Headroom', { org });
  return { identity, definition: sharedMetrics.Headroom, target: { org }, source: { kind: 'headroom' } };
}

/** What a probe publishes at one target. */
export function probeSeries({ probe, target }: Pick<Planned, 'probe' | 'target'>): readonly Series[] {
  return Object.entries(metricsOf(probe)).map(([name, definition]) => ({
    identity: metricIdentity(name, { ...target, probe: probe.id }),
    definition,
    target,
    source: { kind: 'probe', probe },
  }));
}

/** What a probe publishes at each of its targets: the runner's envelope and its own metrics. */
export function metricsOf(probe: Probe): Readonly<Record<string, MetricDefinition>> {
  return {
    ...(publishMode[probe.group] === 'apart' && { Success: sharedMetrics.Success }),
    ...(probe.timed && { Duration: sharedMetrics.Duration }),
    ...probe.metrics,
  };
}
