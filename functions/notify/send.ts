import type { EventBridge, Sns } from '../aws/clients.ts';
import type { Sending } from './sendings.ts';

/** What sends messages. */
export interface Senders {
  readonly sns: Sns;
  readonly events: EventBridge;
}

/** Sends one message, once. Throws AWS's errors. Trap: PutEvents succeeds although it refuses an event. */
export async function send(sending: Sending, { sns, events }: Senders): Promise<void> {
  if (sending.to === 'topic') {
    const { outlet, message } = sending;
    await sns.publish(message);
    process.stdout.write(`${JSON.stringify({ type: 'message', outlet, subject: message.Subject })}\n`);
    return;
  }
  const { Entries: [entry] = [] } = await events.putEvents({ Entries: [sending.event] });
  if (entry?.ErrorCode) throw Object.assign(new Error('PutEvents refused the event'), { name: entry.ErrorCode });
}

/**
 * Tries everything that is to be sent, whichever of it fails, and then throws if something did. Returns whether anything
 * was sent.
 *
 * @param sendOne sends one message, and returns false if it was sent before
 */
export async function sendAll(
  sendings: readonly Sending[],
  sendOne: (sending: Sending) => Promise<boolean>,
): Promise<boolean> {
  const results = await Promise.allSettled(sendings.map(sendOne));
  const failed = results.flatMap((result, at) => {
    if (result.status === 'fulfilled') return [];
    const { reason } = result;
    return [`${sendings[at]?.outlet}: ${reason instanceof Error ? reason.name : 'unknown error'}`];
  });
  if (failed.length > 0) throw new Error(`a message could not be sent: ${failed.join('; ')}`);
  return results.some((result) => result.status === 'fulfilled' && result.value);
}
