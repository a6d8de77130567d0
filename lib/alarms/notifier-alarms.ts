import { Duration } from 'aws-cdk-lib';
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { type AlarmSubject, type Audience, audiences } from '../../functions/alarms/subject.ts';
import type { Notifier } from '../functions/notifier.ts';
import type { AlertTopics } from './alert-topics.ts';
import { RoutedAlarm, type RoutedAlarmProps } from './routed-alarm.ts';

/** How often a notifier is rehearsed, so that one that would fail is known before it is needed. */
export const rehearsalMinutes = 60;

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

const period = Duration.minutes(rehearsalMinutes);

/**
 * Lambda tries an event twice, so one error is one that was made good, and two are a message that people did not get.
 *
 * Trap: it stays up for two hours, or it would be over and up again between any two rehearsals.
 */
function broken({ audience, lambda }: Notifier): RoutedAlarmProps {
  return {
    subject: { kind: 'monitor', id: `notify-${audience}-broken` },
    meaning: `The function that writes the messages of ${audience} alarms fails, and alarms come as raw data instead: the team that runs this monitor must act.`,
    runbook: 'notify-broken',
    audience,
    told: 'raw',
    metric: lambda.metricErrors({ period }),
    condition: { above: 1 },
    breaching: 1,
    of: 2,
    noData: { taken: 'for good', heartbeat: notRunningOf(audience) },
  };
}

function notRunning({ audience, lambda }: Notifier): RoutedAlarmProps {
  return {
    subject: notRunningOf(audience),
    meaning: `The function that writes the messages of ${audience} alarms was not rehearsed for hours and may fail when it is needed: the team that runs this monitor must act.`,
    runbook: 'notify-not-running',
    audience,
    told: 'raw',
    metric: lambda.metricInvocations({ period }),
    condition: { below: 1 },
    breaching: 1,
    of: 1,
    noData: 'bad',
  };
}

/**
 * Trap: what cannot be delivered to the people of one audience is told to those of the other: the same way might fail
 * again.
 */
function undelivered({ audience }: Notifier, topics: AlertTopics): RoutedAlarmProps {
  const [other = audience] = audiences.filter((each) => each !== audience);
  const failed = (topic: AlertTopics['people'][Audience]) => topic.metricNumberOfNotificationsFailed({ period });
  return {
    subject: { kind: 'monitor', id: `messages-undelivered-${audience}` },
    meaning: `Messages of ${audience} alarms could not be delivered, so their people may not know of an incident: whoever reads this must tell them.`,
    runbook: 'messages-undelivered',
    audience: other,
    told: 'raw',
    metric: new MathExpression({
      expression: 'SUM([m1, m2])',
      usingMetrics: { m1: failed(topics.alarms[audience]), m2: failed(topics.people[audience]) },
      period,
      label: 'undelivered',
    }),
    condition: { above: 0 },
    breaching: 1,
    of: 1,
    noData: { taken: 'for good', heartbeat: notRunningOf(audience) },
  };
}

function notRunningOf(audience: Audience): AlarmSubject {
  return { kind: 'monitor', id: `notify-${audience}-not-running` };
}
