import { Duration } from 'aws-cdk-lib';
import { CfnAlarmMuteRule } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { chunks } from '../chunks.ts';
import type { Maintenance } from '../config/schema.ts';
import type { RoutedAlarm } from './routed-alarm.ts';

/** The alarms of one org. */
export interface OrgsAlarms {
  readonly org: string;
  readonly alarms: readonly RoutedAlarm[];
}

/** CloudWatch's limit for one rule. */
const mostAlarms = 100;

/**
 * Mutes the orgs' alarms during maintenance. Alarms about the monitor itself, and the orgs' heartbeats, still notify:
 * maintenance of Okta does not stop the monitor.
 *
 * Trap: only the actions are muted. An alarm that is still firing when a window ends notifies people then.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-mute-rules.html
 */
export class MaintenanceWindows extends Construct {
  constructor(scope: Construct, id: string, windows: readonly Maintenance[], orgs: readonly OrgsAlarms[]) {
    super(scope, id);
    for (const { name, schedule, durationMinutes, timeZone, orgs: chosen } of windows) {
      const alarms = orgs
        .filter(({ org }) => chosen?.includes(org) ?? true)
        .flatMap((each) => each.alarms)
        .filter(({ subject }) => subject.kind !== 'not-running');
      const parts = chunks(alarms, mostAlarms);
      for (const [index, part] of parts.entries()) {
        const suffix = parts.length > 1 ? `-${index + 1}-of-${parts.length}` : '';
        new CfnAlarmMuteRule(this, `${name}${suffix}`, {
          name: `okta-synthetics-${name}${suffix}`,
          description: `Maintenance of ${chosen?.join(', ') ?? 'all orgs'}`,
          rule: {
            schedule: {
              expression: schedule,
              duration: Duration.minutes(durationMinutes).toIsoString(),
              timezone: timeZone,
            },
          },
          // References, because CloudWatch mutes only alarms that already exist.
          muteTargets: { alarmNames: part.map(({ alarmName }) => alarmName) },
        });
      }
    }
  }
}
