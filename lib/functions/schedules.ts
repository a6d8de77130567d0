import { Stack } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule, CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';

/** A function and the event that invokes it at an interval. */
export interface ScheduledCall {
  readonly name: string;
  readonly description: string;
  readonly intervalMinutes: number;
  readonly lambda: IFunction;
  readonly input: object;
}

/**
 * The EventBridge Scheduler schedules of the monitor.
 *
 * Trap: the template and the console show a schedule's input in clear text. It may name secrets but not contain them.
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
        // Otherwise a schedule from another account or group could invoke the functions through this role.
        conditions: { StringEquals: { 'aws:SourceAccount': stack.account, 'aws:SourceArn': groupArn } },
      }),
      description: 'Allows the schedules of okta-synthetics to invoke its functions',
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
          input: JSON.stringify({ ...input, schedule: contextOf(intervalMinutes) }),
          // No retries: the next run is due soon, and a late one measures the past.
          retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 },
        },
      });
      schedule.addResourceDependency(group);
    }
  }
}

/**
 * What an event says of its schedule. Scheduler replaces the placeholders when it starts a run, always by text.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
 */
function contextOf(intervalMinutes: number): object {
  return {
    time: '<aws.scheduler.scheduled-time>',
    executionId: '<aws.scheduler.execution-id>',
    attempt: '<aws.scheduler.attempt-number>',
    intervalMinutes,
  };
}

/** Trap: EventBridge refuses `rate(1 minutes)` and `rate(2 minute)`. */
function rate(minutes: number): string {
  return `rate(${minutes} minute${minutes === 1 ? '' : 's'})`;
}
