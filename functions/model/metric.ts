import { metricNamespace } from './deployment.ts';
import type { FaultDomain } from './fault-domain.ts';
import type { Group } from './probe.ts';

/** The meaning of a metric, and how to read it. */
export interface MetricDefinition {
  readonly unit: 'Milliseconds' | 'Seconds' | 'Percent' | 'Count' | 'None';
  /** How graphs and alarms aggregate the data points. */
  readonly statistic: 'Average' | 'Minimum' | 'Maximum' | 'Sum' | 'SampleCount';
  /** One sentence for people who read the graph. */
  readonly help: string;
}

export interface MetricIdentity {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** One data point of a series. */
export interface Point {
  readonly identity: MetricIdentity;
  readonly unit: MetricDefinition['unit'];
  readonly value: number;
}

/** What distinguishes the series of one metric. */
export interface MetricLabels {
  /** Absent for a series of the monitor itself, which is about no org. */
  readonly org?: string;
  /** Absent for the default deployment. */
  readonly deployment?: string | undefined;
  readonly group?: Group;
  readonly server?: string;
  readonly probe?: string;
  readonly domain?: FaultDomain;
  /** The receivers of one topic: `pages-email`. */
  readonly receiver?: string;
}

/**
 * The name and dimensions of a series in CloudWatch. Everything that publishes, alarms on or graphs a series uses this.
 *
 * Trap: CloudWatch stores and bills each combination of name and dimensions as a separate metric, and a query that
 * omits one dimension returns no data. The dimensions are in alphabetical order.
 */
export function metricIdentity(name: string, labels: MetricLabels): MetricIdentity {
  const { domain, group, org, probe, receiver, server } = labels;
  const dimensions = { Domain: domain, Group: group, Org: org, Probe: probe, Receiver: receiver, Server: server };
  return {
    namespace: metricNamespace(labels.deployment),
    name,
    dimensions: Object.fromEntries(
      Object.entries(dimensions).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
  };
}
