import { Duration } from 'aws-cdk-lib';
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { AlarmSubject } from '../../functions/alarms/subject.ts';
import type { Group } from '../../functions/model/probe.ts';
import type { ProbeEvent } from '../functions/probe-event.ts';
import type { ProbeFunction } from '../functions/probe-function.ts';
import type { AlertTopics } from './alert-topics.ts';
import { expectedInvocations } from './expected-invocations.ts';
import { RoutedAlarm, type RoutedAlarmProps } from './routed-alarm.ts';

export interface FunctionAlarmsProps {
  readonly functions: readonly ProbeFunction[];
  readonly events: readonly ProbeEvent[];
}

/**
 * The functions of the probes themselves: they break down, may not start, or are not called. Of Okta it says nothing.
 *
 * All of it is for the ticket queue: when an org is watched no more, its own heartbeat pages.
 */
export class FunctionAlarms extends Construct {
  readonly alarms: readonly RoutedAlarm[];

  constructor(scope: Construct, id: string, topics: AlertTopics, { functions, events }: FunctionAlarmsProps) {
    super(scope, id);
    const definitions = functions.flatMap((each) => {
      const own = events.filter(({ group }) => group === each.group);
      return [broken(each, own), each.group === 'flows' ? throttled(each, own) : notRunning(each, own)];
    });
    this.alarms = definitions.map((definition) => new RoutedAlarm(this, topics, definition));
  }
}

const whoActs = 'the team that runs this monitor must act; of Okta it says nothing.';

function broken({ group, lambda }: ProbeFunction, events: readonly ProbeEvent[]): RoutedAlarmProps {
  const meaning = `The function of the ${group} probes breaks down or runs out of time`;
  return failing(group, events, 'broken', meaning, lambda.metricErrors(periodOf(events)));
}

/** Flows alone: the other groups' heartbeats count invocations, and Lambda counts none that it throttled. */
function throttled({ group, lambda }: ProbeFunction, events: readonly ProbeEvent[]): RoutedAlarmProps {
  const meaning = `Lambda refuses to start the function of the ${group} probes because too many functions run at once`;
  return failing(group, events, 'throttled', meaning, lambda.metricThrottles(periodOf(events)));
}

/** One bad run never notifies. */
function failing(
  group: Group,
  events: readonly ProbeEvent[],
  how: 'broken' | 'throttled',
  description: string,
  metric: IMetric,
): RoutedAlarmProps {
  return {
    subject: { kind: 'monitor', id: `${group}-${how}` },
    description: `${description}: ${whoActs}`,
    runbook: `monitor-${how}`,
    route: 'ticket',
    delivery: 'message',
    metric,
    condition: { above: 0 },
    datapointsToAlarm: 2,
    evaluationPeriods: 3,
    treatMissingData: { taken: 'for good', heartbeat: heartbeatOf(group, events) },
  };
}

/** So long that every org has run at least once. */
function periodOf(events: readonly ProbeEvent[]) {
  return { period: Duration.minutes(Math.max(...events.map(({ intervalMinutes }) => intervalMinutes))) };
}

/**
 * The heartbeat of a group that keeps no series dense: Lambda counts whether it was called as often as it should be.
 * Flows need none of this: an org's own heartbeat says which org it is.
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 */
function notRunning({ group, lambda }: ProbeFunction, events: readonly ProbeEvent[]): RoutedAlarmProps {
  const { periodMinutes, invocations } = expectedInvocations(events.map(({ intervalMinutes }) => intervalMinutes));
  return {
    subject: notRunningOf(group),
    description: `The ${group} probes are called less often than their schedules demand, so what they watch may go unseen: ${whoActs}`,
    runbook: 'monitor-not-running',
    route: 'ticket',
    delivery: 'message',
    metric: lambda.metricInvocations({ period: Duration.minutes(periodMinutes) }),
    condition: { below: invocations },
    datapointsToAlarm: 3,
    evaluationPeriods: 3,
    treatMissingData: 'bad',
  };
}

function notRunningOf(group: Group): AlarmSubject {
  return { kind: 'monitor', id: `${group}-not-running` };
}

/** Flows stop together or one by one; the org that runs most often tells first. */
function heartbeatOf(group: Group, events: readonly ProbeEvent[]): AlarmSubject {
  const [soonest] = events.toSorted((a, b) => a.intervalMinutes - b.intervalMinutes);
  if (!soonest) throw new Error(`nothing calls the group ${group}`);
  return group === 'flows' ? { kind: 'not-running', org: soonest.org.name } : notRunningOf(group);
}
