import { Duration } from 'aws-cdk-lib';
import { CfnAlarmMuteRule } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { composedName } from '../../functions/model/deployment.ts';
import type { Maintenance } from '../config/schema.ts';
import type { BurnRateAlarm } from './burn-rate-alarms.ts';
import type { RoutedAlarm } from './routed-alarm.ts';

export interface MaintenanceWindowsProps {
  readonly deployment: string;
  readonly org: string;
  /** The windows of the configuration. Those of other orgs are left out. */
  readonly windows: readonly Maintenance[];
  readonly alarms: readonly (RoutedAlarm | BurnRateAlarm)[];
}

/**
 * Mutes an org's alarms during maintenance. Alarms about the monitor itself, and the org's heartbeat, still notify:
 * maintenance of Okta does not stop the monitor.
 *
 * Trap: only the actions are muted. An alarm that is still firing when a window ends notifies people then.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-mute-rules.html
 */
export class MaintenanceWindows extends Construct {
  constructor(scope: Construct, id: string, { deployment, org, windows, alarms }: MaintenanceWindowsProps) {
    super(scope, id);
    const muted = alarms.filter(({ subject }) => subject.kind !== 'not-running');
    const own = windows.filter(({ orgs }) => orgs?.includes(org) ?? true);
    for (const { name, schedule, durationMinutes, timeZone } of own) {
      new CfnAlarmMuteRule(this, name, {
        name: composedName(deployment, name, org),
        description: `Maintenance of ${org}`,
        rule: {
          schedule: {
            expression: schedule,
            duration: Duration.minutes(durationMinutes).toIsoString(),
            timezone: timeZone,
          },
        },
        // References, because CloudWatch mutes only alarms that already exist.
        muteTargets: { alarmNames: muted.map(({ alarmName }) => alarmName) },
      });
    }
  }
}
