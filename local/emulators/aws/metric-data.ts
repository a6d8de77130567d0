import type { MetricIdentity } from '../cloudwatch/index.ts';
import { AwsException } from './protocols.ts';
import { sizeLimits } from './size-limits.ts';

/**
 * One value per period from `start` to `end` (epoch milliseconds), the oldest first. Undefined where there is no point. A
 * percentile is `p95`.
 */
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

/** The most points of a page. */
const mostPoints = 100_800;

const dayMs = 24 * 60 * 60_000;

/** How long points are kept, by the shortest period in which they can be read. */
const retentions = [
  { periodSeconds: 60, keptMs: 15 * dayMs },
  { periodSeconds: 300, keptMs: 63 * dayMs },
  { periodSeconds: 3_600, keptMs: 455 * dayMs },
] as const;

/**
 * Metrics by their names, without expressions. Points in a period that is too short for their age are not there.
 *
 * A page has some points of all queries, and its token says how many came before. Times are epoch seconds.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
 */
export function getMetricData(data: MetricData, input: Readonly<Record<string, unknown>>, now: number): object {
  const queries = input.MetricDataQueries as readonly DataQuery[];
  if (queries.length > sizeLimits.queriesPerMetricData) {
    throw new AwsException('ValidationError', `The collection MetricDataQueries has ${queries.length} members.`);
  }
  const [start, end] = [Number(input.StartTime) * 1000, Number(input.EndTime) * 1000];
  if (!(start < end)) throw new AwsException('ValidationError', 'The parameter StartTime must be less than EndTime.');
  const direction = input.ScanBy === 'TimestampAscending' ? 1 : -1;
  const all = queries
    .flatMap(({ Id, MetricStat }) => {
      if (!MetricStat) throw new AwsException('ValidationError', `${Id} is an expression, which is not emulated.`);
      const { Metric, Period, Stat } = MetricStat;
      if (Period % 60 !== 0 || Period <= 0)
        throw new AwsException('ValidationError', `The Period of ${Id} is invalid.`);
      const dimensions = Object.fromEntries((Metric.Dimensions ?? []).map(({ Name, Value }) => [Name, Value]));
      const identity = { namespace: Metric.Namespace, name: Metric.MetricName, dimensions };
      const keptMs = retentions.findLast(({ periodSeconds }) => Period % periodSeconds === 0)?.keptMs ?? 0;
      return data(identity, Stat, Period * 1000, { start, end }).flatMap((value, index) => {
        const at = start + index * Period * 1000;
        return value === undefined || at < now - keptMs ? [] : [{ id: Id, at, value }];
      });
    })
    .toSorted((one, other) => direction * (one.at - other.at));
  const before = Number(input.NextToken ?? 0);
  const after = before + Number(input.MaxDatapoints ?? mostPoints);
  const page = Map.groupBy(all.slice(before, after), ({ id }) => id);
  return {
    MetricDataResults: queries.map(({ Id, MetricStat }) => {
      const points = page.get(Id) ?? [];
      return {
        ...{ Id, Label: MetricStat?.Metric.MetricName, StatusCode: after < all.length ? 'PartialData' : 'Complete' },
        ...{ Timestamps: points.map(({ at }) => at / 1000), Values: points.map(({ value }) => value) },
      };
    }),
    ...(after < all.length && { NextToken: String(after) }),
  };
}
