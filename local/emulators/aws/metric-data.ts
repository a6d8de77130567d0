import type { MetricIdentity } from '../cloudwatch/metric-store.ts';
import { AwsException } from './protocols.ts';
import { sizeLimits } from './size-limits.ts';

/** One value per period from `start` to `end` (epoch milliseconds), the oldest first. Undefined where there is no point. */
export type MetricData = (
  identity: MetricIdentity,
  statistic: string,
  periodMs: number,
  window: { readonly start: number; readonly end: number },
) => readonly (number | undefined)[];

interface DataQuery {
  readonly Id: string;
  readonly MetricStat?: {
    readonly Metric: {
      readonly Namespace: string;
      readonly MetricName: string;
      readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[];
    };
    readonly Period: number;
    readonly Stat: string;
  };
}

/**
 * Metrics by their names, without expressions. All points are in one answer. Times are epoch seconds.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
 */
export function getMetricData(data: MetricData, input: Readonly<Record<string, unknown>>): object {
  const queries = input.MetricDataQueries as readonly DataQuery[];
  if (queries.length > sizeLimits.queriesPerMetricData) {
    throw new AwsException('ValidationError', `The collection MetricDataQueries has ${queries.length} members.`);
  }
  const [start, end] = [Number(input.StartTime) * 1000, Number(input.EndTime) * 1000];
  if (!(start < end)) throw new AwsException('ValidationError', 'The parameter StartTime must be less than EndTime.');
  const isAscending = input.ScanBy === 'TimestampAscending';
  return {
    MetricDataResults: queries.map(({ Id, MetricStat }) => {
      if (!MetricStat) throw new AwsException('ValidationError', `${Id} is an expression, which is not emulated.`);
      const { Metric, Period, Stat } = MetricStat;
      if (Period % 60 !== 0 || Period <= 0)
        throw new AwsException('ValidationError', `The Period of ${Id} is invalid.`);
      const dimensions = Object.fromEntries((Metric.Dimensions ?? []).map(({ Name, Value }) => [Name, Value]));
      const identity = { namespace: Metric.Namespace, name: Metric.MetricName, dimensions };
      const points = data(identity, Stat, Period * 1000, { start, end }).flatMap((value, index) =>
        value === undefined ? [] : [{ at: start / 1000 + index * Period, value }],
      );
      const sorted = isAscending ? points : points.toReversed();
      return {
        ...{ Id, Label: Metric.MetricName, StatusCode: 'Complete' },
        ...{ Timestamps: sorted.map(({ at }) => at), Values: sorted.map(({ value }) => value) },
      };
    }),
  };
}
