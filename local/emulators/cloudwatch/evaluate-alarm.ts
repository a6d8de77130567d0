import { type AlarmState, comparisons, type MetricAlarm } from './alarm-definition.ts';
import { evaluationWindow } from './alarm-points.ts';
import type { Series } from './metric-store.ts';

export interface Evaluation {
  readonly state: AlarmState;
  /** Why, in a sentence: how many points breach, which they are, and the time they end at. */
  readonly reason: string;
}

/**
 * The state of a metric alarm, by the points of its evaluation range, the oldest first.
 *
 * Trap: the range is longer than N. While it still holds N real points, those decide and the treatment of missing data
 * is not asked; so an alarm that takes silence for a breach rises periods later than M of N suggests.
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
 * Whether nothing but breaches is known, and the oldest of them is as old as M periods: then the alarm rises although
 * fewer than M points breach. A younger one waits, since the next point may be good.
 */
function isOldEnough(points: readonly (boolean | undefined)[], m: number): boolean {
  const oldest = points.indexOf(true);
  return oldest >= 0 && points.length - oldest >= m;
}
