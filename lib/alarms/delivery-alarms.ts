import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { type Route, routes } from '../../functions/model/finding.ts';
import { unconfirmedSeries } from '../../functions/model/series.ts';
import { seriesMetric } from '../series-metric.ts';
import { type AlertTopics, ownReceivers, type QueuedReceiver } from './alert-topics.ts';
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

  constructor(scope: Construct, id: string, topics: AlertTopics, { isOfOrg = false, hasOwnReceivers = false } = {}) {
    super(scope, id);
    const definitions = [
      ...routes.map((route) =>
        undeliveredTo(topics, route, topics.named(`${route}s-notifier`), notifierFailures(topics, route), 'direct'),
      ),
      ...routes
        .filter((route) => isByEmailOnly(topics, route))
        .map((route) => undeliveredTo(topics, route, topics.named(`${route}s-email`), emailFailures(topics, route))),
      ...topics.queued.map((receiver) => undelivered(topics, receiver)),
      ...(isOfOrg ? [] : topics.configured.flatMap((each) => unconfirmed(topics, each))),
      ...(hasOwnReceivers
        ? routes.flatMap((route) => unconfirmed(topics, { route, receiver: ownReceivers(route) }))
        : []),
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
 * Messages wait in a receiver's queue until it is purged.
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
 * Two self-tests in a row, so that the receivers of a first deployment have an hour to confirm.
 *
 * The receivers of tickets hear of it as long as one of theirs is confirmed. If none is, those of pages do: an alarm must not
 * go to a topic without a subscription.
 */
function unconfirmed(
  topics: AlertTopics,
  { route, receiver, count = 1 }: { readonly route: Route; readonly receiver: string; readonly count?: number },
): readonly RoutedAlarmProps[] {
  const { identity, definition } = unconfirmedSeries(receiver, topics.deployment);
  const metric = seriesMetric({ identity, statistic: definition.statistic, intervalMinutes: selfTestMinutes });
  const alarm = (name: string, to: Route, threshold: number): RoutedAlarmProps => ({
    subject: { kind: 'receivers-unconfirmed', receiver: name },
    ...{ route: to, delivery: 'notifier', metric, threshold },
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    datapointsToAlarm: 2,
    evaluationPeriods: 2,
    treatMissingData: { as: 'notBreaching', heartbeat: { kind: 'notify-not-running', route } },
  });
  const { tickets, pages } = topics.receivers;
  const [hasTickets, hasPages] = [tickets.length > 0, pages.length > 0];
  const isOwnTopic = route === 'ticket' && !receiver.endsWith(ownReceivers(route));
  if (!isOwnTopic || !hasPages) return [alarm(receiver, hasTickets ? 'ticket' : 'page', 0)];
  return [alarm(receiver, 'page', 1), ...(count > 1 ? [alarm(`${receiver}-all`, 'ticket', 0)] : [])];
}

/**
 * A ticket: the other receivers have got the message. Only if there is no other receiver of tickets to tell, it is a page.
 */
function routeOf({ receivers, toExistingTopics }: AlertTopics, route: Route): Route {
  // A subscriber of an existing topic is a receiver too.
  const countOf = (each: Route) => receivers[`${each}s`].length + (toExistingTopics.includes(each) ? 1 : 0);
  const others = countOf('ticket') - (route === 'ticket' ? 1 : 0);
  return others > 0 || countOf('page') === 0 ? 'ticket' : 'page';
}
