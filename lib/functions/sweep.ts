import { Duration, Stack, Validations } from 'aws-cdk-lib';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { routes } from '../../functions/model/finding.ts';
import type { AlertTopics } from '../alarms/alert-topics.ts';
import { allowState, stateEnvironment } from '../state-table.ts';
import { MonitorFunction } from './monitor-function.ts';
import { ownTopicAcknowledgements, sendEnvironment, sendRights } from './notifier.ts';
import { type ProbeFunction, publishMetrics } from './probe-function.ts';

export interface SweepProps {
  readonly code: Code;
  readonly topics: AlertTopics;
  /** Whether an org has receivers, and so topics, of its own. */
  readonly hasOwnReceivers: boolean;
  readonly functions: readonly ProbeFunction[];
  readonly dashboard: string;
  /** Absent: pages are not repeated. */
  readonly remindAfterMinutes?: number | undefined;
  readonly logRetentionDays: number;
}

/** How often it runs. */
export const sweepMinutes = 1;

/**
 * The function that reads the states of all orgs each minute: it announces recoveries before CloudWatch sees them, repeats
 * pages, and counts the schedules that have stopped.
 */
export class Sweep extends MonitorFunction {
  constructor(scope: Construct, id: string, props: SweepProps) {
    const { topics, functions, remindAfterMinutes } = props;
    const { deployment } = topics;
    super(scope, id, {
      deployment,
      name: 'sweep',
      description: 'Looks at the state of all orgs each minute',
      purpose: 'write its log, read the state, publish metrics and send messages',
      code: props.code,
      memorySize: 256,
      permissions: [
        allowState(Stack.of(scope), ['Scan', 'GetItem', 'PutItem'], deployment),
        publishMetrics(deployment),
        ...sendRights(Stack.of(scope), topics, routes, props.hasOwnReceivers),
      ],
      environment: {
        LOG_GROUPS: functions.map(({ logGroupName }) => logGroupName).join(','),
        // Flows have a heartbeat for each org.
        GROUPS: functions.flatMap(({ group }) => (group === 'flows' ? [] : [group])).join(','),
        RUNBOOK: topics.runbook,
        DEPLOYMENT: deployment,
        DASHBOARD: props.dashboard,
        ...sendEnvironment(topics, routes),
        ...(remindAfterMinutes !== undefined && { REMIND_AFTER_MINUTES: String(remindAfterMinutes) }),
        ...stateEnvironment(deployment),
      },
      logRetentionDays: props.logRetentionDays,
      // The next sweep is a minute away.
      retryAttempts: 0,
      maxEventAge: Duration.seconds(60),
    });
    if (props.hasOwnReceivers) {
      for (const each of ownTopicAcknowledgements(topics, routes)) Validations.of(this.role).acknowledge(each);
    }
    Validations.of(this.role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason:
        'PutMetricData does not support resource-level permissions; a condition restricts it to the namespace of this monitor.',
    });
  }
}
