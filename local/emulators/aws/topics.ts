import { randomUUID } from 'node:crypto';
import { RefusedByAws } from './aws-error.ts';

/** One message as it was published to a topic. */
export interface PublishedMessage {
  readonly topicArn: string;
  readonly subject?: string;
  readonly message: string;
  /** `json`: the message holds a text for each protocol. */
  readonly structure?: string;
}

const mostBytes = 262_144;

/**
 * The message of a call of SNS Publish.
 *
 * Trap: SNS refuses a subject or a message that breaks its rules, and the alarm with it. So does this.
 * https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
 */
export function readPublished(input: Readonly<Record<string, unknown>>): PublishedMessage {
  const [topicArn, message] = [String(input.TopicArn ?? ''), String(input.Message ?? '')];
  if (!/^arn:[^:]+:sns:[^:]*:\d{12}:[\w-]+$/.test(topicArn)) refuse('TopicArn');
  if (message === '' || Buffer.byteLength(message) > mostBytes) refuse('Message');
  const { Subject: subject, MessageStructure: structure } = input;
  // ASCII, though SNS has come to take more: what is not, mail programs and gateways show as they please.
  if (typeof subject === 'string' && !/^[A-Za-z0-9!-/:-@[-`{-~][ -~]{0,98}$/.test(subject)) refuse('Subject');
  if (structure !== undefined && structure !== 'json') refuse('MessageStructure');
  if (structure === 'json' && typeof defaultOf(message) !== 'string') refuse('Message Structure - No default entry');
  return {
    topicArn,
    message,
    ...(typeof subject === 'string' && { subject }),
    ...(structure === 'json' && { structure }),
  };
}

/** What SNS answers. */
export function publishedAnswer(): object {
  return { MessageId: randomUUID() };
}

function defaultOf(message: string): unknown {
  try {
    return JSON.parse(message)?.default;
  } catch {
    return undefined;
  }
}

function refuse(what: string): never {
  throw new RefusedByAws('InvalidParameter', `Invalid parameter: ${what}`);
}
