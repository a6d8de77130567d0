import {
  type Comparison,
  comparisons,
  type MetricAlarm,
  missingDataTreatments,
  type Query,
  statistics,
  type WarmUp,
} from './alarm-definition.ts';
import { alarmPoints } from './evaluate-alarm.ts';
import { type MetricIdentity, MetricStore } from './metric-store.ts';
import { parseExpression } from './parse-expression.ts';
import { readList, readNumber, readObject, readText, readWord, type Template } from './template-reader.ts';
import { UnsupportedError } from './unsupported-error.ts';

type Properties = Readonly<Record<string, unknown>>;
type Queries = Pick<MetricAlarm, 'queries' | 'resultId' | 'periodMs'>;

export const metricAlarmKeys = [
  ...['ComparisonOperator', 'Threshold', 'EvaluationPeriods', 'DatapointsToAlarm', 'TreatMissingData', 'Metrics'],
  ...['MetricName', 'Namespace', 'Dimensions', 'Statistic', 'Period', 'Unit'],
];

export const warmUpKey = 'WarmUpConfiguration';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const mostWarmUpMinutes = 2_880;

/** Parses a metric alarm, except its name, description and actions. */
export function parseMetricAlarm(
  template: Template,
  properties: Properties,
): Omit<MetricAlarm, 'logicalId' | 'name' | 'description' | 'actions'> {
  const queries =
    properties.Metrics === undefined ? fromMetricName(template, properties) : fromMetrics(template, properties);
  const evaluationPeriods = count(properties.EvaluationPeriods, 'EvaluationPeriods');
  const datapointsToAlarm = count(properties.DatapointsToAlarm ?? evaluationPeriods, 'DatapointsToAlarm');
  if (datapointsToAlarm > evaluationPeriods) {
    throw new UnsupportedError(
      `DatapointsToAlarm ${datapointsToAlarm} is more than EvaluationPeriods ${evaluationPeriods}`,
    );
  }
  const mostMs = queries.periodMs < 60 * minuteMs ? dayMs : 7 * dayMs;
  if (evaluationPeriods * queries.periodMs > mostMs) {
    throw new UnsupportedError(
      `its periods cover ${(evaluationPeriods * queries.periodMs) / 1000} seconds, but CloudWatch allows ${mostMs / 1000} for periods of ${queries.periodMs / 1000}`,
    );
  }
  const alarm = {
    kind: 'metric',
    ...queries,
    comparison: readWord(properties.ComparisonOperator, Object.keys(comparisons) as Comparison[]),
    threshold: readNumber(properties.Threshold),
    evaluationPeriods,
    datapointsToAlarm,
    treatMissingData: isDynamoDb(queries)
      ? // CloudWatch documents that alarms on this namespace ignore missing data, whatever they specify.
        'ignore'
      : readWord(properties.TreatMissingData ?? 'missing', missingDataTreatments),
    ...(properties[warmUpKey] !== undefined && { warmUp: warmUp(properties[warmUpKey]) }),
  } as const;
  // A trial evaluation, for errors that occur only then, such as an expression that returns two series.
  alarmPoints(
    { ...alarm, logicalId: '', name: '', actions: { OK: [], ALARM: [], INSUFFICIENT_DATA: [] } },
    new MetricStore(),
    0,
  );
  return alarm;
}

function fromMetricName(template: Template, properties: Properties): Queries {
  return {
    queries: { m1: metricQuery(template, properties, properties.Statistic) },
    resultId: 'm1',
    periodMs: period(properties.Period),
  };
}

function fromMetrics(template: Template, { Metrics, ...others }: Properties): Queries {
  const conflicting = metricAlarmKeys
    .slice(metricAlarmKeys.indexOf('Metrics') + 1)
    .filter((key) => others[key] !== undefined);
  if (conflicting.length > 0) throw new UnsupportedError(`Metrics cannot be combined with ${conflicting.join(', ')}`);
  const entries = readList(Metrics).map((entry) =>
    readObject(entry, ['Id', 'Label', 'ReturnData', 'Expression', 'MetricStat', 'Period']),
  );
  const periods = new Set<number>();
  const queries = entries.map(({ Id, Expression, MetricStat, Period }): readonly [string, Query] => {
    if (Period !== undefined) periods.add(period(Period));
    if (Expression !== undefined) {
      return [
        readText(template, Id),
        { kind: 'expression', expression: parseExpression(readText(template, Expression)) },
      ];
    }
    const stat = readObject(MetricStat, ['Metric', 'Period', 'Stat', 'Unit']);
    const metric = readObject(stat.Metric, ['Namespace', 'MetricName', 'Dimensions']);
    periods.add(period(stat.Period));
    return [readText(template, Id), metricQuery(template, { ...metric, Unit: stat.Unit }, stat.Stat)];
  });
  const [periodMs, ...more] = periods;
  if (periodMs === undefined || more.length > 0) throw new UnsupportedError('all metrics must have the same period');
  const returned = entries.filter(({ ReturnData }) => ReturnData !== false);
  if (returned.length !== 1)
    throw new UnsupportedError(`exactly one metric must return data, but ${returned.length} do`);
  if (new Set(queries.map(([id]) => id)).size < queries.length)
    throw new UnsupportedError('two metrics have the same id');
  return { queries: Object.fromEntries(queries), resultId: readText(template, returned[0]?.Id), periodMs };
}

function metricQuery(template: Template, metric: Properties, stat: unknown): Query {
  const identity: MetricIdentity = {
    namespace: readText(template, metric.Namespace),
    name: readText(template, metric.MetricName),
    dimensions: Object.fromEntries(
      readList(metric.Dimensions).map((dimension) => {
        const { Name, Value } = readObject(dimension, ['Name', 'Value']);
        return [readText(template, Name), readText(template, Value)];
      }),
    ),
  };
  const unit = metric.Unit === undefined ? {} : { unit: readText(template, metric.Unit) };
  return { kind: 'metric', identity, stat: readWord(stat, statistics), ...unit };
}

function isDynamoDb({ queries }: Queries): boolean {
  return Object.values(queries).some((query) => query.kind === 'metric' && query.identity.namespace === 'AWS/DynamoDB');
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-warm-up.html */
function warmUp(value: unknown): WarmUp {
  const names = ['WarmUpPeriodDurationInMinutes', 'OnlyStartEvaluatingAfterWarmUpPeriodEnds'] as const;
  const properties = readObject(value, names);
  const [duration, lastsItsDuration = false] = names.map((name) => properties[name]);
  const minutes = count(duration, names[0]);
  if (minutes > mostWarmUpMinutes) {
    throw new UnsupportedError(`${names[0]} is ${minutes}, but CloudWatch allows ${mostWarmUpMinutes} at most`);
  }
  if (typeof lastsItsDuration !== 'boolean') throw new UnsupportedError(`${names[1]} must be true or false`);
  return { durationMs: minutes * minuteMs, lastsItsDuration };
}

function count(value: unknown, name: string): number {
  const number = readNumber(value);
  if (!Number.isInteger(number) || number < 1)
    throw new UnsupportedError(`${name} must be a positive integer, not ${number}`);
  return number;
}

function period(value: unknown): number {
  const seconds = readNumber(value);
  if (![10, 20, 30].includes(seconds) && !(seconds > 0 && seconds % 60 === 0)) {
    throw new UnsupportedError(`CloudWatch does not allow a period of ${seconds} seconds`);
  }
  return seconds * 1000;
}
