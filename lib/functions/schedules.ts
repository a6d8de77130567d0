import { Stack } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule, CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { functionArn, globalName } from '../names.ts';

const roleName = 'scheduler';

/** A function and the event that invokes it at an interval. */
export interface ScheduledCall {
  readonly name: string;
  readonly description: string;
  readonly intervalMinutes: number;
  /** The name of the function, without the deployment: `flows`. */
  readonly function: string;
  readonly input: object;
}

export interface ScheduleGroupProps {
  readonly deployment: string;
  /** The functions that its schedules may invoke. */
  readonly functionArns: readonly string[];
}

/** The deployment's group of EventBridge Scheduler schedules. It is deleted with all schedules in it. */
export class ScheduleGroup extends Construct {
  constructor(scope: Construct, id: string, { deployment, functionArns }: ScheduleGroupProps) {
    super(scope, id);
    new CfnScheduleGroup(this, 'Group', { name: deployment });
    const stack = Stack.of(this);
    const groupArn = stack.formatArn({ service: 'scheduler', resource: 'schedule-group', resourceName: deployment });
    new Role(this, 'Role', {
      roleName: globalName(stack, deployment, roleName),
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        // Otherwise a schedule from another account or group could invoke the functions through this role.
        conditions: { StringEquals: { 'aws:SourceAccount': stack.account, 'aws:SourceArn': groupArn } },
      }),
      description: `Allows the schedules of ${deployment} to invoke its functions`,
      inlinePolicies: {
        Invoke: new PolicyDocument({
          statements: [new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [...functionArns] })],
        }),
      },
    });
  }
}

/**
 * Schedules of a group, in the stack of the org or function that they call.
 *
 * Trap: the template and the console show a schedule's input in clear text. It may name secrets but not contain them.
 */
export class Schedules extends Construct {
  constructor(scope: Construct, id: string, deployment: string, calls: readonly ScheduledCall[]) {
    super(scope, id);
    const stack = Stack.of(this);
    const roleArn = stack.formatArn({
      ...{ service: 'iam', region: '', resource: 'role' },
      resourceName: globalName(stack, deployment, roleName),
    });
    for (const { name, description, intervalMinutes, function: functionName, input } of calls) {
      new CfnSchedule(this, name, {
        name,
        groupName: deployment,
        description,
        scheduleExpression: rate(intervalMinutes),
        flexibleTimeWindow: { mode: 'OFF' },
        target: {
          arn: functionArn(stack, deployment, functionName),
          roleArn,
          input: JSON.stringify({ ...input, schedule: contextOf(intervalMinutes) }),
          // No retries: the next run is due soon, and a late one measures the past.
          retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 },
        },
      });
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
