import { randomUUID } from 'node:crypto';
import { Agent, fetch as fetchByUndici } from 'undici';
import { strictTls } from '../../functions/model/tls.ts';
import type { StoredSecrets } from './aws-emulator/aws-emulator.ts';
import type { RealTime } from './lambda/real-time-queue.ts';
import { referenceIn } from './secret-source.ts';
import type { HttpsDelivery, HttpsTarget, OnAttempt, PendingDelivery } from './sns/https-delivery.ts';

export interface HttpsPostsOptions {
  readonly clock: RealTime;
  readonly secrets: StoredSecrets;
  /** Called with the queue and the text of a message that could not be delivered. */
  readonly giveUp: (queue: string, text: string) => void;
  /** Called after each try, once the delivery says how it stands. */
  readonly onChange: (delivery: PendingDelivery, isPending: boolean) => void;
  readonly send?: typeof fetch;
}

const dispatcher = new Agent({ connect: strictTls });

const verifiedFetch = ((url: string, init: object) =>
  fetchByUndici(url, { ...init, dispatcher } as Parameters<typeof fetchByUndici>[1])) as unknown as typeof fetch;

/** A status that SNS and EventBridge both try again after, for no answer. */
const noAnswer = 503;

/** How long a receiver may take to answer: as long as EventBridge waits. SNS waits longer. */
const timeoutMs = 5_000;

/**
 * Posts messages to their real receivers: as SNS does, in its envelope, or as an API destination, with what its connection
 * adds.
 *
 * Trap: only SNS can sign as SNS does. The envelope has no signature, and a receiver that verifies it refuses it.
 * https://docs.aws.amazon.com/sns/latest/dg/http-notification-json.html
 */
export function openHttpsPosts({
  clock,
  secrets,
  giveUp,
  onChange,
  send = verifiedFetch,
}: HttpsPostsOptions): HttpsDelivery {
  async function attempt(target: HttpsTarget, delivery: PendingDelivery, messageId: string): Promise<number> {
    try {
      const { headers, body } = await requestOf(target, delivery, messageId, secrets);
      const signal = AbortSignal.any([clock.stopped, AbortSignal.timeout(timeoutMs)]);
      const answer = await send(target.endpoint, { method: 'POST', headers, body, redirect: 'manual', signal });
      await answer.body?.cancel();
      return answer.status;
    } catch {
      return noAnswer;
    }
  }

  async function deliver(target: HttpsTarget, delivery: PendingDelivery, onAttempt: OnAttempt): Promise<void> {
    const messageId = randomUUID();
    for (let tried = delivery.attempts ?? 0; !clock.stopped.aborted; tried += 1) {
      const status = await attempt(target, delivery, messageId);
      // Whether it arrived is not known: the next start sends it again.
      if (clock.stopped.aborted) return;
      const isDelivered = status >= 200 && status < 300;
      delivery.attempts = tried + 1;
      if (isDelivered) {
        delivery.failed = false;
        delivery.deliveredAt = clock.now();
      }
      onAttempt(clock.now(), isDelivered);
      const delayMs = !isDelivered && target.isRetried(status) ? target.retryDelaysMs[tried] : undefined;
      onChange(delivery, delayMs !== undefined);
      if (delayMs === undefined) {
        if (!isDelivered && target.deadLetters !== undefined) giveUp(target.deadLetters, delivery.text);
        return;
      }
      await clock.until(clock.now() + delayMs, clock.stopped);
    }
  }

  return {
    post(target, delivery, _at, onAttempt) {
      delivery.failed = true;
      delivery.attempts ??= 0;
      // Later, so that the message is stored before its delivery changes.
      setImmediate(() => void deliver(target, delivery, onAttempt));
    },
    // Each try waits for its own time.
    retryDue() {},
  };
}

async function requestOf(
  { topicArn, body = {} }: HttpsTarget,
  { subject, text }: PendingDelivery,
  messageId: string,
  secrets: StoredSecrets,
): Promise<{ readonly headers: Record<string, string>; readonly body: string }> {
  if (topicArn === undefined) {
    const added = await Promise.all(
      Object.entries(body).map(async ([name, value]) => [name, await resolveReference(value, secrets)] as const),
    );
    return {
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify({ ...JSON.parse(text), ...Object.fromEntries(added) }),
    };
  }
  return {
    headers: {
      'content-type': 'text/plain; charset=UTF-8',
      'x-amz-sns-message-type': 'Notification',
      'x-amz-sns-message-id': messageId,
      'x-amz-sns-topic-arn': topicArn,
    },
    body: JSON.stringify({
      ...{ Type: 'Notification', MessageId: messageId, TopicArn: topicArn },
      ...(subject !== undefined && { Subject: subject }),
      ...{ Message: text, Timestamp: new Date().toISOString() },
    }),
  };
}

/** Returns the value of a reference to a secret, and any other text unchanged. Throws without quoting anything if the secret has no value. */
async function resolveReference(value: string, secrets: StoredSecrets): Promise<string> {
  const reference = referenceIn(value);
  if (!reference) return value;
  const stored = await secrets.get(reference.name);
  const text = typeof stored === 'object' && 'text' in stored ? stored.text : stored;
  const found = typeof text === 'string' ? JSON.parse(text)?.[reference.member] : undefined;
  if (typeof found !== 'string') throw new Error('the secret has no such member');
  return found;
}
