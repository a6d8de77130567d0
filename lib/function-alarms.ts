import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Audience } from '../functions/model/alarm.ts';
import type { Group } from '../functions/model/probe.ts';
import type { AlertTopics } from './alert-topics.ts';
import type { ProbeEvent } from './probe-event.ts';
import type { ProbeFunction } from './probe-function.ts';
import { RoutedAlarm } from './routed-alarm.ts';

export interface FunctionAlarmsProps {
  readonly functions: readonly ProbeFunction[];
  readonly events: readonly ProbeEvent[];
}

/** While flows is broken nobody sees whether sign-in works. The others can wait for the morning. */
const audienceOf: Readonly<Record<Group, Audience>> = {
  flows: 'page',
  limits: 'ticket',
  status: 'ticket',
  contracts: 'ticket',
};

/** The monitor itself is broken: a function threw, timed out or did not start. Of Okta this says nothing. */
export class FunctionAlarms extends Construct {
  readonly alarms: readonly RoutedAlarm[];

  constructor(scope: Construct, id: string, topics: AlertTopics, { functions, events }: FunctionAlarmsProps) {
    super(scope, id);
    this.alarms = functions.map(
      ({ group, lambda }) =>
        new RoutedAlarm(this, topics, {
          name: `monitor/${group}-broken`,
          runbook: 'monitor-broken',
          meaning: `The function of the ${group} probes breaks down: a fault of the monitor, not of Okta.`,
          audience: audienceOf[group],
          metric: lambda.metricErrors({ period: Duration.minutes(slowest(group, events)) }),
          condition: { above: 0 },
          breaching: 2,
          of: 3,
          noData: 'good',
        }),
    );
  }
}

/** So long that every org has run at least once. */
function slowest(group: Group, events: readonly ProbeEvent[]): number {
  return Math.max(...events.filter((event) => event.group === group).map(({ everyMinutes }) => everyMinutes));
}
