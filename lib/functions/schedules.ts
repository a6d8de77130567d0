import { Stack } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule, CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';

/** A function that is called again and again. */
export interface ScheduledCall {
  readonly name: string;
  readonly description: string;
  readonly intervalMinutes: number;
  readonly lambda: IFunction;
  readonly input: object;
}

/**
 * Everything that the clock starts, each by a schedule of its own.
 *
 * Trap: a schedule's input stands in clear text in the template and in the console. It names secrets and holds none.
 */
export class Schedules extends Construct {
  constructor(scope: Construct, id: string, calls: readonly ScheduledCall[]) {
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
              resources: [...new Set(calls.map(({ lambda }) => lambda.functionArn))],
            }),
          ],
        }),
      },
    });
    for (const { name, description, intervalMinutes, lambda, input } of calls) {
      const schedule = new CfnSchedule(this, name, {
        name,
        groupName,
        description,
        scheduleExpression: rate(intervalMinutes),
        flexibleTimeWindow: { mode: 'OFF' },
        target: {
          arn: lambda.functionArn,
          roleArn: role.roleArn,
          input: JSON.stringify(input),
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
