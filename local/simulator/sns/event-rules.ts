import type { PutEvent } from '../../emulators/aws/events.ts';
import type { EventRule } from '../template/deployment.ts';
import { type HttpsDelivery, isRetriedByEventBridge, type PendingDelivery } from './https-delivery.ts';
import type { DeliveredMessage, MessageOrigin } from './sns.ts';

/**
 * Whether a rule matches an event: one value of each field that its pattern names.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
 */
export function isMatch({ pattern, enabled }: EventRule, event: PutEvent): boolean {
  const isAnyOf = (wanted: readonly string[], found: readonly string[]) =>
    wanted.length === 0 || found.some((value) => wanted.includes(value));
  return (
    enabled &&
    isAnyOf(pattern.source, [event.source]) &&
    isAnyOf(pattern.detailType, [event.detailType]) &&
    isAnyOf(pattern.resources, event.resources)
  );
}

/** Posts an event as its rule says. */
export function postEvent(
  { endpoint, body, retryDelaysMs, deadLetters }: EventRule,
  delivery: PendingDelivery,
  https: HttpsDelivery,
  at: number,
): void {
  const queue = deadLetters !== undefined && { deadLetters };
  https.post({ endpoint, body, retryDelaysMs, isRetried: isRetriedByEventBridge, ...queue }, delivery, at, () => {});
}

/** Posts an event as its rule says, and returns it as a message. */
export function eventMessage(
  rule: EventRule,
  { detail, detailType }: PutEvent,
  https: HttpsDelivery,
  origin: MessageOrigin,
): DeliveredMessage {
  const { name, endpoint, body } = rule;
  const text = JSON.stringify({ ...detail, ...body });
  const delivery: PendingDelivery = { protocol: 'api destination', endpoint, text, failed: true };
  postEvent(rule, delivery, https, origin.sentAt);
  return { ...origin, topic: name, subject: detailType, text, deliveries: [delivery] };
}
