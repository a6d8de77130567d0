import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { MetricDefinition, MetricIdentity } from '../functions/model/metric.ts';

/** A published series, with one data point per run. */
export interface SeriesMetricProps {
  readonly identity: MetricIdentity;
  readonly statistic: MetricDefinition['statistic'];
  readonly intervalMinutes: number;
  readonly label?: string;
}

/**
 * The CloudWatch metric of a published series, for alarms and graphs.
 *
 * Trap: no unit. If the units of a metric and an alarm differ, the alarm silently gets no data. The period must be the
 * interval of the schedule: in shorter periods some would have no data point.
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
