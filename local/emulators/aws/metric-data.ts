import type { MetricIdentity, Series, Window } from '../cloudwatch/metric-store.ts';
import { AwsException } from './protocols.ts';

/** The values of one statistic, one per period from the start of the window on. Percentiles are `p95`. */
export type MetricData = (identity: MetricIdentity, stat: string, periodMs: number, window: Window) => Series;

interface MetricDataQuery {
  readonly Id: string;
  readonly Expression?: string;
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

const [mostQueries, mostPoints] = [500, 100_800];

const dayMs = 24 * 60 * 60_000;

/** How long points are kept, by the shortest period in which they can be read. */
const retentions = [
  { periodSeconds: 60, keptMs: 15 * dayMs },
  { periodSeconds: 300, keptMs: 63 * dayMs },
  { periodSeconds: 3_600, keptMs: 455 * dayMs },
] as const;

/**
 * GetMetricData for metrics, without expressions. Points in a period that is too short for their age are not there.
 *
 * A page has the points of some periods of all queries, and the token says where the next one begins.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
 */
export function getMetricData(data: MetricData, input: Readonly<Record<string, unknown>>, now: number): object {
  const { MetricDataQueries, StartTime, EndTime, ScanBy, MaxDatapoints = mostPoints, NextToken } = input;
  const queries = (MetricDataQueries ?? []) as readonly MetricDataQuery[];
  if (queries.length === 0 || queries.length > mostQueries)
    throw invalid(`MetricDataQueries must have 1 to ${mostQueries} members.`);
  if (ScanBy !== 'TimestampAscending') throw invalid('This emulator reads only in ascending order.');
  const [from, to] = [Number(StartTime) * 1000, Number(EndTime) * 1000];
  if (!(from < to)) throw invalid('StartTime must be before EndTime.');
  const all = queries.flatMap(({ Id, MetricStat, Expression }) => {
    if (!MetricStat) throw invalid(`This emulator does not evaluate the expression ${Expression}.`);
    return pointsOf(data, MetricStat, { start: from, end: to }, now).map((point) => ({ ...point, id: Id }));
  });
  const pending = all.toSorted((one, other) => one.at - other.at).slice(Number(NextToken ?? 0));
  const page = pending.slice(0, Number(MaxDatapoints));
  const done = Number(NextToken ?? 0) + page.length;
  return {
    MetricDataResults: queries.map(({ Id }) => {
      const own = page.filter(({ id }) => id === Id);
      return {
        Id,
        Label: Id,
        StatusCode: pending.length > page.length ? 'PartialData' : 'Complete',
        Timestamps: own.map(({ at }) => at / 1000),
        Values: own.map(({ value }) => value),
      };
    }),
    Messages: [],
    ...(pending.length > page.length && { NextToken: String(done) }),
  };
}

function pointsOf(
  data: MetricData,
  { Metric, Period, Stat }: NonNullable<MetricDataQuery['MetricStat']>,
  { start, end }: Window,
  now: number,
): readonly { readonly at: number; readonly value: number }[] {
  if (!(Period >= 60 && Period % 60 === 0)) throw invalid(`The period ${Period} is not a multiple of 60.`);
  const identity = {
    namespace: Metric.Namespace,
    name: Metric.MetricName,
    dimensions: Object.fromEntries((Metric.Dimensions ?? []).map(({ Name, Value }) => [Name, Value])),
  };
  const keptMs = retentions.findLast(({ periodSeconds }) => Period % periodSeconds === 0)?.keptMs ?? 0;
  const periodMs = Period * 1000;
  return data(identity, Stat, periodMs, { start, end }).flatMap((value, index) => {
    const at = start + index * periodMs;
    return value === undefined || at < now - keptMs ? [] : [{ at, value }];
  });
}

function invalid(message: string): AwsException {
  return new AwsException('InvalidParameterValue', message);
}
