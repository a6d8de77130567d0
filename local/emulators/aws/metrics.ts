import type { MetricIdentity } from '../cloudwatch/metric-store.ts';

/** One point as CloudWatch received it. */
export interface ReceivedPoint {
  readonly identity: MetricIdentity;
  readonly unit: string;
  readonly value: number;
  /** ISO 8601 in UTC. */
  readonly at: string;
}

interface MetricDatum {
  readonly MetricName: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[];
  readonly Timestamp: number;
  readonly Unit: string;
  readonly Value: number;
}

/**
 * The points of a call of PutMetricData.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html
 */
export function readPoints({ Namespace, MetricData }: Readonly<Record<string, unknown>>): ReceivedPoint[] {
  return (MetricData as MetricDatum[]).map(({ MetricName, Dimensions = [], Timestamp, Unit, Value }) => ({
    identity: {
      namespace: String(Namespace),
      name: MetricName,
      dimensions: Object.fromEntries(Dimensions.map(({ Name, Value: value }) => [Name, value])),
    },
    unit: Unit,
    value: Value,
    at: new Date(Timestamp * 1000).toISOString(),
  }));
}
