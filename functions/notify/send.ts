import type { EventBridge, Sns } from '../aws/clients.ts';
import type { Sent } from './send-once.ts';
import type { Sending } from './sendings.ts';

/** What sends messages. */
export interface Senders {
  readonly sns: Sns;
  readonly events: EventBridge;
}

/** How long SNS and EventBridge may take to accept a message. */
const sendMs = 3_000;

/** Sends one message, once. Throws AWS's errors. Trap: PutEvents succeeds although it refuses an event. */
export async function send(sending: Sending, { sns, events }: Senders): Promise<void> {
  if (sending.to === 'topic') {
    const { outlet, message } = sending;
    await sns.publish(message, { abortSignal: AbortSignal.timeout(sendMs) });
    process.stdout.write(`${JSON.stringify({ type: 'message', outlet, subject: message.Subject })}\n`);
    return;
  }
  const { Entries: [entry] = [] } = await events.putEvents(
    { Entries: [sending.event] },
    { abortSignal: AbortSignal.timeout(sendMs) },
  );
  if (entry?.ErrorCode) throw Object.assign(new Error('PutEvents refused the event'), { name: entry.ErrorCode });
}

/** What became of several messages. */
export interface SentAll {
  /** Whether any of them is sent. Those that another process is sending do not count. */
  readonly isAnySent: boolean;
  readonly areAllSent: boolean;
  /** Says which could not be sent. */
  readonly error?: Error;
}

/** Tries every message, whichever of them fails. It never throws. */
export async function sendAll(
  sendings: readonly Sending[],
  sendOne: (sending: Sending) => Promise<Sent>,
): Promise<SentAll> {
  const results = await Promise.allSettled(sendings.map(sendOne));
  const failed = results.flatMap((result, at) => {
    if (result.status === 'fulfilled') return [];
    const { reason } = result;
    return [`${sendings[at]?.outlet}: ${reason instanceof Error ? reason.name : 'unknown error'}`];
  });
  const isSent = (result: PromiseSettledResult<Sent>) => result.status === 'fulfilled' && result.value !== 'elsewhere';
  return {
    isAnySent: results.some(isSent),
    areAllSent: results.every(isSent),
    ...(failed.length > 0 && { error: new Error(`a message could not be sent: ${failed.join('; ')}`) }),
  };
}
