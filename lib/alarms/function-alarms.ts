import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { AlarmSubject } from '../../functions/findings/alarm-subject.ts';
import type { Group } from '../../functions/model/probe.ts';
import { silenceSeries } from '../../functions/model/series.ts';
import { longestIntervalMinutes } from '../config/schema.ts';
import type { ProbeEvent } from '../functions/probe-event.ts';
import type { ProbeFunction } from '../functions/probe-function.ts';
import { type Sweep, sweepMinutes } from '../functions/sweep.ts';
import { seriesMetric } from '../series-metric.ts';
import type { AlertTopics } from './alert-topics.ts';
import { RoutedAlarm, type RoutedAlarmProps } from './routed-alarm.ts';

export interface FunctionAlarmsProps {
  readonly functions: readonly ProbeFunction[];
  readonly events: readonly ProbeEvent[];
  readonly sweep: Sweep;
}

/**
 * Alarms about the functions that run the probes: they fail, are throttled or are not called.
 *
 * All of them are tickets: when an org is no longer checked, its own heartbeat pages.
 */
export class FunctionAlarms extends Construct {
  readonly alarms: readonly RoutedAlarm[];

  constructor(scope: Construct, id: string, topics: AlertTopics, { functions, events, sweep }: FunctionAlarmsProps) {
    super(scope, id);
    const definitions = functions.flatMap((each) => {
      const own = events.filter(({ group }) => group === each.group);
      return [broken(each, own), each.group === 'flows' ? throttled(each, own) : notRunning(each, topics.deployment)];
    });
    this.alarms = [...definitions, sweepNotRunning(sweep)].map(
      (definition) => new RoutedAlarm(this, topics, definition),
    );
  }
}

/**
 * Trap: the window must not follow from the configured intervals. A change of them would then move old failures into it,
 * and adding an org that runs rarely would fire the alarm. So there is always room for three runs at the longest interval
 * that a configuration may have, and the alarm resolves that much later. The message says when a run last failed.
 */
function broken({ group, lambda }: ProbeFunction, events: readonly ProbeEvent[]): RoutedAlarmProps {
  return {
    subject: { kind: 'group-broken', group },
    metric: lambda.metricErrors({ period: Duration.minutes(periodMinutesOf(group)) }),
    evaluationPeriods: (2 * longestIntervalMinutes[group]) / periodMinutesOf(group) + 1,
    ...repeatedly(group, events),
  };
}

/**
 * For flows only: the other groups' heartbeats count invocations, and Lambda does not count throttled ones.
 *
 * No log shows when throttling ended, so the alarm must: its window is short. Lambda tries a throttled run again within a
 * minute, so that two minutes show it. A run that is lost is missed by the heartbeat of its org.
 */
function throttled({ group, lambda }: ProbeFunction, events: readonly ProbeEvent[]): RoutedAlarmProps {
  return {
    subject: { kind: 'group-throttled', group },
    metric: lambda.metricThrottles({ period: Duration.minutes(1) }),
    evaluationPeriods: 3,
    ...repeatedly(group, events),
  };
}

/** Fires on the second bad period, so that a single failed run does not notify anyone. */
function repeatedly(
  group: Group,
  events: readonly ProbeEvent[],
): Omit<RoutedAlarmProps, 'subject' | 'metric' | 'evaluationPeriods'> {
  return {
    route: 'ticket',
    delivery: 'notifier',
    threshold: 0,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    datapointsToAlarm: 2,
    treatMissingData: { as: 'notBreaching', heartbeat: heartbeatOf(group, events) },
  };
}

/** CloudWatch evaluates more than a day only in periods of an hour. */
function periodMinutesOf(group: Group): number {
  return longestIntervalMinutes[group] > 60 ? 60 : 1;
}

/**
 * The heartbeat of a group that does not add to a series on every run: the sweep counts the orgs for which it does not run,
 * so it fires whichever of them it is, and however many there are. Flows do not need it: each org has its own heartbeat.
 */
function notRunning({ group }: ProbeFunction, deployment: string): RoutedAlarmProps {
  const { identity, definition } = silenceSeries(group, deployment);
  return {
    subject: { kind: 'group-not-running', group },
    route: 'ticket',
    delivery: 'notifier',
    metric: seriesMetric({ identity, statistic: definition.statistic, intervalMinutes: sweepMinutes }),
    threshold: 0,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    datapointsToAlarm: 2,
    evaluationPeriods: 3,
    treatMissingData: { as: 'ignore', heartbeat: { kind: 'sweep-not-running' } },
  };
}

/** The sweep fails or does not run. No message is lost meanwhile, so a few minutes are acceptable. */
function sweepNotRunning({ lambda }: Sweep): RoutedAlarmProps {
  const period = Duration.minutes(5);
  return {
    subject: { kind: 'sweep-not-running' },
    route: 'ticket',
    delivery: 'notifier',
    metric: new MathExpression({
      expression: 'm1 - m2',
      usingMetrics: { m1: lambda.metricInvocations({ period }), m2: lambda.metricErrors({ period }) },
      period,
      label: 'successful sweeps',
    }),
    threshold: 1,
    comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
    datapointsToAlarm: 2,
    evaluationPeriods: 2,
    treatMissingData: 'breaching',
  };
}

/** Flows stop for one org or for all of them. The org that runs most often shows it first. */
function heartbeatOf(group: Group, events: readonly ProbeEvent[]): AlarmSubject {
  const [soonest] = events.toSorted((a, b) => a.intervalMinutes - b.intervalMinutes);
  if (!soonest) throw new Error(`no schedule calls the group ${group}`);
  return group === 'flows' ? { kind: 'not-running', org: soonest.org.name } : { kind: 'group-not-running', group };
}
