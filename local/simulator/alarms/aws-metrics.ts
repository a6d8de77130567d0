import type { MetricIdentity } from '../../../functions/model/metric.ts';
import type { MetricPoint } from '../../emulators/cloudwatch/metric-store.ts';

/** What AWS publishes of our functions and topics without being asked, as far as it is rehearsed. */
export const awsMetrics = {
  'AWS/Lambda': { dimension: 'FunctionName', names: ['Invocations', 'Errors', 'Throttles', 'Duration'] },
  'AWS/SNS': {
    dimension: 'TopicName',
    names: ['NumberOfMessagesPublished', 'NumberOfNotificationsDelivered', 'NumberOfNotificationsFailed'],
  },
} as const;

/** Whether a series can get points here: AWS publishes a great many that are not. */
export function isRehearsed({ namespace, name }: MetricIdentity): boolean {
  const known: Readonly<Record<string, { readonly names: readonly string[] }>> = awsMetrics;
  return !namespace.startsWith('AWS/') || (known[namespace]?.names.includes(name) ?? false);
}

/**
 * The points of one try to run a function.
 *
 * Trap: a run that succeeds is a point of 0 errors and 0 throttles; a throttled try is no invocation, and no error.
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 */
export function lambdaPoints(
  name: string,
  timestamp: number,
  attempt: 'throttled' | { readonly failed: boolean; readonly durationMs: number },
): readonly MetricPoint[] {
  const values: Readonly<Record<string, number>> =
    attempt === 'throttled'
      ? { Throttles: 1 }
      : { Invocations: 1, Errors: attempt.failed ? 1 : 0, Throttles: 0, Duration: attempt.durationMs };
  return points('AWS/Lambda', name, timestamp, values);
}

/**
 * The points of one message, of the protocols by which it was delivered and was not.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html
 */
export function topicPoints(
  name: string,
  timestamp: number,
  { delivered, failed }: { readonly delivered: number; readonly failed: number },
): readonly MetricPoint[] {
  return points('AWS/SNS', name, timestamp, {
    NumberOfMessagesPublished: 1,
    ...(delivered > 0 && { NumberOfNotificationsDelivered: delivered }),
    ...(failed > 0 && { NumberOfNotificationsFailed: failed }),
  });
}

function points(
  namespace: keyof typeof awsMetrics,
  of: string,
  timestamp: number,
  values: Readonly<Record<string, number>>,
): readonly MetricPoint[] {
  const dimensions = { [awsMetrics[namespace].dimension]: of };
  return Object.entries(values).map(([name, value]) => {
    const identity: MetricIdentity = { namespace, name, dimensions };
    return { identity, value, timestamp };
  });
}
