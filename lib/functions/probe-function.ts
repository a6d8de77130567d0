import { Annotations, Duration, NestedStack, Stack, Validations } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { metricNamespace } from '../../functions/model/deployment.ts';
import type { Group } from '../../functions/model/probe.ts';
import { checkEnvironment } from '../../functions/run/check-answer.ts';
import { functionTimeoutMs } from '../../functions/run/deadline.ts';
import { allowState, stateEnvironment } from '../state-table.ts';

import { MonitorFunction } from './monitor-function.ts';
import { type OrgSecret, secretPatterns } from './secret-patterns.ts';

export interface ProbeFunctionProps {
  readonly deployment: string;
  readonly group: Group;
  readonly code: Code;
  /** The secrets that it may read. */
  readonly secrets: readonly OrgSecret[];
  readonly logRetentionDays: number;
  /** The longest `timeoutMs` of the orgs that it probes. */
  readonly timeoutMs: number;
  /** The longest that probes of these orgs wait for anything but a response. */
  readonly waitMs: number;
}

/** How the AWS Solutions checks write an ARN's pseudo parameters. */
const nagStack = { partition: '<AWS::Partition>', region: '<AWS::Region>', account: '<AWS::AccountId>' };

/** The function that runs one group of probes, with the permissions that this group needs. */
export class ProbeFunction extends MonitorFunction {
  readonly group: Group;

  constructor(
    scope: Construct,
    id: string,
    { deployment, group, code, secrets, logRetentionDays, timeoutMs, waitMs }: ProbeFunctionProps,
  ) {
    const { lists, widened } = secretPatterns(group, deployment, secrets);
    const [own = [], ...more] = lists.map((patterns) => readSecrets(Stack.of(scope), patterns));
    super(scope, id, {
      deployment,
      name: group,
      description: `Runs the ${group} probes for one Okta org`,
      purpose: 'write its log, publish metrics, keep the state of its runs and read the secrets that it needs',
      code,
      memorySize: memorySizes[group],
      timeout: Duration.seconds(Math.ceil(functionTimeoutMs(timeoutMs, waitMs) / 1000)),
      permissions: [
        publishMetrics(deployment),
        ...own,
        allowState(Stack.of(scope), ['GetItem', 'PutItem'], deployment),
      ],
      environment: { ...stateEnvironment(deployment), ...checkEnvironment },
      logRetentionDays,
      // No retries: the next scheduled run is due soon, and a late one measures the past.
      retryAttempts: 0,
      maxEventAge: Duration.seconds(60),
    });
    this.group = group;
    if (more.length > 0) {
      // In a stack of their own: with those of all groups, this template could exceed CloudFormation's megabyte.
      const nested = new NestedStack(this, 'Secrets', { description: `The secrets that ${this.name} may read` });
      more.forEach((statements, index) => {
        new ManagedPolicy(nested, `Policy${index}`, {
          description: `Allows ${deployment} to read secrets of its ${group} probes`,
          roles: [this.role],
          statements,
        });
      });
    }
    if (widened.length > 0) {
      const text = `IAM's policies are too small to name each secret of the ${group} function. It may read every secret whose name matches ${widened.map((pattern) => pattern.replace(/-\?{6}$/, '')).join(' or ')}, also one that is not in the configuration: keep no other secrets under such names.`;
      Annotations.of(this).addWarningV2('okta-synthetics:secrets-by-pattern', text);
    }
    for (const pattern of widened) {
      Validations.of(this.role).acknowledge({
        id: `AwsSolutions-IAM5[Resource::${secretArn(nagStack, pattern)}]`,
        reason:
          "The names of all secrets would exceed the size of a role's policies. The pattern names the secrets of every org.",
      });
    }
    Validations.of(this.role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason:
        'PutMetricData does not support resource-level permissions; a condition restricts it to the namespace of this monitor.',
    });
  }
}

/** PutMetricData does not support resource-level permissions, so a condition on the namespace restricts it. */
export function publishMetrics(deployment: string): PolicyStatement {
  return new PolicyStatement({
    actions: ['cloudwatch:PutMetricData'],
    resources: ['*'],
    conditions: { StringEquals: { 'cloudwatch:namespace': metricNamespace(deployment) } },
  });
}

function readSecrets(stack: Stack, patterns: readonly string[]): PolicyStatement[] {
  return [
    new PolicyStatement({
      actions: ['secretsmanager:GetSecretValue'],
      resources: patterns.map((pattern) => secretArn(stack, pattern)),
    }),
  ];
}

function secretArn(
  { partition, region, account }: Pick<Stack, 'partition' | 'region' | 'account'>,
  pattern: string,
): string {
  if (pattern.startsWith('arn:')) return pattern;
  return `arn:${partition}:secretsmanager:${region}:${account}:secret:${pattern}`;
}

/**
 * The memory of the functions with probes, in megabytes. Lambda gives them a processor in proportion.
 *
 * That of `flows` follows from what `npm run bench` measured, by the rule in docs/performance.md. The others publish no
 * series of latency each minute, and have what their memory needs.
 */
export const memorySizes: Readonly<Record<Group, number>> = {
  flows: 1_024,
  limits: 256,
  status: 256,
  journey: 512,
  health: 256,
  // A thousand events are some megabytes.
  'system-log': 512,
  'negative-tests': 256,
};
