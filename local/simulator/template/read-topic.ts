import { readList, readObject, type Template } from '../../emulators/cloudwatch/template-reader.ts';
import { UnsupportedError } from '../../emulators/cloudwatch/unsupported-error.ts';
import type { Subscription, Topic } from './deployment.ts';
import { arnFor, physicalName, referredTo, resolveText } from './resolve-text.ts';

const protocols = ['lambda', 'email', 'email-json', 'http', 'https', 'sms'];

/** Reads a topic, who subscribed to it, and whether an alarm may publish there. */
export function readTopic(template: Template, logicalId: string): Topic {
  const { Subscription: inline } = template.Resources[logicalId]?.Properties ?? {};
  const subscriptions = Object.values(template.Resources).flatMap(({ Type, Properties = {} }) =>
    Type === 'AWS::SNS::Subscription' && referredTo(template, Properties.TopicArn, 'AWS::SNS::Topic') === logicalId
      ? [readObject(Properties, ['TopicArn', 'Protocol', 'Endpoint'])]
      : [],
  );
  const all = [...subscriptions, ...readList(inline).map((each) => readObject(each, ['Protocol', 'Endpoint']))];
  return {
    logicalId,
    name: physicalName(template, logicalId),
    arn: arnFor(template, logicalId),
    takesAlarms: takesAlarms(template, logicalId),
    subscriptions: all.map((properties) => subscription(template, logicalId, properties)),
  };
}

function subscription(
  template: Template,
  topicId: string,
  { Protocol, Endpoint }: Readonly<Record<string, unknown>>,
): Subscription {
  const protocol = resolveText(template, Protocol);
  if (!protocols.includes(protocol)) throw new UnsupportedError(`a subscription by ${protocol} is not rehearsed`);
  if (protocol !== 'lambda') return { protocol, endpoint: resolveText(template, Endpoint), permitted: true };
  const functionId = referredTo(template, Endpoint, 'AWS::Lambda::Function');
  if (functionId === undefined) {
    throw new UnsupportedError(`its subscriber ${JSON.stringify(Endpoint)} is no function of the template`);
  }
  return { protocol, endpoint: physicalName(template, functionId), permitted: permits(template, functionId, topicId) };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html */
function permits(template: Template, functionId: string, topicId: string): boolean {
  return Object.values(template.Resources).some(
    ({ Type, Properties: { Principal, Action, FunctionName, SourceArn } = {} }) =>
      Type === 'AWS::Lambda::Permission' &&
      Principal === 'sns.amazonaws.com' &&
      Action === 'lambda:InvokeFunction' &&
      referredTo(template, FunctionName, 'AWS::Lambda::Function') === functionId &&
      (SourceArn === undefined || referredTo(template, SourceArn, 'AWS::SNS::Topic') === topicId),
  );
}

interface Statement {
  readonly Effect?: string;
  readonly Action?: string | readonly string[];
  readonly Principal?: string | { readonly Service?: string | readonly string[] };
}

/**
 * Whether CloudWatch may publish to a topic, and use the key that encrypts it.
 *
 * Trap: a topic without a policy takes what its account's alarms send; one with a policy takes only what that allows.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html
 */
function takesAlarms(template: Template, topicId: string): boolean {
  const policies = Object.values(template.Resources).filter(
    ({ Type, Properties: { Topics } = {} }) =>
      Type === 'AWS::SNS::TopicPolicy' &&
      readList(Topics).some((topic) => referredTo(template, topic, 'AWS::SNS::Topic') === topicId),
  );
  const open =
    policies.length === 0 || policies.some(({ Properties }) => allows(Properties?.PolicyDocument, 'sns:Publish'));
  const { KmsMasterKeyId } = template.Resources[topicId]?.Properties ?? {};
  if (KmsMasterKeyId === undefined) return open;
  const keyId = referredTo(template, KmsMasterKeyId, 'AWS::KMS::Key');
  const keyPolicy = keyId === undefined ? undefined : template.Resources[keyId]?.Properties?.KeyPolicy;
  return open && ['kms:GenerateDataKey*', 'kms:Decrypt'].every((action) => allows(keyPolicy, action));
}

function allows(policy: unknown, action: string): boolean {
  const { Statement: statements = [] } = (policy ?? {}) as { readonly Statement?: readonly Statement[] };
  return statements.some(
    ({ Effect, Action, Principal }) =>
      Effect === 'Allow' &&
      [Action].flat().includes(action) &&
      typeof Principal === 'object' &&
      [Principal.Service].flat().includes('cloudwatch.amazonaws.com'),
  );
}
