import { AwsException, parseJson } from './protocols.ts';
import { sizeLimits } from './size-limits.ts';

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
