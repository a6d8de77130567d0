import { Duration, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { metricIdentity } from '../../functions/model/metric.ts';
import type { Group } from '../../functions/model/probe.ts';
import { MonitorFunction } from './monitor-function.ts';

export interface ProbeFunctionProps {
  readonly group: Group;
  readonly code: Code;
  /** The names and ARNs of the secrets that it may read. */
  readonly secrets: readonly string[];
  readonly logRetentionDays: number;
}

/** Megabytes, and with them a share of a CPU: starting the SDK and signing is what takes time. */
const memorySize: Readonly<Record<Group, number>> = { flows: 512, limits: 256, status: 256, 'negative-tests': 256 };

/** The function that runs one group of probes, with the rights that this group needs. */
export class ProbeFunction extends MonitorFunction {
  readonly group: Group;

  constructor(scope: Construct, id: string, { group, code, secrets, logRetentionDays }: ProbeFunctionProps) {
    super(scope, id, {
      name: group,
      description: `Runs the ${group} probes of one Okta org`,
      purpose: 'write its log, publish metrics and read the secrets that it needs',
      code,
      memorySize: memorySize[group],
      rights: [publishMetrics(), ...readSecrets(Stack.of(scope), secrets)],
      logRetentionDays,
      // The next run is a minute away, and what a late one finds is no longer true.
      retryAttempts: 0,
      maxEventAge: Duration.seconds(60),
    });
    this.group = group;
    Validations.of(this.role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'PutMetricData has no resources; its condition restricts it to the namespace of this monitor.',
    });
  }
}

/** PutMetricData knows no resources: the namespace is the only fence there is. */
function publishMetrics(): PolicyStatement {
  const { namespace } = metricIdentity('Severity', { org: '' });
  return new PolicyStatement({
    actions: ['cloudwatch:PutMetricData'],
    resources: ['*'],
    conditions: { StringEquals: { 'cloudwatch:namespace': namespace } },
  });
}

function readSecrets(stack: Stack, secrets: readonly string[]): readonly PolicyStatement[] {
  if (secrets.length === 0) return [];
  return [
    new PolicyStatement({
      actions: ['secretsmanager:GetSecretValue'],
      resources: secrets.map((secret) => secretArn(stack, secret)),
    }),
  ];
}

/** Secrets Manager ends an ARN in six characters of its own, so that a name given anew is another secret. */
function secretArn({ partition, region, account }: Stack, secret: string): string {
  if (secret.startsWith('arn:')) return secret;
  return `arn:${partition}:secretsmanager:${region}:${account}:secret:${secret}-??????`;
}
