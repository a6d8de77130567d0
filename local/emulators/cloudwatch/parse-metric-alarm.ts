import {
  type Comparison,
  comparisons,
  type MetricAlarm,
  missingDataTreatments,
  type Query,
  statistics,
} from './alarm-definition.ts';
import { alarmPoints } from './alarm-points.ts';
import { type MetricIdentity, MetricStore } from './metric-store.ts';
import { parseExpression } from './parse-expression.ts';
import { readList, readNumber, readObject, readText, readWord, type Template } from './template-reader.ts';
import { UnsupportedError } from './unsupported-error.ts';

type Properties = Readonly<Record<string, unknown>>;
type Watched = Pick<MetricAlarm, 'queries' | 'watched' | 'periodMs'>;

export const metricAlarmKeys = [
  ...['ComparisonOperator', 'Threshold', 'EvaluationPeriods', 'DatapointsToAlarm', 'TreatMissingData', 'Metrics'],
  ...['MetricName', 'Namespace', 'Dimensions', 'Statistic', 'Period', 'Unit'],
];

/** What a metric alarm watches and when it breaches, without its name and actions. */
export function parseMetricAlarm(
  template: Template,
  properties: Properties,
): Omit<MetricAlarm, 'logicalId' | 'name' | 'description' | 'actions'> {
  const watched = properties.Metrics === undefined ? ofMetric(template, properties) : ofMetrics(template, properties);
  const evaluationPeriods = count(properties.EvaluationPeriods, 'EvaluationPeriods');
  const datapointsToAlarm = count(properties.DatapointsToAlarm ?? evaluationPeriods, 'DatapointsToAlarm');
  if (datapointsToAlarm > evaluationPeriods) {
    throw new UnsupportedError(
      `DatapointsToAlarm ${datapointsToAlarm} is more than EvaluationPeriods ${evaluationPeriods}`,
    );
  }
  const alarm = {
    kind: 'metric',
    ...watched,
    comparison: readWord(properties.ComparisonOperator, Object.keys(comparisons) as Comparison[]),
    threshold: readNumber(properties.Threshold),
    evaluationPeriods,
    datapointsToAlarm,
    treatMissingData: isOfDynamoDb(watched)
      ? // Whatever it says itself, as CloudWatch documents for this namespace alone.
        'ignore'
      : readWord(properties.TreatMissingData ?? 'missing', missingDataTreatments),
  } as const;
  // What only shows when it is computed, such as an expression that gives two series, is to be refused here too.
  alarmPoints(
    { ...alarm, logicalId: '', name: '', actions: { OK: [], ALARM: [], INSUFFICIENT_DATA: [] } },
    new MetricStore(),
    0,
  );
  return alarm;
}

function ofMetric(template: Template, properties: Properties): Watched {
  return {
    queries: { m1: metricQuery(template, properties, properties.Statistic) },
    watched: 'm1',
    periodMs: period(properties.Period),
  };
}

function ofMetrics(template: Template, { Metrics, ...others }: Properties): Watched {
  const besides = metricAlarmKeys
    .slice(metricAlarmKeys.indexOf('Metrics') + 1)
    .filter((key) => others[key] !== undefined);
  if (besides.length > 0) throw new UnsupportedError(`${besides.join(', ')} stands beside Metrics`);
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
  if (periodMs === undefined || more.length > 0) throw new UnsupportedError('the metrics are not of one period');
  const returned = entries.filter(({ ReturnData }) => ReturnData !== false);
  if (returned.length !== 1) throw new UnsupportedError(`${returned.length} of the metrics return data, and not one`);
  if (new Set(queries.map(([id]) => id)).size < queries.length)
    throw new UnsupportedError('two metrics have the same id');
  return { queries: Object.fromEntries(queries), watched: readText(template, returned[0]?.Id), periodMs };
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

function isOfDynamoDb({ queries }: Watched): boolean {
  return Object.values(queries).some((query) => query.kind === 'metric' && query.identity.namespace === 'AWS/DynamoDB');
}

function count(value: unknown, name: string): number {
  const number = readNumber(value);
  if (!Number.isInteger(number) || number < 1) throw new UnsupportedError(`${name} is ${number}`);
  return number;
}

function period(value: unknown): number {
  const seconds = readNumber(value);
  if (![10, 20, 30].includes(seconds) && !(seconds > 0 && seconds % 60 === 0)) {
    throw new UnsupportedError(`a period of ${seconds} seconds is none that CloudWatch allows`);
  }
  return seconds * 1000;
}
