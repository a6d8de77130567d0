import { UnsupportedError } from './unsupported-error.ts';

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly Condition?: string;
}

/** A CloudFormation template, as JSON. */
export interface Template {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
}

/** The property that names a resource, by resource type. */
const nameProperties: Readonly<Record<string, string>> = {
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::CloudWatch::CompositeAlarm': 'AlarmName',
  'AWS::CloudWatch::AlarmMuteRule': 'Name',
  'AWS::Lambda::Function': 'FunctionName',
};

/** The name of a resource in the template, or its logical id if the template does not name it. */
export function nameOf(template: Template, logicalId: string): string {
  const resource = template.Resources[logicalId];
  if (!resource) throw new UnsupportedError(`no resource is called ${logicalId}`);
  const name = resource.Properties?.[nameProperties[resource.Type] ?? ''];
  return typeof name === 'string' ? name : logicalId;
}

/** The attributes that are the names of resources: `Ref` returns the ARN of a topic and the URL of a queue instead. */
const nameAttributes = ['TopicName', 'QueueName'];

function nameAttribute(template: Template, logicalId: string, attribute: string): string {
  const name = template.Resources[logicalId]?.Properties?.[attribute];
  return typeof name === 'string' ? name : logicalId;
}

/**
 * Reads a string of a template, which may be an intrinsic function.
 *
 * Trap: CloudFormation generates the names that a template does not give. Here the logical id is used instead, so
 * metrics must be published with the logical id too, for example as `FunctionName`.
 */
export function readText(template: Template, value: unknown): string {
  if (typeof value === 'string') return value;
  if (isRecord(value) && Object.keys(value).length === 1) {
    const { Ref: ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = value;
    if (typeof ref === 'string') return nameOf(template, ref);
    if (Array.isArray(attribute) && attribute[1] === 'Arn') return nameOf(template, String(attribute[0]));
    if (Array.isArray(attribute) && nameAttributes.includes(String(attribute[1]))) {
      return nameAttribute(template, String(attribute[0]), String(attribute[1]));
    }
    if (Array.isArray(join) && Array.isArray(join[1])) {
      return join[1].map((part) => readText(template, part)).join(String(join[0]));
    }
  }
  throw new UnsupportedError(`cannot read ${JSON.stringify(value)} as a string`);
}

/** Reads a number. CloudFormation also accepts it as a string. */
export function readNumber(value: unknown): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) {
    throw new UnsupportedError(`cannot read ${JSON.stringify(value)} as a number`);
  }
  return number;
}

export function readList(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new UnsupportedError(`cannot read ${JSON.stringify(value)} as a list`);
  return value;
}

/** Reads one of the known values, so that new values of CloudWatch are not silently ignored. */
export function readWord<Word extends string>(value: unknown, words: readonly Word[]): Word {
  const word = words.find((each) => each === value);
  if (!word) throw new UnsupportedError(`${JSON.stringify(value)} is not one of ${words.join(', ')}`);
  return word;
}

/** Reads an object that may have only these keys, because an unknown key may change the meaning of the others. */
export function readObject(value: unknown, keys: readonly string[]): Readonly<Record<string, unknown>> {
  if (!isRecord(value)) throw new UnsupportedError(`cannot read ${JSON.stringify(value)} as an object`);
  const unknown = Object.keys(value).filter((key) => !keys.includes(key));
  if (unknown.length > 0) throw new UnsupportedError(`${unknown.join(', ')} is not supported`);
  return value;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
