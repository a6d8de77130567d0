import { envelope } from '../model/envelope.ts';
import { type MetricDefinition, type MetricIdentity, metricIdentity } from '../model/metric.ts';
import type { Org } from '../model/org.ts';
import type { Target } from '../model/outcome.ts';
import type { Probe } from '../model/probe.ts';
import { budgetOf } from './budget.ts';
import { type Planned, switchedOn } from './plan.ts';

/** One series of a metric: its identity, what it means, and where it comes from. */
export interface Series {
  readonly identity: MetricIdentity;
  readonly definition: MetricDefinition;
  readonly target: Target;
  readonly source: { readonly probe: Probe } | { readonly bucket: string };
}

/** Every series that a plan publishes, in the plan's order. */
export function seriesOf(org: Org, plan: readonly Planned[]): readonly Series[] {
  const on = switchedOn(plan);
  const ofProbes = on.flatMap(({ probe, target }) =>
    Object.entries(metricsOf(probe)).map(([name, definition]) => ({
      identity: metricIdentity(name, { ...target, probe: probe.id }),
      definition,
      target,
      source: { probe },
    })),
  );
  const ofBuckets = bucketsOf(on).map((bucket) => ({
    identity: metricIdentity('Headroom', { org: org.name, bucket }),
    definition: envelope.Headroom,
    target: { org: org.name },
    source: { bucket },
  }));
  return [...ofProbes, ...ofBuckets];
}

/** What a probe publishes at each of its targets: the runner's envelope and its own metrics. */
export function metricsOf(probe: Probe): Readonly<Record<string, MetricDefinition>> {
  return { Success: envelope.Success, ...(probe.timed && { Duration: envelope.Duration }), ...probe.metrics };
}

/** The rate-limit buckets that a plan spends, each once. */
export function bucketsOf(plan: readonly Planned[]): readonly string[] {
  return Object.keys(budgetOf(plan).byBucket);
}
