import type { MetricIdentity } from '../../../functions/model/metric.ts';
import type { Execution } from '../lambda/lambda-service.ts';
import type { PublishedPoint } from './cloudwatch.ts';

/** The metrics that AWS publishes about functions, topics and queues, as far as they are simulated. */
export const awsMetrics = {
  'AWS/Lambda': { dimension: 'FunctionName', names: ['Invocations', 'Errors', 'Throttles', 'Duration'] },
  'AWS/SNS': {
    dimension: 'TopicName',
    names: ['NumberOfMessagesPublished', 'NumberOfNotificationsDelivered', 'NumberOfNotificationsFailed'],
  },
  'AWS/SQS': { dimension: 'QueueName', names: ['ApproximateNumberOfMessagesVisible'] },
} as const;

/** Whether a series can get points here. AWS publishes many metrics that are not simulated. */
export function isSimulated({ namespace, name }: MetricIdentity): boolean {
  const simulated: Readonly<Record<string, { readonly names: readonly string[] }>> = awsMetrics;
  return !namespace.startsWith('AWS/') || (simulated[namespace]?.names.includes(name) ?? false);
}

/**
 * The points that Lambda publishes for one attempt to run a function.
 *
 * Trap: a successful run publishes Errors 0 and Throttles 0. A throttled attempt is neither an invocation nor an error.
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 */
export function lambdaPoints(
  name: string,
  timestamp: number,
  { status, durationMs }: Pick<Execution, 'status' | 'durationMs'>,
): readonly PublishedPoint[] {
  const values: Readonly<Record<string, number>> =
    status === 'throttled'
      ? { Throttles: 1 }
      : { Invocations: 1, Errors: status === 'failed' ? 1 : 0, Throttles: 0, Duration: durationMs };
  return pointsOf('AWS/Lambda', name, timestamp, values);
}

/** The point that SQS publishes each minute for an active queue. */
export function queuePoints(name: string, timestamp: number, visible: number): readonly PublishedPoint[] {
  return pointsOf('AWS/SQS', name, timestamp, { ApproximateNumberOfMessagesVisible: visible });
}

/**
 * The points that SNS publishes for one message, given how many deliveries succeeded and failed.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html
 */
export function deliveryPoints(name: string, timestamp: number, isDelivered: boolean): readonly PublishedPoint[] {
  return pointsOf('AWS/SNS', name, timestamp, {
    [isDelivered ? 'NumberOfNotificationsDelivered' : 'NumberOfNotificationsFailed']: 1,
  });
}

export function topicPoints(
  name: string,
  timestamp: number,
  { delivered, failed }: { readonly delivered: number; readonly failed: number },
): readonly PublishedPoint[] {
  return pointsOf('AWS/SNS', name, timestamp, {
    NumberOfMessagesPublished: 1,
    ...(delivered > 0 && { NumberOfNotificationsDelivered: delivered }),
    ...(failed > 0 && { NumberOfNotificationsFailed: failed }),
  });
}

function pointsOf(
  namespace: keyof typeof awsMetrics,
  resourceName: string,
  timestamp: number,
  values: Readonly<Record<string, number>>,
): readonly PublishedPoint[] {
  const dimensions = { [awsMetrics[namespace].dimension]: resourceName };
  return Object.entries(values).map(([name, value]) => {
    const identity: MetricIdentity = { namespace, name, dimensions };
    return { identity, value, timestamp, source: 'aws' };
  });
}
