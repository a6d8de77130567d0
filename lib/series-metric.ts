import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { MetricDefinition, MetricIdentity } from '../functions/model/metric.ts';

/** A series as CloudWatch reads it, one point a run. */
export interface SeriesMetricProps {
  readonly identity: MetricIdentity;
  readonly statistic: MetricDefinition['statistic'];
  readonly intervalMinutes: number;
  readonly label?: string;
}

/**
 * A published series, to be alarmed on or graphed.
 *
 * Trap: no unit. Where a metric's unit and an alarm's differ, CloudWatch finds no data and says nothing. The period is
 * the schedule's interval: were it shorter, every other period would have no point.
 */
export function seriesMetric({ identity, statistic, intervalMinutes, label }: SeriesMetricProps): Metric {
  return new Metric({
    namespace: identity.namespace,
    metricName: identity.name,
    dimensionsMap: identity.dimensions,
    statistic,
    period: Duration.minutes(intervalMinutes),
    ...(label && { label }),
  });
}
