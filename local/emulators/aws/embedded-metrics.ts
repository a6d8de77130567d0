import type { ReceivedPoint } from './metrics.ts';

/** A log line in the embedded metric format. Next to `_aws`, each dimension and metric is a member by its name. */
interface EmfDocument {
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
 * The points that CloudWatch Logs makes of a log line in the embedded metric format; of any other line none.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function embeddedPoints(line: string): readonly ReceivedPoint[] {
  const document = JSON.parse(line) as Partial<EmfDocument>;
  const { _aws: embedded } = document;
  if (!embedded) return [];
  const at = new Date(embedded.Timestamp).toISOString();
  return embedded.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
    Dimensions.flatMap((names) => {
      const dimensions = Object.fromEntries(names.map((name) => [name, String(document[name])]));
      return Metrics.map(({ Name, Unit }) => ({
        identity: { namespace: Namespace, name: Name, dimensions },
        unit: Unit,
        value: Number(document[Name]),
        at,
      }));
    }),
  );
}
