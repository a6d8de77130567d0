import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { Notifier } from '../functions/notifier.ts';
import type { AlertTopics } from './alert-topics.ts';
import { RoutedAlarm, type RoutedAlarmProps } from './routed-alarm.ts';

/** How often a notifier tests itself, so that a failure is known before a message depends on it. */
export const selfTestMinutes = 60;

/**
 * Alarms about the notifiers. People get them directly, because a notifier may be unable to write them.
 *
 * The period of all of them is an hour: between two incidents a notifier does nothing but its hourly self-test.
 */
export class NotifierAlarms extends Construct {
  readonly alarms: readonly RoutedAlarm[];

  constructor(scope: Construct, id: string, topics: AlertTopics, notifiers: readonly Notifier[]) {
    super(scope, id);
    const definitions = notifiers.flatMap((notifier) => [broken(notifier), notRunning(notifier)]);
    this.alarms = definitions.map((definition) => new RoutedAlarm(this, topics, definition));
  }
}

const period = Duration.minutes(selfTestMinutes);

/**
 * Lambda tries an event twice. After one error the second try succeeded; after two, people did not get the message.
 *
 * Trap: it fires for two hours. With one, it would resolve and fire again between any two self-tests.
 */
function broken({ route, lambda }: Notifier): RoutedAlarmProps {
  return {
    subject: { kind: 'notify-broken', route },
    route,
    delivery: 'direct',
    metric: lambda.metricErrors({ period }),
    threshold: 1,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    datapointsToAlarm: 1,
    evaluationPeriods: 2,
    treatMissingData: { as: 'notBreaching', heartbeat: { kind: 'notify-not-running', route } },
  };
}

function notRunning({ route, lambda }: Notifier): RoutedAlarmProps {
  return {
    subject: { kind: 'notify-not-running', route },
    route,
    delivery: 'direct',
    metric: lambda.metricInvocations({ period }),
    threshold: 1,
    comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
    datapointsToAlarm: 1,
    evaluationPeriods: 1,
    treatMissingData: 'breaching',
  };
}
