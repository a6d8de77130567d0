import { type CfnResource, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, type Code, Function as LambdaFunction, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { metricIdentity } from '../functions/model/metric.ts';
import type { Group } from '../functions/model/probe.ts';

export interface ProbeFunctionProps {
  readonly group: Group;
  readonly code: Code;
  /** The names and ARNs of the secrets that it may read. */
  readonly secrets: readonly string[];
  readonly logRetentionDays: number;
}

/** Megabytes, and with them a share of a CPU: starting the SDK and signing is what takes time. */
const memorySize: Readonly<Record<Group, number>> = { flows: 512, limits: 256, status: 256, contracts: 256 };

/** The function that runs one group of probes, with its log and the rights that this group needs. */
export class ProbeFunction extends Construct {
  readonly group: Group;
  readonly lambda: LambdaFunction;

  constructor(scope: Construct, id: string, props: ProbeFunctionProps) {
    super(scope, id);
    const functionName = `okta-synthetics-${props.group}`;
    const logGroup = new LogGroup(this, 'Logs', {
      logGroupName: `/aws/lambda/${functionName}`,
      retention: props.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `Lets ${functionName} write its log, publish metrics and read the secrets that it needs`,
      inlinePolicies: {
        Run: new PolicyDocument({ statements: [writeLog(logGroup), publishMetrics(), ...readSecrets(this, props)] }),
      },
    });
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'PutMetricData has no resources; its condition restricts it to the namespace of this monitor.',
    });
    this.group = props.group;
    this.lambda = new LambdaFunction(this, 'Function', {
      functionName,
      description: `Runs the ${props.group} probes of one Okta org`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: props.code,
      memorySize: memorySize[props.group],
      timeout: Duration.seconds(30),
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      // The next run is a minute away, and what a late one finds is no longer true.
      retryAttempts: 0,
      maxEventAge: Duration.seconds(60),
    });
    // The reference to the role already makes the function wait for it, and the policies are part of the role.
    (this.lambda.node.defaultChild as CfnResource).addDeletionOverride('DependsOn');
  }
}

/** Its own log group only, which the stack makes: the function may not make one that `cdk destroy` would leave. */
function writeLog(logGroup: LogGroup): PolicyStatement {
  return new PolicyStatement({
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resources: [logGroup.logGroupArn],
  });
}

/** PutMetricData knows no resources: the namespace is the only fence there is. */
function publishMetrics(): PolicyStatement {
  const { namespace } = metricIdentity('Success', { org: '' });
  return new PolicyStatement({
    actions: ['cloudwatch:PutMetricData'],
    resources: ['*'],
    conditions: { StringEquals: { 'cloudwatch:namespace': namespace } },
  });
}

function readSecrets(scope: Construct, { secrets }: ProbeFunctionProps): readonly PolicyStatement[] {
  if (secrets.length === 0) return [];
  return [
    new PolicyStatement({
      actions: ['secretsmanager:GetSecretValue'],
      resources: secrets.map((secret) => secretArn(scope, secret)),
    }),
  ];
}

/** Secrets Manager ends an ARN in six characters of its own, so that a name given anew is another secret. */
function secretArn(scope: Construct, secret: string): string {
  if (secret.startsWith('arn:')) return secret;
  const { partition, region, account } = Stack.of(scope);
  return `arn:${partition}:secretsmanager:${region}:${account}:secret:${secret}-??????`;
}
