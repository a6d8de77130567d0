import type { Delivery } from './sns.ts';

/** Somebody who gets messages by https, and what happens when they do not. */
export interface HttpsTarget {
  readonly endpoint: string;
  /** The ARN of the topic whose message it is. Absent for an API destination. */
  readonly topicArn?: string;
  /** What the connection of an API destination adds to the body. Trap: references to secrets are not resolved. */
  readonly body?: Readonly<Record<string, string>>;
  /** The pauses before each further try, in milliseconds. */
  readonly retryDelaysMs: readonly number[];
  /** Whether a status is worth another try. Every other failure is final. */
  readonly isRetried: (status: number) => boolean;
  /** The name of the queue for what cannot be delivered; without one it is lost. */
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

/** Posts messages to receivers which answer as they are told, in virtual time. */
export interface SimulatedHttpsDelivery extends HttpsDelivery {
  /** Makes a receiver answer with these statuses in turn, and with the last one from then on. 200 otherwise. */
  answer(endpoint: string, statuses: readonly number[]): () => void;
}

/** A delivery whose outcome is not known yet. */
export type PendingDelivery = { -readonly [Key in keyof Delivery]: Delivery[Key] };

interface Try {
  readonly target: HttpsTarget;
  readonly delivery: PendingDelivery;
  readonly onAttempt: OnAttempt;
  readonly dueAt: number;
  /** How often it was tried before. */
  readonly tried: number;
}

/** SNS tries again after these, and after no answer. https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html */
export const isRetriedBySns = (status: number): boolean => status === 429 || status >= 500;

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html */
export const isRetriedByEventBridge = (status: number): boolean =>
  [401, 407, 409, 429].includes(status) || status >= 500;

/** @param giveUp called with the queue and the text of a message that could not be delivered */
export function openHttpsDelivery(giveUp: (queue: string, text: string) => void): SimulatedHttpsDelivery {
  const answers = new Map<string, readonly number[]>();
  let waiting: readonly Try[] = [];

  function statusOf(endpoint: string): number {
    const [status = 200, ...next] = answers.get(endpoint) ?? [];
    if (next.length > 0) answers.set(endpoint, next);
    return status;
  }

  function attempt({ target, delivery, onAttempt, dueAt, tried }: Try): void {
    const status = statusOf(target.endpoint);
    const isDelivered = status >= 200 && status < 300;
    delivery.attempts = tried + 1;
    onAttempt(dueAt, isDelivered);
    if (isDelivered) {
      delivery.failed = false;
      delivery.deliveredAt = dueAt;
      return;
    }
    const delayMs = target.isRetried(status) ? target.retryDelaysMs[tried] : undefined;
    if (delayMs !== undefined) {
      const next: Try = { target, delivery, onAttempt, dueAt: dueAt + delayMs, tried: tried + 1 };
      if (delayMs === 0) attempt(next);
      else waiting = [...waiting, next];
    } else if (target.deadLetters !== undefined) {
      giveUp(target.deadLetters, delivery.text);
    }
  }

  return {
    post(target, delivery, at, onAttempt) {
      delivery.failed = true;
      attempt({ target, delivery, onAttempt, dueAt: at, tried: 0 });
    },
    retryDue(now) {
      for (let due = earliestDue(waiting, now); due; due = earliestDue(waiting, now)) {
        const current = due;
        waiting = waiting.filter((each) => each !== current);
        attempt(current);
      }
    },
    answer(endpoint, statuses) {
      answers.set(endpoint, statuses);
      return () => {
        answers.delete(endpoint);
      };
    },
  };
}

function earliestDue(waiting: readonly Try[], now: number): Try | undefined {
  return waiting.filter(({ dueAt }) => dueAt <= now).toSorted((one, other) => one.dueAt - other.dueAt)[0];
}
