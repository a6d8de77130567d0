import { type Template, UnsupportedError } from '../../../packages/cloudwatch-alarms/src/index.ts';

/** Where the simulated stack is deployed. */
export const account = '123456789012';
export const region = 'us-east-1';
/** As alarm messages spell the region. */
export const regionName = 'US East (N. Virginia)';

const stackName = 'OktaSynthetics';

interface Naming {
  /** The property that holds the name. */
  readonly property?: string;
  /** The ARN without the leading `arn:aws:`. */
  readonly arn: (name: string) => string;
  /** Whether `Ref` returns the ARN. By default, it returns the name. */
  readonly isRefArn?: boolean;
}

const home = `${region}:${account}`;

const alarm: Naming = { property: 'AlarmName', arn: (name) => `cloudwatch:${home}:alarm:${name}` };

const namings: Readonly<Record<string, Naming>> = {
  'AWS::SNS::Topic': { property: 'TopicName', arn: (name) => `sns:${home}:${name}`, isRefArn: true },
  'AWS::Lambda::Function': { property: 'FunctionName', arn: (name) => `lambda:${home}:function:${name}` },
  'AWS::Logs::LogGroup': { property: 'LogGroupName', arn: (name) => `logs:${home}:log-group:${name}:*` },
  'AWS::CloudWatch::Alarm': alarm,
  'AWS::CloudWatch::CompositeAlarm': alarm,
  'AWS::CloudWatch::Dashboard': {
    property: 'DashboardName',
    arn: (name) => `cloudwatch::${account}:dashboard/${name}`,
  },
  'AWS::DynamoDB::Table': { property: 'TableName', arn: (name) => `dynamodb:${home}:table/${name}` },
  'AWS::IAM::Role': { property: 'RoleName', arn: (name) => `iam::${account}:role/${name}` },
  'AWS::KMS::Alias': { property: 'AliasName', arn: (name) => `kms:${home}:${name}` },
  'AWS::KMS::Key': { arn: (name) => `kms:${home}:key/${name}` },
  'AWS::SQS::Queue': { property: 'QueueName', arn: (name) => `sqs:${home}:${name}` },
  'AWS::Events::Rule': { property: 'Name', arn: (name) => `events:${home}:rule/${name}` },
  'AWS::Events::ApiDestination': { property: 'Name', arn: (name) => `events:${home}:api-destination/${name}` },
  'AWS::Events::Connection': { property: 'Name', arn: (name) => `events:${home}:connection/${name}` },
  'AWS::Scheduler::ScheduleGroup': { property: 'Name', arn: (name) => `scheduler:${home}:schedule-group/${name}` },
};

const pseudoParameters: Readonly<Record<string, string>> = {
  'AWS::AccountId': account,
  'AWS::Region': region,
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::StackName': stackName,
};

/**
 * Resolves a value to the string that CloudFormation would use: a literal, or the result of an intrinsic function.
 *
 * Trap: CloudFormation generates the names that a template leaves out. Here, the logical ID is used as the name.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 */
export function resolveText(template: Template, value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const [[name, argument] = [], ...others] = Object.entries(value ?? {});
  if (others.length === 0) {
    if (name === 'Ref' && typeof argument === 'string') return resolveRef(template, argument);
    if (name === 'Fn::GetAtt') return resolveAttribute(template, argument);
    if (name === 'Fn::Join' && Array.isArray(argument) && Array.isArray(argument[1])) {
      return argument[1].map((part) => resolveText(template, part)).join(String(argument[0]));
    }
    if (name === 'Fn::Sub') return resolveSub(template, argument);
  }
  throw new UnsupportedError(`cannot resolve ${JSON.stringify(value)} to a string`);
}

/** The logical ID of the resource of this type that a value refers to by `Ref`, ARN or name, if there is one. */
export function referencedId(template: Template, value: unknown, type: string): string | undefined {
  const text = resolveText(template, value);
  return Object.entries(template.Resources).find(
    ([id, { Type }]) => Type === type && (physicalName(template, id) === text || arnFor(template, id) === text),
  )?.[0];
}

/** The name of a resource once it is deployed. */
export function physicalName(template: Template, logicalId: string): string {
  const { Type, Properties } = resourceOf(template, logicalId);
  const name = Properties?.[namings[Type]?.property ?? ''];
  return name === undefined ? logicalId : resolveText(template, name);
}

export function arnFor(template: Template, logicalId: string): string {
  return `arn:aws:${namingOf(template, logicalId).arn(physicalName(template, logicalId))}`;
}

function resolveRef(template: Template, id: string): string {
  const pseudo = pseudoParameters[id];
  if (pseudo !== undefined) return pseudo;
  return namingOf(template, id).isRefArn ? arnFor(template, id) : physicalName(template, id);
}

function resolveAttribute(template: Template, argument: unknown): string {
  const [id, name] = typeof argument === 'string' ? argument.split('.') : Array.isArray(argument) ? argument : [];
  if (typeof id === 'string') {
    if (name === 'Arn' || name === 'TopicArn') return arnFor(template, id);
    if (name === 'TopicName' || name === 'QueueName' || name === 'KeyId') return physicalName(template, id);
  }
  throw new UnsupportedError(`cannot resolve the attribute ${JSON.stringify(argument)}`);
}

function resolveSub(template: Template, argument: unknown): string {
  const [text, variables = {}] = Array.isArray(argument) ? argument : [argument];
  if (typeof text !== 'string') throw new UnsupportedError(`cannot resolve ${JSON.stringify(argument)} to a string`);
  return text.replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
    if (literal) return `\${${name}}`;
    if (Object.hasOwn(variables, name)) return resolveText(template, variables[name]);
    return name.includes('.') ? resolveAttribute(template, name) : resolveRef(template, name);
  });
}

function resourceOf(template: Template, logicalId: string) {
  const resource = template.Resources[logicalId];
  if (!resource) throw new UnsupportedError(`no resource has the logical ID ${logicalId}`);
  return resource;
}

function namingOf(template: Template, logicalId: string): Naming {
  const { Type } = resourceOf(template, logicalId);
  const naming = namings[Type];
  if (!naming) throw new UnsupportedError(`references to ${Type} are not supported`);
  return naming;
}
