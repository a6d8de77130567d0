/** The kinds of receivers in the configuration, in the order of the docs. `outlets.ts` has an entry for each. */
export const receiverKinds = ['email', 'chat', 'cloudwatch', 'json', 'pagerduty'] as const;

export type ReceiverKind = (typeof receiverKinds)[number];

export type ReceiverField = 'email' | 'https' | 'secret' | 'region';

/**
 * The topics that people subscribe to, by the shape of their messages. SNS distinguishes the subscribers of a topic only by
 * protocol, so each document by https needs its own topic, apart from the one for chats.
 */
export const shapes = ['people', 'cloudwatch', 'json'] as const;

export type Shape = (typeof shapes)[number];

/** How many receivers of a topic the configuration names. */
export interface ConfiguredReceivers {
  /** The route, and the kinds of receivers: `pages-email`. */
  readonly receiver: string;
  /** The name of the topic. Absent for that of the route's people. */
  readonly topic?: string;
  readonly count: number;
}
