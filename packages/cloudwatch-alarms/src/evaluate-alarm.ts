import { type AlarmState, comparisons, type MetricAlarm } from './alarm-definition.ts';
import { evaluateExpression } from './metric-math.ts';
import type { MetricStore, Series, Window } from './metric-store.ts';
import { UnsupportedError } from './unsupported-error.ts';

export interface Evaluation {
  readonly state: AlarmState;
  /** How many points breach, their values, and the end of the evaluated time. */
  readonly reason: string;
}

const minuteMs = 60_000;

/**
 * The number of points that CloudWatch retrieves: more than N, so that some may be missing.
 *
 * Trap: AWS documents only one size, five points for N = 3 at standard resolution. That it is N + 2 for every N is
 * inferred from it.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function evaluationRange(evaluationPeriods: number): number {
  return evaluationPeriods + 2;
}

/**
 * The time that an evaluation covers. It ends with the last complete minute.
 *
 * Trap: an alarm with a period of five minutes is also evaluated every minute, over the last five minutes and not over
 * five-minute blocks of the hour. With a period under a minute, the window moves by the period.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
 */
function evaluationWindow({ periodMs, evaluationPeriods }: MetricAlarm, now: number): Window {
  const step = Math.min(periodMs, minuteMs);
  const end = Math.floor(now / step) * step;
  return { start: end - evaluationRange(evaluationPeriods) * periodMs, end };
}

/** The points of the alarm's metric or expression in its evaluation range, oldest first. */
export function alarmPoints(alarm: MetricAlarm, store: MetricStore, now: number): Series {
  const { queries, resultId, periodMs } = alarm;
  const window = evaluationWindow(alarm, now);
  const metrics = Object.fromEntries(
    Object.entries(queries).flatMap(([id, query]) =>
      query.kind === 'metric' ? [[id, store.statistic(query.identity, query.stat, periodMs, window, query.unit)]] : [],
    ),
  );
  const series = (id: string, within: readonly string[]): Series => {
    const metric = metrics[id];
    if (metric) return metric;
    const query = queries[id];
    if (query?.kind !== 'expression') throw new UnsupportedError(`no metric or expression has the id ${id}`);
    if (within.includes(id)) throw new UnsupportedError(`the expression ${id} refers to itself`);
    return evaluateExpression(query.expression, { metrics, series: (other) => series(other, [...within, id]) });
  };
  return series(resultId, []);
}

/**
 * The state of a metric alarm, given the points of its evaluation range.
 *
 * Trap: the range is longer than N. As long as it contains N real points, those alone decide and TreatMissingData has
 * no effect. An alarm that treats missing data as breaching therefore fires some periods later than M of N suggests.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function evaluateAlarm(alarm: MetricAlarm, points: Series, previous: AlarmState, now: number): Evaluation {
  const { evaluationPeriods: n, threshold, treatMissingData } = alarm;
  const { breaches, sign } = comparisons[alarm.comparison];
  const breaching = points.map((point) => (point === undefined ? undefined : breaches(point, threshold)));
  const real = points.filter((point) => point !== undefined).slice(-n);
  const found = `${real.filter((point) => breaches(point, threshold)).length} of ${real.length} points ${sign} ${threshold}`;
  const values = real.length > 0 ? ` (${real.join(', ')})` : '';
  const filled = real.length < n ? `, ${n - real.length} missing and treated as ${treatMissingData}` : '';
  const until = new Date(evaluationWindow(alarm, now).end).toISOString();
  return {
    state: stateOf(alarm, breaching, previous),
    reason: `${found}${values}${filled}, until ${until}`,
  };
}

function stateOf(alarm: MetricAlarm, points: readonly (boolean | undefined)[], previous: AlarmState): AlarmState {
  const { evaluationPeriods: n, datapointsToAlarm: m, treatMissingData } = alarm;
  const real = points.filter((breaching) => breaching !== undefined).slice(-n);
  const breaching = real.filter(Boolean).length;
  const missing = n - real.length;
  if (breaching >= m) return 'ALARM';
  if (missing === 0) return 'OK';
  switch (treatMissingData) {
    case 'breaching':
      return breaching + missing >= m ? 'ALARM' : 'OK';
    case 'notBreaching':
      return 'OK';
    case 'ignore':
      return breaching < real.length ? 'OK' : previous;
    case 'missing':
      if (breaching < real.length) return 'OK';
      return isOldEnough(points, m) ? 'ALARM' : 'INSUFFICIENT_DATA';
    default:
      return treatMissingData satisfies never;
  }
}

/**
 * Whether the oldest breaching point is at least M periods old. If every known point breaches, the alarm then fires
 * although fewer than M points breach. Otherwise it waits, because the next point may not breach.
 */
function isOldEnough(points: readonly (boolean | undefined)[], m: number): boolean {
  const oldest = points.indexOf(true);
  return oldest >= 0 && points.length - oldest >= m;
}
