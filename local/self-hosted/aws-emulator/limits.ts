import type { AwsError } from './protocols.ts';

/**
 * What one call may contain at the most. These belong to the API, and are the same in every account and Region.
 *
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Dimension.html
 * https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
 */
export const sizeLimits = {
  metricsPerCall: 1_000,
  bytesPerMetricsCall: 1_048_576,
  queriesPerMetricData: 500,
  dimensionsPerMetric: 30,
  charactersOfMetricName: 255,
  charactersOfNamespace: 255,
  charactersOfDimensionName: 255,
  charactersOfDimensionValue: 1_024,
  bytesOfMessage: 262_144,
  charactersOfSubject: 99,
} as const;

/** Calls a second by operation. An operation that is not in it is never throttled. */
export type Rates = Readonly<Record<string, number>>;

/** Counts calls, and refuses those over the rate of their operation. */
interface Throttle {
  /** The error for a call over the rate; undefined if the call may pass. Time is in epoch milliseconds. */
  refuse(operation: string, at: number): AwsError | undefined;
}

/** How long counts are kept: nothing is so late. */
const keptMs = 600_000;

/**
 * AWS limits the rate of each operation for an account and Region as a whole.
 *
 * Trap: calls may come in another order than that of their times, because what runs at the same virtual time may run one
 * after the other in real time. So this counts calls by the second of their time. A token bucket would need them in order.
 */
export function openThrottle(rates: () => Rates): Throttle {
  const counts = new Map<string, number>();
  let newest = Number.NEGATIVE_INFINITY;
  return {
    refuse(operation, at) {
      const rate = rates()[operation];
      if (rate === undefined) return undefined;
      if (at > newest + keptMs) {
        newest = at;
        counts.clear();
      }
      const key = `${operation} ${Math.floor(at / 1000)}`;
      const count = counts.get(key) ?? 0;
      if (count >= rate) return { status: 400, type: errorTypes[operation] ?? 'ThrottlingException', message };
      counts.set(key, count + 1);
      return undefined;
    },
  };
}

const message = 'Rate exceeded';

/** CloudWatch has kept the name of its query protocol. The SDK retries both. */
const errorTypes: Readonly<Record<string, string>> = {
  PutMetricData: 'Throttling',
  GetMetricData: 'Throttling',
  DescribeAlarmHistory: 'Throttling',
};
