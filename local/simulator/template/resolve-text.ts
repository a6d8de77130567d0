import type { Template } from '../../emulators/cloudwatch/template-reader.ts';
import { UnsupportedError } from '../../emulators/cloudwatch/unsupported-error.ts';

/** Where the rehearsal's stack is deployed. */
export const account = '123456789012';
export const region = 'us-east-1';
/** As alarms call it. */
export const regionName = 'US East (N. Virginia)';

const stackName = 'OktaSynthetics';

/** How a kind of resource is called: by which property, what its ARN is made of, and what `Ref` gives. */
interface Naming {
  readonly property?: string;
  readonly arn: (name: string) => string;
  readonly ref: 'name' | 'arn';
}

const arnOf = (service: string, rest: (name: string) => string) => (name: string) =>
  `arn:aws:${service}:${region}:${account}:${rest(name)}`;

const alarm: Naming = { property: 'AlarmName', arn: arnOf('cloudwatch', (name) => `alarm:${name}`), ref: 'name' };

const namings: Readonly<Record<string, Naming>> = {
  'AWS::SNS::Topic': { property: 'TopicName', arn: arnOf('sns', (name) => name), ref: 'arn' },
  'AWS::Lambda::Function': {
    property: 'FunctionName',
    arn: arnOf('lambda', (name) => `function:${name}`),
    ref: 'name',
  },
  'AWS::Logs::LogGroup': { property: 'LogGroupName', arn: arnOf('logs', (name) => `log-group:${name}:*`), ref: 'name' },
  'AWS::CloudWatch::Alarm': alarm,
  'AWS::CloudWatch::CompositeAlarm': alarm,
  'AWS::CloudWatch::Dashboard': {
    property: 'DashboardName',
    arn: (name) => `arn:aws:cloudwatch::${account}:dashboard/${name}`,
    ref: 'name',
  },
  'AWS::IAM::Role': { property: 'RoleName', arn: (name) => `arn:aws:iam::${account}:role/${name}`, ref: 'name' },
  'AWS::KMS::Key': { arn: arnOf('kms', (name) => `key/${name}`), ref: 'name' },
  'AWS::Scheduler::ScheduleGroup': {
    property: 'Name',
    arn: arnOf('scheduler', (name) => `schedule-group/${name}`),
    ref: 'name',
  },
};

const pseudoParameters: Readonly<Record<string, string>> = {
  'AWS::AccountId': account,
  'AWS::Region': region,
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::StackName': stackName,
};

/**
 * The text that CloudFormation would put in place of a value: a text itself, or an intrinsic function that gives one.
 *
 * Trap: CloudFormation makes up the names that a template leaves out, and here the logical id stands for them.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 */
export function resolveText(template: Template, value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const [[name, argument] = [], ...more] = Object.entries(value ?? {});
  if (more.length === 0) {
    if (name === 'Ref' && typeof argument === 'string') return refer(template, argument);
    if (name === 'Fn::GetAtt') return attribute(template, argument);
    if (name === 'Fn::Join' && Array.isArray(argument) && Array.isArray(argument[1])) {
      return argument[1].map((part) => resolveText(template, part)).join(String(argument[0]));
    }
    if (name === 'Fn::Sub') return substitute(template, argument);
  }
  throw new UnsupportedError(`cannot read ${JSON.stringify(value)} as a text`);
}

/** The logical id of the resource that a value refers to, by reference, ARN or name; undefined where it is none here. */
export function referredTo(template: Template, value: unknown, type: string): string | undefined {
  const text = resolveText(template, value);
  return Object.entries(template.Resources).find(
    ([id, { Type }]) => Type === type && (physicalName(template, id) === text || arnFor(template, id) === text),
  )?.[0];
}

/** What a resource is called once it is deployed. */
export function physicalName(template: Template, logicalId: string): string {
  const { Type, Properties } = resourceOf(template, logicalId);
  const given = Properties?.[namings[Type]?.property ?? ''];
  return given === undefined ? logicalId : resolveText(template, given);
}

export function arnFor(template: Template, logicalId: string): string {
  return namingOf(template, logicalId).arn(physicalName(template, logicalId));
}

function refer(template: Template, id: string): string {
  const pseudo = pseudoParameters[id];
  if (pseudo !== undefined) return pseudo;
  return namingOf(template, id).ref === 'arn' ? arnFor(template, id) : physicalName(template, id);
}

function attribute(template: Template, argument: unknown): string {
  const [id, name] = typeof argument === 'string' ? argument.split('.') : Array.isArray(argument) ? argument : [];
  if (typeof id === 'string') {
    if (name === 'Arn' || name === 'TopicArn') return arnFor(template, id);
    if (name === 'TopicName' || name === 'KeyId') return physicalName(template, id);
  }
  throw new UnsupportedError(`cannot read the attribute ${JSON.stringify(argument)}`);
}

function substitute(template: Template, argument: unknown): string {
  const [text, variables = {}] = Array.isArray(argument) ? argument : [argument];
  if (typeof text !== 'string') throw new UnsupportedError(`cannot read ${JSON.stringify(argument)} as a text`);
  return text.replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
    if (literal) return `\${${name}}`;
    if (Object.hasOwn(variables, name)) return resolveText(template, variables[name]);
    return name.includes('.') ? attribute(template, name) : refer(template, name);
  });
}

function resourceOf(template: Template, logicalId: string) {
  const resource = template.Resources[logicalId];
  if (!resource) throw new UnsupportedError(`no resource is called ${logicalId}`);
  return resource;
}

function namingOf(template: Template, logicalId: string): Naming {
  const { Type } = resourceOf(template, logicalId);
  const naming = namings[Type];
  if (!naming) throw new UnsupportedError(`what a ${Type} is called is not known here`);
  return naming;
}
