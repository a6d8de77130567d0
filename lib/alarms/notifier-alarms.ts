import { Duration } from 'aws-cdk-lib';
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { type AlarmSubject, type Route, routes } from '../../functions/alarms/subject.ts';
import type { Notifier } from '../functions/notifier.ts';
import type { AlertTopics } from './alert-topics.ts';
import { RoutedAlarm, type RoutedAlarmProps } from './routed-alarm.ts';

/** How often a notifier is rehearsed, so that one that would fail is known before it is needed. */
export const selfTestMinutes = 60;

/**
 * Who watches what tells people: alarms that no notifier has a hand in.
 *
 * An hour is the period of all of them, because between two incidents the rehearsal is all that a notifier does.
 */
export class NotifierAlarms extends Construct {
  readonly alarms: readonly RoutedAlarm[];

  constructor(scope: Construct, id: string, topics: AlertTopics, notifiers: readonly Notifier[]) {
    super(scope, id);
    const definitions = notifiers.flatMap((notifier) => [
      broken(notifier),
      notRunning(notifier),
      undelivered(notifier, topics),
    ]);
    this.alarms = definitions.map((definition) => new RoutedAlarm(this, topics, definition));
  }
}

const period = Duration.minutes(selfTestMinutes);

/**
 * Lambda tries an event twice, so one error is one that was made good, and two are a message that people did not get.
 *
 * Trap: it stays up for two hours, or it would be over and up again between any two rehearsals.
 */
function broken({ route, lambda }: Notifier): RoutedAlarmProps {
  return {
    subject: { kind: 'monitor', id: `notify-${route}-broken` },
    description: `The function that writes the messages of ${route} alarms fails, and alarms come as raw data instead: the team that runs this monitor must act.`,
    runbook: 'notify-broken',
    route,
    delivery: 'raw',
    metric: lambda.metricErrors({ period }),
    condition: { above: 1 },
    datapointsToAlarm: 1,
    evaluationPeriods: 2,
    treatMissingData: { taken: 'for good', heartbeat: notRunningOf(route) },
  };
}

function notRunning({ route, lambda }: Notifier): RoutedAlarmProps {
  return {
    subject: notRunningOf(route),
    description: `The function that writes the messages of ${route} alarms was not rehearsed for hours and may fail when it is needed: the team that runs this monitor must act.`,
    runbook: 'notify-not-running',
    route,
    delivery: 'raw',
    metric: lambda.metricInvocations({ period }),
    condition: { below: 1 },
    datapointsToAlarm: 1,
    evaluationPeriods: 1,
    treatMissingData: 'bad',
  };
}

/**
 * Trap: what cannot be delivered to the people of one route is told to those of the other: the same way might fail
 * again.
 */
function undelivered({ route }: Notifier, topics: AlertTopics): RoutedAlarmProps {
  const [other = route] = routes.filter((each) => each !== route);
  const failed = (topic: AlertTopics['people'][Route]) => topic.metricNumberOfNotificationsFailed({ period });
  return {
    subject: { kind: 'monitor', id: `messages-undelivered-${route}` },
    description: `Messages of ${route} alarms could not be delivered, so their people may not know of an incident: whoever reads this must tell them.`,
    runbook: 'messages-undelivered',
    route: other,
    delivery: 'raw',
    metric: new MathExpression({
      expression: 'SUM([m1, m2])',
      usingMetrics: { m1: failed(topics.alarms[route]), m2: failed(topics.people[route]) },
      period,
      label: 'undelivered',
    }),
    condition: { above: 0 },
    datapointsToAlarm: 1,
    evaluationPeriods: 1,
    treatMissingData: { taken: 'for good', heartbeat: notRunningOf(route) },
  };
}

function notRunningOf(route: Route): AlarmSubject {
  return { kind: 'monitor', id: `notify-${route}-not-running` };
}
