/**
 * Recorded alarms as CloudWatch sends them to SNS: one on a metric, which also resolves, and one on an expression.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
 */

const common = {
  AlarmDescription: 'Okta must act. docs/runbook.md#fault-domain-okta',
  AWSAccountId: '123456789012',
  AlarmConfigurationUpdatedTimestamp: '2026-11-20T08:11:42.502+0000',
  Region: 'US East (N. Virginia)',
  OKActions: ['arn:aws:sns:us-east-1:123456789012:okta-synthetics-page-alarms'],
  AlarmActions: ['arn:aws:sns:us-east-1:123456789012:okta-synthetics-page-alarms'],
  InsufficientDataActions: [],
};

/** An alarm on one metric fires: two bad minutes of ten. */
export const metricAlarm = {
  ...common,
  AlarmName: 'okta-synthetics/acme/okta/page',
  AlarmArn: 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:okta-synthetics/acme/okta/page',
  NewStateValue: 'ALARM',
  NewStateReason:
    'Threshold Crossed: 2 out of the last 10 datapoints [2.0 (21/11/26 12:01:00), 2.0 (21/11/26 12:00:00)] were greater than the threshold (1.0) (minimum 2 datapoints for OK -> ALARM transition).',
  StateChangeTime: '2026-11-21T12:02:07.498+0000',
  OldStateValue: 'OK',
  Trigger: {
    MetricName: 'Severity',
    Namespace: 'OktaSynthetics',
    StatisticType: 'Statistic',
    Statistic: 'MAXIMUM',
    Unit: null,
    Dimensions: [
      { value: 'okta', name: 'Domain' },
      { value: 'acme', name: 'Org' },
    ],
    Period: 60,
    EvaluationPeriods: 10,
    DatapointsToAlarm: 2,
    ComparisonOperator: 'GreaterThanThreshold',
    Threshold: 1.0,
    TreatMissingData: 'notBreaching',
    EvaluateLowSampleCountPercentile: '',
  },
};

/** The same alarm when it resolves, nine minutes after the last bad run. */
export const resolvedMetricAlarm = {
  ...metricAlarm,
  NewStateValue: 'OK',
  NewStateReason:
    'Threshold Crossed: 9 out of the last 10 datapoints were not greater than the threshold (1.0) (minimum 9 datapoints for ALARM -> OK transition).',
  StateChangeTime: '2026-11-21T12:19:07.211+0000',
  OldStateValue: 'ALARM',
};

/** An alarm on an expression: its period is that of its metrics. */
export const expressionAlarm = {
  ...common,
  AlarmName: 'okta-synthetics/acme/credentials/ticket',
  AlarmArn: 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:okta-synthetics/acme/credentials/ticket',
  NewStateValue: 'ALARM',
  NewStateReason:
    'Threshold Crossed: 4 out of the last 10 datapoints [1.0 (21/11/26 12:03:00), 1.0 (21/11/26 12:02:00), 1.0 (21/11/26 12:01:00), 1.0 (21/11/26 12:00:00)] were greater than the threshold (0.0) (minimum 4 datapoints for OK -> ALARM transition).',
  StateChangeTime: '2026-11-21T12:04:09.113+0000',
  OldStateValue: 'OK',
  Trigger: {
    Period: 60,
    EvaluationPeriods: 10,
    DatapointsToAlarm: 4,
    ComparisonOperator: 'GreaterThanThreshold',
    Threshold: 0.0,
    TreatMissingData: 'ignore',
    EvaluateLowSampleCountPercentile: '',
    Metrics: [
      { Expression: 'IF(m1 < 2, m1)', Id: 'e1', Label: 'tickets', ReturnData: true },
      {
        Id: 'm1',
        MetricStat: {
          Metric: {
            Dimensions: [
              { value: 'credentials', name: 'Domain' },
              { value: 'acme', name: 'Org' },
            ],
            MetricName: 'Severity',
            Namespace: 'OktaSynthetics',
          },
          Period: 60,
          Stat: 'Maximum',
        },
        ReturnData: false,
      },
    ],
  },
};

/** The event with which SNS calls a function. */
export function snsEvent(message: unknown, timestamp = '2026-11-21T12:02:07.541Z'): object {
  return {
    Records: [
      {
        EventSource: 'aws:sns',
        EventVersion: '1.0',
        EventSubscriptionArn: 'arn:aws:sns:us-east-1:123456789012:okta-synthetics-page-alarms:1b8e',
        Sns: {
          Type: 'Notification',
          MessageId: 'c2c2b7d0-8f6e-5f6c-a1a6-e9a1ff5f2b9a',
          TopicArn: 'arn:aws:sns:us-east-1:123456789012:okta-synthetics-page-alarms',
          Subject: 'ALARM: "okta-synthetics/acme/okta/page" in US East (N. Virginia)',
          Message: typeof message === 'string' ? message : JSON.stringify(message),
          Timestamp: timestamp,
          MessageAttributes: {},
        },
      },
    ],
  };
}

/** The record of that event. */
export function recordOf(message: unknown, timestamp?: string): unknown {
  return (snsEvent(message, timestamp) as { Records: unknown[] }).Records[0];
}
