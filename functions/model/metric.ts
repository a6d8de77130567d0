import type { FaultDomain } from './fault-domain.ts';

/** What a series means and how it is read. */
export interface MetricDefinition {
  readonly unit: 'Milliseconds' | 'Seconds' | 'Percent' | 'Count' | 'None';
  /** How points are combined in graphs and alarms. */
  readonly statistic: 'Average' | 'Minimum' | 'Maximum' | 'Sum' | 'SampleCount';
  /** One sentence for the person who reads the graph. */
  readonly help: string;
}

export interface MetricIdentity {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** What tells one series of a metric from another. */
export interface MetricLabels {
  readonly org: string;
  readonly server?: string;
  readonly probe?: string;
  readonly domain?: FaultDomain;
}

/**
 * What a series is called in CloudWatch. The runtime publishes and the stack alarms and graphs by this alone.
 *
 * Trap: CloudWatch bills and stores each combination of name and dimensions as a metric of its own, and a reader who
 * leaves one dimension out sees nothing at all. The dimensions stand in the order of their names.
 */
export function metricIdentity(name: string, labels: MetricLabels): MetricIdentity {
  const dimensions = { Domain: labels.domain, Org: labels.org, Probe: labels.probe, Server: labels.server };
  return {
    namespace: 'OktaSynthetics',
    name,
    dimensions: Object.fromEntries(
      Object.entries(dimensions).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
  };
}
