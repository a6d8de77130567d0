import { Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { measuredSeries } from '../../functions/board/measured-series.ts';
import { seriesOf } from '../../functions/probes/series.ts';
import type { MonitoredOrg } from '../monitored-org.ts';
import { allowState, stateEnvironment } from '../state-table.ts';
import { MonitorFunction } from './monitor-function.ts';

export interface WidgetProps {
  readonly deployment: string;
  readonly code: Code;
  readonly orgs: readonly MonitoredOrg[];
  readonly runbook: string;
  readonly logRetentionDays: number;
}

/** The name of the function without the deployment. */
export const widgetName = 'widget';

/**
 * The function behind the dashboards' custom widgets. CloudWatch invokes it with the viewer's rights.
 *
 * It has no alarm: nothing depends on it, and its viewer sees a failure.
 */
export class Widget extends MonitorFunction {
  constructor(scope: Construct, id: string, { deployment, code, orgs, runbook, logRetentionDays }: WidgetProps) {
    const stack = Stack.of(scope);
    super(scope, id, {
      ...{ deployment, name: widgetName, code, logRetentionDays },
      description: "Shows how the orgs are in CloudWatch's dashboards",
      purpose: 'write its log, and read the state and metrics',
      // A person waits for it.
      memorySize: 512,
      permissions: [
        allowState(stack, ['Query', 'Scan'], deployment),
        new PolicyStatement({ actions: ['cloudwatch:GetMetricData'], resources: ['*'] }),
      ],
      environment: {
        DEPLOYMENT: deployment,
        RUNBOOK: runbook,
        PARTITION: stack.partition,
        SERIES: JSON.stringify(measuredSeries(orgs.flatMap(({ org, plan }) => seriesOf(org, plan)))),
        ...stateEnvironment(deployment),
      },
    });
    Validations.of(this.role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason:
        'GetMetricData supports neither resource-level permissions nor a condition on the namespace. It reads numbers, and nothing else.',
    });
  }
}
