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
import { resourceName } from '../../functions/model/deployment.ts';

export interface MonitorFunctionProps
  extends Pick<FunctionProps, 'code' | 'description' | 'environment' | 'memorySize' | 'timeout'>,
    EventInvokeConfigOptions {
  readonly deployment: string;
  /** Its name without the deployment: `flows`. */
  readonly name: string;
  /** The rights of its role, as text for the role's description: "write its log …". */
  readonly purpose: string;
  /** Its rights besides writing its own log. */
  readonly permissions: readonly PolicyStatement[];
  readonly logRetentionDays: number;
}

/** A Lambda function with its own log group and role. */
export class MonitorFunction extends Construct {
  readonly name: string;
  readonly lambda: LambdaFunction;
  readonly logGroup: LogGroup;
  /** The log group's name as plain text, for where a reference would create a dependency on the log group. */
  readonly logGroupName: string;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: MonitorFunctionProps) {
    super(scope, id);
    const { deployment, name, purpose, permissions, logRetentionDays, ...rest } = props;
    const functionName = resourceName(deployment, name);
    this.name = name;
    this.logGroupName = logGroupName(functionName);
    this.logGroup = new LogGroup(this, 'Logs', {
      logGroupName: this.logGroupName,
      retention: logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `Allows ${functionName} to ${purpose}`,
      inlinePolicies: { Run: new PolicyDocument({ statements: [writeLog(this.logGroup), ...permissions] }) },
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
    // Redundant: the function refers to the role, and the policies are inline.
    (this.lambda.node.defaultChild as CfnResource).addDeletionOverride('DependsOn');
  }
}

/** The name of a function's log group. */
export function logGroupName(functionName: string): string {
  return `/aws/lambda/${functionName}`;
}

/** Without CreateLogGroup: the stack creates the log group, and `cdk destroy` would leave one that Lambda created. */
function writeLog(logGroup: LogGroup): PolicyStatement {
  return new PolicyStatement({
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resources: [logGroup.logGroupArn],
  });
}
