import type { Point } from './publish.ts';

/** Points of one set of dimensions as CloudWatch Logs reads them; beside `_aws`, each dimension and metric by its name. */
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
 * The same points as log lines that CloudWatch Logs turns into metrics: for when PutMetricData cannot be reached.
 *
 * Trap: one set of dimensions a document; a document that is too large is dropped without a word.
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
