import type { MetricAlarm } from './alarm-definition.ts';
import { evaluateExpression } from './metric-math.ts';
import type { MetricStore, Series, Window } from './metric-store.ts';
import { UnsupportedError } from './unsupported-error.ts';

const minuteMs = 60_000;

/**
 * How many points CloudWatch looks back for, more than it needs, so that a few may be missing.
 *
 * Trap: only one size is documented, five points for N = 3 at standard resolution. That two more than N are taken for
 * every N is inferred from it.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function evaluationRange(evaluationPeriods: number): number {
  return evaluationPeriods + 2;
}

/**
 * The time that an evaluation looks at: it ends with the last minute that is over.
 *
 * Trap: an alarm on five minutes is evaluated every minute too, and over the last five minutes, not over the last five
 * that an hour divides into. Below a minute, the window moves by the period.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
 */
export function evaluationWindow({ periodMs, evaluationPeriods }: MetricAlarm, now: number): Window {
  const step = Math.min(periodMs, minuteMs);
  const end = Math.floor(now / step) * step;
  return { start: end - evaluationRange(evaluationPeriods) * periodMs, end };
}

/** The points that an alarm is evaluated on at a time: the evaluation range, of its metric or expression. */
export function alarmPoints(alarm: MetricAlarm, store: MetricStore, now: number): Series {
  const { queries, watched, periodMs } = alarm;
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
  return series(watched, []);
}
