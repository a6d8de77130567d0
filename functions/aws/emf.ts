import type { Point } from '../model/metric.ts';

/** Data points with the same dimensions, in the embedded metric format: `_aws`, then dimensions and metrics by name. */
export interface EmfDocument {
  readonly _aws: {
    readonly Timestamp: number;
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
    }[];
  };
  readonly [member: string]: unknown;
}

/**
 * Formats data points as log lines from which CloudWatch Logs extracts metrics. Used when PutMetricData fails.
 *
 * Trap: each document holds one set of dimensions, and CloudWatch silently drops documents that are too large.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function emfLines(points: readonly Point[], timestamp: number): readonly EmfDocument[] {
  const bySeries = Object.groupBy(points, ({ identity }) => JSON.stringify(identity.dimensions));
  return Object.values(bySeries).flatMap((group = []) => {
    const [first] = group;
    if (!first) return [];
    const { namespace, dimensions } = first.identity;
    return {
      _aws: {
        Timestamp: timestamp,
        CloudWatchMetrics: [
          {
            Namespace: namespace,
            Dimensions: [Object.keys(dimensions)],
            Metrics: group.map(({ identity, unit }) => ({ Name: identity.name, Unit: unit })),
          },
        ],
      },
      ...dimensions,
      ...Object.fromEntries(group.map(({ identity, value }) => [identity.name, value])),
    };
  });
}
