import type { Transition } from '../alarms/cloudwatch.ts';
import type { PutEvent } from '../aws-emulator/messages.ts';
import type { ApiDestination, EventPattern, EventRule } from '../template/deployment.ts';
import { account, region } from '../template/resolve-text.ts';
import { type HttpsDelivery, isRetriedByEventBridge, type PendingDelivery } from './https-delivery.ts';
import type { DeliveredMessage, MessageOrigin } from './sns.ts';

/** An event on the default bus. */
export type BusEvent = Readonly<Record<string, unknown>>;

/** An event that a function put on the bus, in EventBridge's form. */
export function busEvent({ source, detailType, resources, detail }: PutEvent, at: number): BusEvent {
  const time = new Date(at).toISOString().replace(/\.\d+/, '');
  return { source, 'detail-type': detailType, resources, detail, account, region, time };
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html */
export function alarmEvent({ at, alarm, from, to, reason }: Transition, description: string | undefined): BusEvent {
  const detail = {
    alarmName: alarm,
    configuration: { ...(description !== undefined && { description }) },
    previousState: { value: from },
    state: { reason, value: to },
  };
  const resources = [`arn:aws:cloudwatch:${region}:${account}:alarm:${alarm}`];
  return busEvent({ source: 'aws.cloudwatch', detailType: 'CloudWatch Alarm State Change', resources, detail }, at);
}

/**
 * Whether a rule matches an event: one value of each field that its pattern names.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
 */
export function isMatch({ pattern, enabled }: Pick<EventRule, 'pattern' | 'enabled'>, event: BusEvent): boolean {
  const fits = (wanted: EventPattern, found: Readonly<Record<string, unknown>>): boolean =>
    Object.entries(wanted).every(([field, values]) =>
      Array.isArray(values)
        ? [found[field]].flat().some((value) => values.includes(value))
        : fits(values as EventPattern, (found[field] ?? {}) as Readonly<Record<string, unknown>>),
    );
  return enabled && fits(pattern, event);
}

/**
 * Returns the result of a rule for an event.
 *
 * Trap: a variable that stands alone becomes a JSON value; within quotes it is put in as it is, quotes and all.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
export function inputOf({ input }: EventRule, event: BusEvent): string {
  if (input === '$.detail') return JSON.stringify(event.detail);
  let isQuoted = false;
  const text = input.template.replaceAll(/\\.|"|<([A-Za-z0-9_-]+)>/g, (part, name: string | undefined) => {
    if (part === '"') isQuoted = !isQuoted;
    const path = name === undefined ? undefined : input.paths[name];
    if (path === undefined) return part;
    const value = path
      .slice(2)
      .split('.')
      .reduce<unknown>((found, key) => (found as BusEvent | undefined)?.[key], event);
    return isQuoted ? String(value ?? '') : JSON.stringify(value ?? '');
  });
  return JSON.stringify(JSON.parse(text));
}

/** Posts an event to an API destination. */
export function postEvent(
  { endpoint, body, retryDelaysMs, deadLetters }: ApiDestination,
  delivery: PendingDelivery,
  https: HttpsDelivery,
  at: number,
): void {
  const queue = deadLetters !== undefined && { deadLetters };
  https.post({ endpoint, body, retryDelaysMs, isRetried: isRetriedByEventBridge, ...queue }, delivery, at, () => {});
}

/** Posts an event as its rule says, and returns it as a message. */
export function eventMessage(
  rule: EventRule & { readonly to: ApiDestination },
  event: BusEvent,
  https: HttpsDelivery,
  origin: MessageOrigin,
): DeliveredMessage {
  const { name, to } = rule;
  const text = JSON.stringify({ ...JSON.parse(inputOf(rule, event)), ...to.body });
  const delivery: PendingDelivery = { protocol: 'api destination', endpoint: to.endpoint, text, failed: true };
  postEvent(to, delivery, https, origin.sentAt);
  return { ...origin, topic: name, subject: String(event['detail-type']), text, deliveries: [delivery] };
}
