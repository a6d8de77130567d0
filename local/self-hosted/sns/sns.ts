import { randomUUID } from 'node:crypto';
import { type Route, routes } from '../../../functions/model/finding.ts';
import type { AlarmState } from '../../../packages/cloudwatch-alarms/src/index.ts';
import { addTo } from '../add-to.ts';
import type { PublishedMessage } from '../aws-emulator/messages.ts';
import type { Subscription, Topic } from '../template/deployment.ts';
import { type HttpsDelivery, isRetriedBySns, type PendingDelivery } from './https-delivery.ts';

/** A message as it is published to a topic: a default text, and other texts for some protocols. */
export interface Publication {
  readonly subject?: string;
  readonly text: string;
  readonly byProtocol?: Readonly<Record<string, string>>;
}

/** The alarm that a message is about, and its new state. */
export interface MessageAlarm {
  readonly alarm: string;
  readonly state: AlarmState;
}

/** A message as the subscribers of a topic receive it, functions excepted. */
export interface DeliveredMessage extends Partial<MessageAlarm> {
  /** When the alarm fired, or the function began that wrote it. Epoch ms, virtual. */
  readonly at: number;
  /** When it was sent. */
  readonly sentAt: number;
  /** The name of the topic, or of the rule that posts an event. */
  readonly topic: string;
  /** The topic's route; absent if the topic does not belong to the monitor. */
  readonly route?: Route;
  /** Who published it: CloudWatch, one of the functions, or Lambda about an event that it discarded. */
  readonly from: 'alarm' | 'function' | 'failed invocation';
  readonly subject?: string;
  /** The text for protocols without a text of their own. */
  readonly text: string;
  /** `metadata.additionalContext` of the https document. Absent for raw alarms and unreadable documents. */
  readonly context?: Readonly<Record<string, string>>;
  /** One per subscriber. If the topic has no subscribers, one with the protocol `none` and the e-mail text. */
  readonly deliveries: readonly Delivery[];
}

export type MessageOrigin = Pick<DeliveredMessage, 'at' | 'sentAt' | 'from' | keyof MessageAlarm>;

/** A message as one subscriber receives it. */
export interface Delivery {
  readonly protocol: string;
  readonly endpoint: string;
  readonly subject?: string;
  readonly text: string;
  /** Whether it is not delivered, or not yet. */
  readonly failed: boolean;
  /** How often it was tried, by https. */
  readonly attempts?: number;
  /** When the last try by https succeeded. */
  readonly deliveredAt?: number;
}

export interface PublishResult {
  /** The functions to invoke with the message. */
  readonly functions: readonly string[];
  /** Absent if all subscribers are functions. */
  readonly message?: DeliveredMessage;
  /** How many deliveries succeeded and failed, other than by https. */
  readonly delivered: number;
  readonly failed: number;
}

export type HttpsSubscription = Subscription & Required<Pick<Subscription, 'retryDelaysMs'>>;

/** Delivers published messages to the subscribers of a topic. */
export class Sns {
  readonly #topics: () => readonly Topic[];
  readonly #https: HttpsDelivery | undefined;
  readonly #onAttempt: (topic: string, at: number, isDelivered: boolean) => void;
  readonly #failures = new Set<{ readonly topic: string; readonly protocol?: string | undefined }>();
  readonly #unconfirmed = new Set<{ readonly topic: string; readonly endpoint: string }>();

  /**
   * @param https delivers by https, perhaps later. Without it such deliveries succeed at once
   * @param onAttempt called with a topic's name after each try by https
   */
  constructor(
    topics: () => readonly Topic[],
    https?: HttpsDelivery,
    onAttempt: (topic: string, at: number, isDelivered: boolean) => void = () => {},
  ) {
    this.#topics = topics;
    this.#https = https;
    this.#onAttempt = onAttempt;
  }

  publish(topic: Topic, publication: Publication, origin: MessageOrigin): PublishResult {
    const { name, subscriptions } = topic;
    const { subject, text } = publication;
    const withSubject = subject !== undefined && { subject };
    const confirmed = subscriptions.filter(({ endpoint }) => this.isConfirmed(name, endpoint));
    const all = confirmed.map((subscription): Delivery => {
      const { protocol, endpoint, permitted, retryDelaysMs } = subscription;
      const failed = !permitted || this.#isFailing(name, protocol);
      const delivery: PendingDelivery = {
        protocol,
        endpoint,
        text: textFor(protocol, publication),
        failed,
        ...withSubject,
      };
      if (retryDelaysMs && this.#https && !failed) {
        this.retry(topic, { ...subscription, retryDelaysMs }, delivery, origin.sentAt);
      }
      return delivery;
    });
    const counted = all.filter(({ attempts }) => attempts === undefined);
    const unsubscribed = { protocol: 'none', endpoint: 'nobody', text: textFor('email', publication), failed: false };
    const deliveries =
      all.length === 0 ? [{ ...unsubscribed, ...withSubject }] : all.filter(({ protocol }) => protocol !== 'lambda');
    const route = routeOf(name);
    const context = contextIn(publication.byProtocol?.https);
    const message: DeliveredMessage = {
      ...origin,
      topic: name,
      text,
      deliveries,
      ...withSubject,
      ...(route && { route }),
      ...(context && { context }),
    };
    return {
      functions: all.flatMap(({ protocol, endpoint, failed }) => (protocol === 'lambda' && !failed ? [endpoint] : [])),
      ...(deliveries.length > 0 && { message }),
      delivered: counted.filter(({ failed }) => !failed).length,
      failed: counted.filter(({ failed }) => failed).length,
    };
  }

  /** Tries a delivery by https, perhaps one that was under way before. */
  retry({ name, arn }: Topic, subscription: HttpsSubscription, delivery: PendingDelivery, at: number): void {
    this.#https?.post({ ...subscription, topicArn: arn, isRetried: isRetriedBySns }, delivery, at, (...tried) =>
      this.#onAttempt(name, ...tried),
    );
  }

  /** Makes a topic's deliveries fail, by one protocol or by all, until the returned function is called. */
  failDeliveries(topic: string, protocol?: string): () => void {
    if (!this.#topics().some(({ name }) => name === topic)) throw new Error(`no topic is named ${topic}`);
    return addTo(this.#failures, { topic, protocol });
  }

  /** Leaves out a subscriber, as if the owner had not confirmed the subscription. */
  unconfirm(topic: string, endpoint: string): () => void {
    return addTo(this.#unconfirmed, { topic, endpoint });
  }

  isConfirmed(topic: string, endpoint: string): boolean {
    return ![...this.#unconfirmed].some((each) => each.topic === topic && each.endpoint === endpoint);
  }

  /** Returns how many subscriptions are confirmed and how many are not, as SNS has it. */
  attributes({ name, subscriptions }: Topic): Readonly<Record<string, string>> {
    const pending = subscriptions.filter(({ endpoint }) => !this.isConfirmed(name, endpoint)).length;
    return {
      SubscriptionsConfirmed: String(subscriptions.length - pending),
      SubscriptionsPending: String(pending),
      SubscriptionsDeleted: '0',
    };
  }

  #isFailing(topic: string, protocol: string): boolean {
    return [...this.#failures].some((each) => each.topic === topic && (each.protocol ?? protocol) === protocol);
  }
}

/** Reads a function's call of Publish. */
export function readPublication({ subject, message, structure }: PublishedMessage): Publication {
  const { default: text, ...byProtocol } = structure === 'json' ? JSON.parse(message) : { default: message };
  return { text, byProtocol, ...(subject !== undefined && { subject }) };
}

/**
 * The event that SNS invokes a function with.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html
 */
export function snsEvent({ arn }: Pick<Topic, 'arn'>, publication: Publication, now: number): object {
  return {
    Records: [
      {
        EventSource: 'aws:sns',
        EventVersion: '1.0',
        EventSubscriptionArn: `${arn}:${randomUUID()}`,
        Sns: {
          Type: 'Notification',
          MessageId: randomUUID(),
          TopicArn: arn,
          Subject: publication.subject ?? null,
          Message: textFor('lambda', publication),
          Timestamp: new Date(now).toISOString(),
          SignatureVersion: '1',
          Signature: 'EXAMPLE',
          SigningCertUrl: 'EXAMPLE',
          UnsubscribeUrl: 'EXAMPLE',
          MessageAttributes: {},
        },
      },
    ],
  };
}

/** The alarm in an event from a topic; undefined for every other event. */
export function alarmIn(event: unknown): MessageAlarm | undefined {
  const [record] = (event as { readonly Records?: readonly { readonly Sns?: { readonly Message?: string } }[] } | null)
    ?.Records ?? [{}];
  try {
    const { AlarmName, NewStateValue } = JSON.parse(record?.Sns?.Message ?? 'null') ?? {};
    return AlarmName && { alarm: String(AlarmName), state: NewStateValue as AlarmState };
  } catch {
    return undefined;
  }
}

function textFor(protocol: string, { text, byProtocol }: Publication): string {
  return byProtocol?.[protocol] ?? text;
}

/** The structured context in a custom notification of Amazon Q; undefined for every other text. */
function contextIn(document = ''): Readonly<Record<string, string>> | undefined {
  try {
    const context: unknown = JSON.parse(document)?.metadata?.additionalContext;
    if (typeof context !== 'object' || context === null || Array.isArray(context)) return undefined;
    const isReadable = Object.values(context).every((value) => typeof value === 'string');
    return isReadable ? (context as Readonly<Record<string, string>>) : undefined;
  } catch {
    return undefined;
  }
}

/** The route of a topic, of its alarms or its people: `okta-synthetics-page-alarms`, `okta-synthetics_acme_pages`. */
function routeOf(topic: string) {
  return routes.find((route) => new RegExp(`[-_]${route}(s|-alarms)$`).test(topic));
}
