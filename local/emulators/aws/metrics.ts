import type { MetricIdentity } from '../cloudwatch/index.ts';
import { AwsException } from './protocols.ts';
import { sizeLimits } from './size-limits.ts';

/** One point, as CloudWatch received it. */
export interface ReceivedPoint {
  readonly identity: MetricIdentity;
  readonly unit: string;
  readonly value: number;
  /** ISO 8601, in UTC. */
  readonly at: string;
}

interface MetricDatum {
  readonly MetricName: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[];
  readonly Timestamp: number;
  readonly Unit: string;
  readonly Value: number;
}

/** A log line in the embedded metric format. Each dimension and metric is a member named after it. */
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
 * The points of a PutMetricData call.
 *
 * Trap: CloudWatch refuses a call as a whole if one of its metrics breaks a rule.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html
 *
 * @param bytes the size of the request's body
 */
export function readPoints(
  { Namespace, MetricData }: Readonly<Record<string, unknown>>,
  bytes: number,
): ReceivedPoint[] {
  const data = MetricData as MetricDatum[];
  if (bytes > sizeLimits.bytesPerMetricsCall) {
    throw new AwsException('RequestEntityTooLarge', 'Request size exceeded the limit.', 413);
  }
  refuseLongerThan(sizeLimits.metricsPerCall, data.length, 'MetricData', 'members');
  refuseLongerThan(sizeLimits.charactersOfNamespace, String(Namespace).length, 'Namespace');
  for (const { MetricName, Dimensions = [] } of data) {
    refuseLongerThan(sizeLimits.charactersOfMetricName, MetricName.length, 'MetricName');
    refuseLongerThan(sizeLimits.dimensionsPerMetric, Dimensions.length, 'Dimensions', 'members');
    for (const { Name, Value } of Dimensions) {
      refuseLongerThan(sizeLimits.charactersOfDimensionName, Name.length, 'Dimensions.Name');
      refuseLongerThan(sizeLimits.charactersOfDimensionValue, Value.length, 'Dimensions.Value');
      if (Name === '' || Value.trim() === '')
        throw invalid(`The parameter Dimensions of ${MetricName} has an empty member.`);
    }
  }
  return data.map(({ MetricName, Dimensions = [], Timestamp, Unit, Value }) => ({
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

/**
 * The points that CloudWatch Logs extracts from a log line in the embedded metric format. Other JSON lines have none.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function emfPoints(line: string): readonly ReceivedPoint[] {
  const document = JSON.parse(line) as Partial<EmfDocument>;
  const { _aws: metadata } = document;
  if (!metadata) return [];
  const at = new Date(metadata.Timestamp).toISOString();
  return metadata.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
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

function refuseLongerThan(most: number, length: number, parameter: string, unit = 'characters'): void {
  if (length > most)
    throw invalid(`The parameter ${parameter} has ${length} ${unit}, and may have ${most} at the most.`);
}

function invalid(message: string): AwsException {
  return new AwsException('InvalidParameterValue', message);
}
