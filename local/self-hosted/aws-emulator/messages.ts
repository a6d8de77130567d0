import { randomUUID } from 'node:crypto';
import { sizeLimits } from './limits.ts';
import { AwsException, parseJson } from './protocols.ts';

/** An event on the default bus. */
export interface PutEvent {
  readonly source: string;
  readonly detailType: string;
  readonly resources: readonly string[];
  readonly detail: object;
}

const maxEntries = 10;
const maxEntryBytes = 262_144;

/**
 * PutEvents. An entry that is refused does not fail the call: its place in the answer has the error.
 * https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 */
export function readPutEvents({ Entries }: Readonly<Record<string, unknown>>): {
  readonly events: readonly PutEvent[];
  readonly answer: object;
} {
  if (!Array.isArray(Entries) || Entries.length === 0 || Entries.length > maxEntries) {
    throw new AwsException('ValidationException', `Entries must have 1 to ${maxEntries} members`);
  }
  const events: PutEvent[] = [];
  const results = Entries.map((entry: Readonly<Record<string, unknown>>) => {
    try {
      events.push(readEntry(entry));
      return { EventId: randomUUID() };
    } catch (error) {
      if (!(error instanceof AwsException)) throw error;
      return { ErrorCode: error.error.type, ErrorMessage: error.error.message };
    }
  });
  const failed = results.filter((result) => 'ErrorCode' in result).length;
  return { events, answer: { FailedEntryCount: failed, Entries: results } };
}

/** Reads one entry, or throws what EventBridge would say of it. */
export function readEntry({
  Source = '',
  DetailType = '',
  Detail = '',
  Resources = [],
  EventBusName = 'default',
}: Readonly<Record<string, unknown>>): PutEvent {
  const texts = [Source, DetailType, Detail].map(String);
  const [source = '', detailType = '', detail = ''] = texts;
  const resources = (Resources as readonly unknown[]).map(String);
  const bytes = [...texts, ...resources].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (bytes > maxEntryBytes) throw new AwsException('ValidationException', `the entry has ${bytes} bytes`);
  if (EventBusName !== 'default') throw new AwsException('ResourceNotFoundException', 'only the default bus exists');
  if (source === '' || detailType === '')
    throw new AwsException('InvalidArgument', 'Source and DetailType are required');
  if (source.startsWith('aws.'))
    throw new AwsException('NotAuthorizedForSourceException', 'Not authorized for the source');
  const parsed = parseJson(detail);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new AwsException('MalformedDetail', 'Detail is malformed.');
  }
  return { source, detailType, resources, detail: parsed };
}

/** One message, as it was published to a topic. */
export interface PublishedMessage {
  readonly topicArn: string;
  readonly subject?: string;
  readonly message: string;
  /** `json`: the message contains a text for each protocol. */
  readonly structure?: string;
}

/**
 * The message of a Publish call.
 *
 * Trap: SNS rejects a message whose subject or body breaks its rules, so an alarm would be lost. This rejects it too.
 * https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
 */
export function readPublish(input: Readonly<Record<string, unknown>>): PublishedMessage {
  const [topicArn, message] = [String(input.TopicArn ?? ''), String(input.Message ?? '')];
  if (!/^arn:[^:]+:sns:[^:]*:\d{12}:[\w-]+$/.test(topicArn)) reject('TopicArn');
  if (message === '' || Buffer.byteLength(message) > sizeLimits.bytesOfMessage) reject('Message');
  const { Subject: subject, MessageStructure: structure } = input;
  // ASCII only. SNS now accepts more, but mail clients and gateways do not display other characters reliably.
  const isSubject = (text: string) =>
    /^[A-Za-z0-9!-/:-@[-`{-~][ -~]*$/.test(text) && text.length <= sizeLimits.charactersOfSubject;
  if (typeof subject === 'string' && !isSubject(subject)) reject('Subject');
  if (structure !== undefined && structure !== 'json') reject('MessageStructure');
  const texts = parseJson(message) as { readonly default?: unknown } | null | undefined;
  if (structure === 'json' && typeof texts?.default !== 'string') reject('Message Structure - No default entry');
  return {
    topicArn,
    message,
    ...(typeof subject === 'string' && { subject }),
    ...(structure === 'json' && { structure }),
  };
}

function reject(parameter: string): never {
  throw new AwsException('InvalidParameter', `Invalid parameter: ${parameter}`);
}
