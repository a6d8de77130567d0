import type { Notification } from './message.ts';
import type { ReceiverField, ReceiverKind, Shape } from './receiver-kinds.ts';
import { renderChat } from './render/chat.ts';
import { renderCloudWatch } from './render/cloudwatch.ts';
import { renderDocument } from './render/document.ts';
import { renderEmail } from './render/email.ts';
import { renderPagerDuty } from './render/pagerduty.ts';

/** A text for the subscribers of a topic by one protocol. */
interface TopicOutlet {
  readonly topic: Shape;
  /** The SNS protocol. Outlets with the same topic and protocol must have the same format. */
  readonly protocol: 'email' | 'https' | 'http';
  readonly format: (notification: Notification) => string;
  readonly receiver?: ReceiverFields;
}

/** An event on the account's default event bus, for rules. */
interface EventOutlet {
  readonly detailType: (notification: Notification) => string;
  readonly detail: (notification: Notification) => object;
  readonly receiver?: ReceiverFields;
}

/** The fields of a receiver in the configuration: those that it needs, and others that it may have. */
interface ReceiverFields {
  readonly needs: readonly ReceiverField[];
  readonly accepts: readonly ReceiverField[];
  /**
   * How an alarm about `notify` reaches it without `notify`. `action`: CloudWatch's own message on its topic. `rule`: an
   * EventBridge rule, which puts the alarm into the outlet's own format.
   */
  readonly direct: 'action' | 'rule';
}

export type Outlet = TopicOutlet | EventOutlet;

const chatDocument = (notification: Notification) => JSON.stringify(renderChat(notification));

/** The `source` of our events. */
export const eventSource = 'okta-synthetics';

export const detailTypes = {
  raised: 'Okta Synthetics Incident Raised',
  resolved: 'Okta Synthetics Incident Resolved',
  pagerDuty: 'Okta Synthetics PagerDuty Event',
} as const;

/**
 * Every way for messages to reach people or programs. An entry with a `receiver` is a kind of receiver in the
 * configuration: its fields, subscriptions, topics, rules and messages follow from the table.
 */
export const outlets = {
  email: {
    topic: 'people',
    protocol: 'email',
    format: renderEmail,
    receiver: { needs: ['email'], accepts: [], direct: 'action' },
  },
  /** Amazon Q Developer in chat applications, which subscribes itself, and everybody who takes its document by https. */
  chat: {
    topic: 'people',
    protocol: 'https',
    format: chatDocument,
    receiver: { needs: [], accepts: ['https'], direct: 'rule' },
  },
  /** Only for subscriptions that people make themselves: messages would travel unencrypted. */
  http: { topic: 'people', protocol: 'http', format: chatDocument },
  /** Receivers of CloudWatch's own alarm messages by SNS. */
  cloudwatch: {
    topic: 'cloudwatch',
    protocol: 'https',
    format: (notification) => JSON.stringify(renderCloudWatch(notification).document),
    receiver: { needs: ['https'], accepts: [], direct: 'action' },
  },
  json: {
    topic: 'json',
    protocol: 'https',
    format: (notification) => JSON.stringify(renderDocument(notification)),
    receiver: { needs: ['https'], accepts: [], direct: 'rule' },
  },
  /** The body of a request to PagerDuty's Events API. A rule passes it on, and its connection adds the routing key. */
  pagerduty: {
    detailType: () => detailTypes.pagerDuty,
    detail: renderPagerDuty,
    receiver: { needs: ['secret'], accepts: ['region'], direct: 'rule' },
  },
  /** For other people's rules. It is always sent, independent of the receivers. */
  events: {
    detailType: (notification) => (isResolved(notification) ? detailTypes.resolved : detailTypes.raised),
    detail: renderDocument,
  },
} as const satisfies Readonly<Record<ReceiverKind, Outlet & Required<Pick<Outlet, 'receiver'>>>> &
  Readonly<Record<string, Outlet>>;

function isResolved(notification: Notification): boolean {
  return notification.kind === 'incident' && notification.incident.alarm.kind === 'resolved';
}
