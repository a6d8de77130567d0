import { Stack } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule, CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type { ProbeEvent } from './probe-event.ts';
import type { ProbeFunction } from './probe-function.ts';

export interface ProbeSchedulesProps {
  readonly functions: readonly ProbeFunction[];
  readonly events: readonly ProbeEvent[];
}

/**
 * One schedule an org and group, which calls the group's function with the org.
 *
 * Trap: a schedule's input stands in clear text in the template and in the console. It names secrets and holds none.
 */
export class ProbeSchedules extends Construct {
  constructor(scope: Construct, id: string, { functions, events }: ProbeSchedulesProps) {
    super(scope, id);
    const groupName = 'okta-synthetics';
    const group = new CfnScheduleGroup(this, 'Group', { name: groupName });
    const stack = Stack.of(this);
    const groupArn = stack.formatArn({ service: 'scheduler', resource: 'schedule-group', resourceName: groupName });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        // Without these, a schedule of somebody else's could call our functions through this role.
        conditions: { StringEquals: { 'aws:SourceAccount': stack.account, 'aws:SourceArn': groupArn } },
      }),
      description: 'Lets the schedules of okta-synthetics call its functions',
      inlinePolicies: {
        Invoke: new PolicyDocument({
          statements: [
            new PolicyStatement({
              actions: ['lambda:InvokeFunction'],
              resources: functions.map(({ lambda }) => lambda.functionArn),
            }),
          ],
        }),
      },
    });
    for (const event of events) {
      const target = functions.find((each) => each.group === event.group);
      if (!target) throw new Error(`no function runs the group ${event.group}`);
      const schedule = new CfnSchedule(this, `${event.org.name}-${event.group}`, {
        name: `${event.org.name}-${event.group}`,
        groupName,
        description: `Runs the ${event.group} probes of ${event.org.name}`,
        scheduleExpression: rate(event.everyMinutes),
        flexibleTimeWindow: { mode: 'OFF' },
        target: {
          arn: target.lambda.functionArn,
          roleArn: role.roleArn,
          input: JSON.stringify(event.org),
          // A run that comes late tells nothing: the next one is due.
          retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 },
        },
      });
      schedule.addResourceDependency(group);
    }
  }
}

/** EventBridge refuses `1 minutes` and `2 minute`. */
function rate(minutes: number): string {
  return `rate(${minutes} minute${minutes === 1 ? '' : 's'})`;
}
