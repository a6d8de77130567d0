import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { type Route, routes } from '../../functions/alarms/subject.ts';
import type { AlertTopics, QueuedReceiver } from './alert-topics.ts';
import { selfTestMinutes } from './notifier-alarms.ts';
import { RoutedAlarm, type RoutedAlarmProps } from './routed-alarm.ts';

/**
 * Alarms about messages that were given up, one for each way that they can take.
 *
 * Trap: for https, `NumberOfNotificationsFailed` counts every attempt, so that it would fire for a receiver that answers
 * at the second. It counts once for functions and for e-mail. A message that https gave up is in the receiver's queue.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html
 */
export class DeliveryAlarms extends Construct {
  readonly alarms: readonly RoutedAlarm[];

  constructor(scope: Construct, id: string, topics: AlertTopics) {
    super(scope, id);
    const definitions = [
      ...routes.map((route) =>
        undeliveredTo(topics, route, topics.named(`${route}s-notifier`), notifierFailures(topics, route), 'direct'),
      ),
      ...routes
        .filter((route) => isByEmailOnly(topics, route))
        .map((route) => undeliveredTo(topics, route, topics.named(`${route}s-email`), emailFailures(topics, route))),
      ...topics.queued.map((receiver) => undelivered(topics, receiver)),
    ];
    this.alarms = definitions.map((definition) => new RoutedAlarm(this, topics, definition));
  }
}

const period = Duration.minutes(selfTestMinutes);

function notifierFailures({ alarms }: AlertTopics, route: Route): IMetric {
  return alarms[route].metricNumberOfNotificationsFailed({ period });
}

function emailFailures(topics: AlertTopics, route: Route): IMetric {
  return topics.people[route].metricNumberOfNotificationsFailed({ period });
}

/** Whether failures of the people's topic are those of e-mail alone. Others may publish to a topic that others made. */
function isByEmailOnly({ receivers, toExistingTopics }: AlertTopics, route: Route): boolean {
  const kinds = receivers[`${route}s`].map(({ kind }) => kind);
  return kinds.includes('email') && !kinds.includes('chat') && !toExistingTopics.includes(route);
}

/**
 * Messages wait in the queue of a receiver, until somebody purges it.
 *
 * The metric of a queue that was idle for hours may be 15 minutes late.
 */
function undelivered(topics: AlertTopics, { route, name, deadLetters }: QueuedReceiver): RoutedAlarmProps {
  const metric = deadLetters.queue.metricApproximateNumberOfMessagesVisible({
    period: Duration.minutes(1),
    statistic: 'Maximum',
  });
  return undeliveredTo(topics, route, name, metric);
}

function undeliveredTo(
  topics: AlertTopics,
  route: Route,
  receiver: string,
  metric: IMetric,
  delivery: RoutedAlarmProps['delivery'] = 'notifier',
): RoutedAlarmProps {
  return {
    subject: { kind: 'messages-undelivered', receiver },
    route: routeOf(topics, route),
    delivery,
    metric,
    threshold: 0,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    datapointsToAlarm: 1,
    evaluationPeriods: 1,
    treatMissingData: { as: 'notBreaching', heartbeat: { kind: 'notify-not-running', route } },
  };
}

/**
 * A ticket: the other receivers have got the message. Only if there is no other receiver of tickets to tell, it is a page.
 */
function routeOf({ receivers, toExistingTopics }: AlertTopics, route: Route): Route {
  // Whoever subscribes to a topic that others made is a receiver too.
  const countOf = (each: Route) => receivers[`${each}s`].length + (toExistingTopics.includes(each) ? 1 : 0);
  const others = countOf('ticket') - (route === 'ticket' ? 1 : 0);
  return others > 0 || countOf('page') === 0 ? 'ticket' : 'page';
}
