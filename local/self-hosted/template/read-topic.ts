import {
  readList,
  readObject,
  type Template,
  UnsupportedError,
} from '../../../packages/cloudwatch-alarms/src/index.ts';
import type { Subscription, Topic } from './deployment.ts';
import { readDeliveryPolicy } from './read-retries.ts';
import { arnFor, physicalName, referencedId, resolveText } from './resolve-text.ts';

const protocols = ['lambda', 'email', 'email-json', 'http', 'https', 'sms'];

/** Reads a topic, its subscriptions, and whether alarms are allowed to publish to it. */
export function readTopic(template: Template, logicalId: string): Topic {
  const { Subscription: inline } = template.Resources[logicalId]?.Properties ?? {};
  const subscriptions = Object.values(template.Resources).flatMap(({ Type, Properties = {} }) =>
    Type === 'AWS::SNS::Subscription' && referencedId(template, Properties.TopicArn, 'AWS::SNS::Topic') === logicalId
      ? [readObject(Properties, ['TopicArn', 'Protocol', 'Endpoint', 'DeliveryPolicy', 'RedrivePolicy'])]
      : [],
  );
  const all = [...subscriptions, ...readList(inline).map((each) => readObject(each, ['Protocol', 'Endpoint']))];
  return {
    logicalId,
    name: physicalName(template, logicalId),
    arn: arnFor(template, logicalId),
    acceptsAlarms: accepts(template, logicalId, 'cloudwatch.amazonaws.com'),
    subscriptions: all.map((properties) => readSubscription(template, logicalId, properties)),
  };
}

function readSubscription(
  template: Template,
  topicId: string,
  { Protocol, Endpoint, DeliveryPolicy, RedrivePolicy }: Readonly<Record<string, unknown>>,
): Subscription {
  const protocol = resolveText(template, Protocol);
  if (!protocols.includes(protocol)) throw new UnsupportedError(`${protocol} subscriptions are not simulated`);
  if (protocol !== 'lambda') {
    const { deadLetterTargetArn } = readObject(RedrivePolicy ?? {}, ['deadLetterTargetArn']);
    const deadLetters = readDeadLetters(template, deadLetterTargetArn, 'sns.amazonaws.com', topicId);
    return {
      ...{ protocol, endpoint: resolveText(template, Endpoint), permitted: true },
      ...(protocol.startsWith('http') && { retryDelaysMs: readDeliveryPolicy(DeliveryPolicy) }),
      ...(deadLetters !== undefined && { deadLetters }),
    };
  }
  const functionId = referencedId(template, Endpoint, 'AWS::Lambda::Function');
  if (functionId === undefined) {
    throw new UnsupportedError(`the subscriber ${JSON.stringify(Endpoint)} is not a function in the template`);
  }
  return {
    protocol,
    endpoint: physicalName(template, functionId),
    permitted: isPermitted(template, functionId, topicId),
  };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html */
function isPermitted(template: Template, functionId: string, topicId: string): boolean {
  return Object.values(template.Resources).some(
    ({ Type, Properties: { Principal, Action, FunctionName, SourceArn } = {} }) =>
      Type === 'AWS::Lambda::Permission' &&
      Principal === 'sns.amazonaws.com' &&
      Action === 'lambda:InvokeFunction' &&
      referencedId(template, FunctionName, 'AWS::Lambda::Function') === functionId &&
      (SourceArn === undefined || isLike(arnFor(template, topicId), resolveText(template, SourceArn))),
  );
}

/** Whether an ARN matches one in which `*` stands for any text, as in the conditions of a policy. */
function isLike(arn: string, pattern: string): boolean {
  return new RegExp(`^${pattern.split('*').map(RegExp.escape).join('.*')}$`).test(arn);
}

interface Statement {
  readonly Effect?: string;
  readonly Action?: string | readonly string[];
  readonly Principal?: string | { readonly Service?: string | readonly string[] };
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/**
 * Whether a service is allowed to publish to a topic and to use the key that encrypts it.
 *
 * Trap: a topic without a policy accepts its account's alarms. A topic with one accepts only what the policy allows.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html
 *
 * @param sourceArn what publishes, if the policy must name it
 */
export function accepts(template: Template, topicId: string, service: string, sourceArn?: string): boolean {
  const policies = Object.values(template.Resources).filter(
    ({ Type, Properties: { Topics } = {} }) =>
      Type === 'AWS::SNS::TopicPolicy' &&
      readList(Topics).some((topic) => referencedId(template, topic, 'AWS::SNS::Topic') === topicId),
  );
  const topicArn = arnFor(template, topicId);
  const allows = (policy: unknown, action: string, isCondition: (condition: Statement['Condition']) => boolean) =>
    statementsOf(policy).some(
      ({ Effect, Action, Principal, Condition }) =>
        Effect === 'Allow' &&
        [Action].flat().includes(action) &&
        typeof Principal === 'object' &&
        [Principal.Service].flat().includes(service) &&
        isCondition(Condition),
    );
  const isFromSource = ({ ArnEquals }: NonNullable<Statement['Condition']> = {}) =>
    sourceArn === undefined || isSaid(template, ArnEquals?.['aws:SourceArn'], sourceArn);
  const canPublish =
    policies.length === 0
      ? sourceArn === undefined
      : policies.some(({ Properties }) => allows(Properties?.PolicyDocument, 'sns:Publish', isFromSource));
  const { KmsMasterKeyId } = template.Resources[topicId]?.Properties ?? {};
  if (KmsMasterKeyId === undefined) return canPublish;
  const aliasId = referencedId(template, KmsMasterKeyId, 'AWS::KMS::Alias');
  const key = aliasId === undefined ? KmsMasterKeyId : template.Resources[aliasId]?.Properties?.TargetKeyId;
  const keyId = referencedId(template, key, 'AWS::KMS::Key');
  const keyPolicy = keyId === undefined ? undefined : template.Resources[keyId]?.Properties?.KeyPolicy;
  // With EventBridge, a key's policy may name the topic and not the source.
  const isForTopic = (condition: Statement['Condition'] = {}) =>
    service !== 'events.amazonaws.com' ||
    Object.values(condition).every((each) =>
      Object.entries(each).every(
        ([name, value]) => name === 'kms:EncryptionContext:aws:sns:topicArn' && isSaid(template, value, topicArn),
      ),
    );
  return canPublish && ['kms:GenerateDataKey*', 'kms:Decrypt'].every((action) => allows(keyPolicy, action, isForTopic));
}

function isSaid(template: Template, value: unknown, wanted: string): boolean {
  return value !== undefined && [value].flat().some((each) => resolveText(template, each) === wanted);
}

function statementsOf(policy: unknown): readonly Statement[] {
  const { Statement: statements = [] } = (policy ?? {}) as { readonly Statement?: readonly Statement[] };
  return statements;
}

/**
 * Returns the name of the queue for a service's undeliverable messages, if there is one.
 *
 * Trap: without a policy that allows the service, it loses the message silently. That is refused here.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-configure-dead-letter-queue.html
 */
export function readDeadLetters(
  template: Template,
  queueArn: unknown,
  service: string,
  sourceId: string,
): string | undefined {
  if (queueArn === undefined) return undefined;
  const queueId = referencedId(template, queueArn, 'AWS::SQS::Queue');
  if (queueId === undefined) throw new UnsupportedError('the dead-letter queue is not in the template');
  const { KmsMasterKeyId } = template.Resources[queueId]?.Properties ?? {};
  if (KmsMasterKeyId !== undefined) throw new UnsupportedError('a dead-letter queue with its own key is not simulated');
  const statements = Object.values(template.Resources).flatMap(({ Type, Properties = {} }) =>
    Type === 'AWS::SQS::QueuePolicy' &&
    readList(Properties.Queues).some((queue) => referencedId(template, queue, 'AWS::SQS::Queue') === queueId)
      ? statementsOf(Properties.PolicyDocument)
      : [],
  );
  const isAllowed = statements.some(
    ({ Effect, Action, Principal, Condition }) =>
      Effect === 'Allow' &&
      [Action].flat().includes('sqs:SendMessage') &&
      typeof Principal === 'object' &&
      Principal.Service === service &&
      resolveText(template, Condition?.ArnEquals?.['aws:SourceArn']) === arnFor(template, sourceId),
  );
  const name = physicalName(template, queueId);
  if (!isAllowed) throw new UnsupportedError(`${service} is not allowed to send to the queue ${name}`);
  return name;
}
