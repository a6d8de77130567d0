/** What a receiver in the configuration can be, in the order of the docs. `outlets.ts` has an entry for each. */
export const receiverKinds = ['email', 'chat', 'cloudwatch', 'json', 'pagerduty'] as const;

export type ReceiverKind = (typeof receiverKinds)[number];

export type ReceiverField = 'email' | 'https' | 'secret' | 'region';

/**
 * The topics that people subscribe to, by what is published to them. SNS tells the subscribers of one topic apart only by
 * protocol, so each document by https other than the one for chats needs a topic of its own.
 */
export const shapes = ['people', 'cloudwatch', 'json'] as const;

export type Shape = (typeof shapes)[number];
