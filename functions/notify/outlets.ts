import type { Notification } from './message.ts';
import { renderChat } from './render/chat.ts';
import { renderEmail } from './render/email.ts';

/** A way in which messages reach people or programs: all of them subscribe to an SNS topic. */
export interface Outlet {
  /** The SNS protocol of its subscriptions. */
  readonly protocol: string;
  /** The text that its subscribers get. Outlets with the same protocol must have the same format. */
  readonly format: (notification: Notification) => string;
  /** A subscriber's field in the configuration, whose name is the outlet's. Without it the stack subscribes nobody. */
  readonly field?: OutletField;
}

export interface OutletField {
  readonly description: string;
  /** What is wrong with a value, if anything. Trap: it must not repeat a secret. */
  readonly problem: (value: string) => string | undefined;
  /** What editors can check: it becomes part of the JSON schema. */
  readonly jsonSchema?: { readonly format: string };
}

const document = (notification: Notification) => JSON.stringify(renderChat(notification));

/** Every outlet. The configuration's fields, the stack's subscriptions and the formats of a message follow from it. */
export const outlets = {
  email: {
    protocol: 'email',
    format: renderEmail,
    field: {
      description: 'an e-mail address, whose owner must confirm the subscription',
      problem: (value) => (emailAddress.test(value) ? undefined : 'must be an e-mail address'),
      jsonSchema: { format: 'email' },
    },
  },
  https: {
    protocol: 'https',
    format: document,
    field: {
      description: 'an endpoint that confirms the subscription and receives what SNS posts',
      problem: httpsUrlProblem,
    },
  },
  /** Only for subscriptions that people make themselves: messages would travel unencrypted. */
  http: { protocol: 'http', format: document },
  /** Amazon Q Developer in chat applications subscribes itself to the topic, by https. */
  chat: { protocol: 'https', format: document },
} as const satisfies Readonly<Record<string, Outlet>>;

type Outlets = typeof outlets;

/** The name of an outlet that the configuration can subscribe. */
export type SubscriberField = {
  [Name in keyof Outlets]: Outlets[Name] extends { readonly field: unknown } ? Name : never;
}[keyof Outlets];

/** The outlets that the configuration can subscribe. */
export const subscriberFields = Object.entries<Outlet>(outlets).flatMap(([name, { protocol, field }]) =>
  field ? [{ name: name as SubscriberField, protocol, ...field }] : [],
);

const emailAddress =
  /^(?:[A-Za-z0-9_'+-]+\.)*[A-Za-z0-9_'+-]*[A-Za-z0-9_+-]@(?:[A-Za-z0-9][A-Za-z0-9-]*\.)+[A-Za-z]{2,}$/;

/** What is wrong with an https URL, if anything. */
export function httpsUrlProblem(value: string): string | undefined {
  const url = URL.parse(value);
  if (url?.username || url?.password) {
    return 'must not contain a user name or password: the template shows the URL in clear text';
  }
  return url?.protocol === 'https:' ? undefined : 'must be a URL that begins with https://';
}
