import { type CfnResource, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  type EventInvokeConfigOptions,
  type FunctionProps,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

export interface MonitorFunctionProps
  extends Pick<FunctionProps, 'code' | 'description' | 'environment' | 'memorySize'>,
    EventInvokeConfigOptions {
  /** What tells it from the other functions: `flows`. */
  readonly name: string;
  /** What its role is for. */
  readonly purpose: string;
  /** What it may do besides writing its own log. */
  readonly rights: readonly PolicyStatement[];
  readonly logRetentionDays: number;
}

/** A function of the monitor, with a log and a role of its own. */
export class MonitorFunction extends Construct {
  readonly name: string;
  readonly lambda: LambdaFunction;
  readonly logGroup: LogGroup;
  /** The log group's name as it is written, where a reference would make somebody wait for the log group. */
  readonly logGroupName: string;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: MonitorFunctionProps) {
    super(scope, id);
    const { name, purpose, rights, logRetentionDays, ...rest } = props;
    const functionName = `okta-synthetics-${name}`;
    this.name = name;
    this.logGroupName = `/aws/lambda/${functionName}`;
    this.logGroup = new LogGroup(this, 'Logs', {
      logGroupName: this.logGroupName,
      retention: logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `Lets ${functionName} ${purpose}`,
      inlinePolicies: { Run: new PolicyDocument({ statements: [writeLog(this.logGroup), ...rights] }) },
    });
    this.lambda = new LambdaFunction(this, 'Function', {
      functionName,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      timeout: Duration.seconds(30),
      role: this.role,
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      ...rest,
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
