import type { Delivery } from './sns.ts';

/** A receiver by https, and the handling of failed deliveries. */
export interface HttpsTarget {
  readonly endpoint: string;
  /** The ARN of the topic whose message it is. Absent for an API destination. */
  readonly topicArn?: string;
  /** The members that an API destination's connection adds to the body. Trap: references to secrets are not resolved. */
  readonly body?: Readonly<Record<string, string>>;
  /** The pauses before each further try, in milliseconds. */
  readonly retryDelaysMs: readonly number[];
  /** Whether a status is worth another try. Every other failure is final. */
  readonly isRetried: (status: number) => boolean;
  /** The name of the queue for undeliverable messages. Without one they are lost. */
  readonly deadLetters?: string;
}

/** Called after each try. */
export type OnAttempt = (at: number, isDelivered: boolean) => void;

/** Posts messages to receivers. */
export interface HttpsDelivery {
  /**
   * Tries at once, and later again if it must. The delivery is updated as it happens; from the start it has `attempts`,
   * which is more than 0 if it was tried before.
   */
  post(target: HttpsTarget, delivery: PendingDelivery, at: number, onAttempt: OnAttempt): void;
  /** Makes the tries that are due. */
  retryDue(now: number): void;
}

/** A delivery whose outcome is not known yet. */
export type PendingDelivery = { -readonly [Key in keyof Delivery]: Delivery[Key] };

/** SNS tries again after these, and after no answer. https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html */
export const isRetriedBySns = (status: number): boolean => status === 429 || status >= 500;

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html */
export const isRetriedByEventBridge = (status: number): boolean =>
  [401, 407, 409, 429].includes(status) || status >= 500;
