import type { MetricIdentity } from '../../../packages/cloudwatch-alarms/src/index.ts';
import { sizeLimits } from './limits.ts';
import { AwsException } from './protocols.ts';

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

/** One change of an alarm's state. */
export interface AlarmHistoryItem {
  /** Epoch milliseconds. */
  readonly timestamp: number;
  /** For example `Alarm updated from OK to ALARM`. */
  readonly summary: string;
  /** JSON with `oldState` and `newState`, each with a `stateValue`. */
  readonly data: string;
}

/** Returns the history of an alarm between two times in epoch milliseconds. */
export type AlarmHistory = (alarmName: string, startMs: number, endMs: number) => readonly AlarmHistoryItem[];

/**
 * DescribeAlarmHistory for the state changes of one alarm. The history of an unknown alarm is empty.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmHistory.html
 */
export function describeAlarmHistory(
  history: AlarmHistory,
  { AlarmName, StartDate, EndDate, ScanBy, MaxRecords }: Readonly<Record<string, unknown>>,
): object {
  const [start, end] = [Number(StartDate ?? 0) * 1000, Number(EndDate ?? Number.POSITIVE_INFINITY) * 1000];
  const items = history(String(AlarmName), start, end)
    .filter(({ timestamp }) => timestamp >= start && timestamp <= end)
    .toSorted((one, other) => one.timestamp - other.timestamp);
  if (ScanBy !== 'TimestampAscending') items.reverse();
  return {
    AlarmHistoryItems: items.slice(0, Number(MaxRecords ?? 100)).map(({ timestamp, summary, data }) => ({
      AlarmName,
      AlarmType: 'MetricAlarm',
      Timestamp: timestamp / 1000,
      HistoryItemType: 'StateUpdate',
      HistorySummary: summary,
      HistoryData: data,
    })),
  };
}
