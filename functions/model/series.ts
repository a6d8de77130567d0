import type { FaultDomain } from './fault-domain.ts';
import { type MetricDefinition, type MetricIdentity, metricIdentity } from './metric.ts';
import type { Org } from './org.ts';
import { type Group, type Probe, publishMode } from './probe.ts';
import type { Target } from './target.ts';

/** Metrics that the runner publishes on behalf of probes. */
export const sharedMetrics = {
  /** One series per fault domain, whichever probe or group made the finding, so that one cause is one incident. */
  Severity: {
    unit: 'None',
    statistic: 'Maximum',
    help: "The severity of a run's worst finding in this fault domain: 0 none or info, 1 ticket, 2 page.",
  },
  Retries: {
    unit: 'Count',
    statistic: 'Sum',
    help: 'Probes that were retried after a transport error or a 5xx, whether or not the retry passed.',
  },
  /** One series per org rather than per bucket. The finding names the bucket. */
  Headroom: {
    unit: 'Percent',
    statistic: 'Minimum',
    help: 'The lowest remaining share of any rate-limit bucket, 0 to 100, from the response headers. Excludes buckets that returned 429.',
  },
  /** One series per group, whichever org a run is for: it is about the monitor and about no org. */
  Lateness: {
    unit: 'Seconds',
    statistic: 'Maximum',
    help: 'How long after its scheduled time a run of the group began, for whichever org. No data point for a run that was started by hand.',
  },
  /** One series per group. The sweep publishes it each minute. */
  SilentSchedules: {
    unit: 'Count',
    statistic: 'Maximum',
    help: 'How many orgs the group has not run for in three intervals, although it should.',
  },
  /** One series per topic of receivers. The notifier of the route publishes it each hour, in its log. */
  Unconfirmed: {
    unit: 'None',
    statistic: 'Maximum',
    help: 'How many receivers of a topic have confirmed their subscription: 0 all, 1 fewer than the configuration names, 2 none.',
  },
  Duration: {
    unit: 'Milliseconds',
    statistic: 'Average',
    help: 'Server time, from sending the request on an open connection to the first byte of the response.',
  },
  Success: {
    unit: 'None',
    statistic: 'Minimum',
    help: '1 if the probe passed, 0 if it failed. No data point if it was skipped.',
  },
} as const satisfies Record<string, MetricDefinition>;

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

/** The members of an org that identify its series. */
export type SeriesOrg = Pick<Org, 'name' | 'deployment'>;

const labelsOf = ({ name, deployment }: SeriesOrg) => ({ org: name, deployment });

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
  { probe, target }: { readonly probe: Probe; readonly target: Target },
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
