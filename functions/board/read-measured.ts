import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import type { CloudWatch } from '../aws/clients.ts';
import { type MetricIdentity, metricIdentity } from '../model/metric.ts';
import { formatTarget } from '../model/target.ts';
import { type Grid, type Measured, nothingMeasured, type Point } from './board.ts';
import { type MeasuredSeries, shownMetrics } from './measured-series.ts';

/** Epoch milliseconds. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

export interface MeasuredOptions {
  readonly org: string;
  readonly deployment: string;
  /** Where the probes ask. */
  readonly grid: Pick<Grid, 'columns' | 'rows'>;
  readonly series: readonly MeasuredSeries[];
  readonly range: TimeRange;
  readonly now: number;
  readonly signal: AbortSignal;
}

/** Each series is billed: 0.01 dollars for a thousand. CloudWatch takes 500 in a call. */
export const mostSeries = 50;

/** A graph has no room for more. */
const mostPoints = 180;

interface Query {
  readonly identity: MetricIdentity;
  readonly statistic: string;
  readonly name: string;
  readonly target: string;
}

/**
 * What CloudWatch has measured of an org. Throws AWS's errors.
 *
 * Trap: minutes without a point are not in the answer. Nothing is known of them.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
 */
export async function readMeasured(
  client: Pick<CloudWatch, 'getMetricData'>,
  options: MeasuredOptions,
): Promise<Measured> {
  const { range, now, signal } = options;
  const all = queriesOf(options);
  const queries = all.slice(0, mostSeries);
  if (queries.length === 0) return nothingMeasured;
  const periodMs = periodOf(range, now);
  const pointsOf = await readPoints(client, queries, range, periodMs, signal);
  const shown = queries.map((query, index) => ({ ...query, points: pointsOf.get(`m${index}`) ?? [] }));
  const left = all.length - queries.length;
  return {
    latency: shown.flatMap(({ name, target, points }) =>
      isShownAs(name, 'latency') ? [{ target, phase: 'first byte' as const, points, periodMs }] : [],
    ),
    headroom: shown.flatMap(({ name, points }) => (isShownAs(name, 'headroom') ? points : [])),
    expiries: shown.flatMap(({ name, points }) => {
      const [expiry, last] = [shownMetrics[name], points.at(-1)];
      return expiry && 'expiry' in expiry && last ? [{ name: expiry.expiry, days: last.value }] : [];
    }),
    problems: left > 0 ? [`${left} more series are not read.`] : [],
  };
}

function isShownAs(name: string, as: string): boolean {
  const shown = shownMetrics[name];
  return shown !== undefined && 'as' in shown && shown.as === as;
}

function queriesOf({ org, deployment, grid, series }: MeasuredOptions): readonly Query[] {
  return series.flatMap(({ name, statistic, probe }): readonly Query[] => {
    const query = (labels: { readonly probe?: string; readonly server?: string }) => ({
      ...{ identity: metricIdentity(name, { org, deployment, ...labels }), statistic, name },
      target: formatTarget(labels),
    });
    if (probe === undefined) return [query({})];
    const asked = grid.rows.filter((row) => row.probe === probe);
    return grid.columns.flatMap((server, column) =>
      asked.some(({ cells }) => cells[column]) ? [query({ probe, ...(server !== undefined && { server }) })] : [],
    );
  });
}

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** CloudWatch keeps points of a minute for 15 days, then those of five minutes for 63, then those of an hour. */
function periodOf({ from, to }: TimeRange, now: number): number {
  const age = now - from;
  const least = age > 63 * dayMs ? 60 : age > 15 * dayMs ? 5 : 1;
  return Math.ceil((to - from) / mostPoints / (least * minuteMs)) * least * minuteMs;
}

async function readPoints(
  client: Pick<CloudWatch, 'getMetricData'>,
  queries: readonly Query[],
  { from, to }: TimeRange,
  periodMs: number,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly Point[]>> {
  const points = new Map<string, Point[]>();
  let NextToken: string | undefined;
  do {
    const answer = await client.getMetricData(
      {
        MetricDataQueries: queries.map((query, index) => metricQuery(query, `m${index}`, periodMs)),
        StartTime: new Date(Math.floor(from / periodMs) * periodMs),
        EndTime: new Date(to),
        ScanBy: 'TimestampAscending',
        ...(NextToken !== undefined && { NextToken }),
      },
      { abortSignal: signal },
    );
    for (const { Id = '', Timestamps = [], Values = [] } of answer.MetricDataResults ?? []) {
      const own = points.get(Id) ?? [];
      points.set(Id, own);
      for (const [index, time] of Timestamps.entries()) {
        const value = Values[index];
        if (value !== undefined && Number.isFinite(value)) own.push({ at: time.getTime(), value });
      }
    }
    NextToken = answer.NextToken;
  } while (NextToken !== undefined);
  return points;
}

function metricQuery({ identity, statistic }: Query, Id: string, periodMs: number): MetricDataQuery {
  const Dimensions = Object.entries(identity.dimensions).map(([Name, Value]) => ({ Name, Value }));
  const Metric = { Namespace: identity.namespace, MetricName: identity.name, Dimensions };
  return { Id, MetricStat: { Metric, Period: periodMs / 1000, Stat: statistic }, ReturnData: true };
}
