import type { HttpsDelivery, HttpsTarget, OnAttempt, PendingDelivery } from '../../self-hosted/sns/https-delivery.ts';

interface Try {
  readonly target: HttpsTarget;
  readonly delivery: PendingDelivery;
  readonly onAttempt: OnAttempt;
  readonly dueAt: number;
  /** How often it was tried before. */
  readonly tried: number;
}

/** Posts messages to receivers whose answers a scenario chooses, in virtual time. */
export class SimulatedHttpsDelivery implements HttpsDelivery {
  readonly #giveUp: (queue: string, text: string) => void;
  readonly #answers = new Map<string, readonly number[]>();
  #waiting: readonly Try[] = [];

  /** @param giveUp called with the queue and the text of a message that could not be delivered */
  constructor(giveUp: (queue: string, text: string) => void) {
    this.#giveUp = giveUp;
  }

  /** Makes a receiver answer with these statuses in turn, and with the last one from then on. It answers 200 otherwise. */
  answer(endpoint: string, statuses: readonly number[]): () => void {
    this.#answers.set(endpoint, statuses);
    return () => {
      this.#answers.delete(endpoint);
    };
  }

  post(target: HttpsTarget, delivery: PendingDelivery, at: number, onAttempt: OnAttempt): void {
    delivery.failed = true;
    this.#attempt({ target, delivery, onAttempt, dueAt: at, tried: 0 });
  }

  retryDue(now: number): void {
    for (;;) {
      const [due] = this.#waiting.filter(({ dueAt }) => dueAt <= now).toSorted((one, other) => one.dueAt - other.dueAt);
      if (!due) return;
      this.#waiting = this.#waiting.filter((each) => each !== due);
      this.#attempt(due);
    }
  }

  #attempt({ target, delivery, onAttempt, dueAt, tried }: Try): void {
    const status = this.#statusOf(target.endpoint);
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
      if (delayMs === 0) this.#attempt(next);
      else this.#waiting = [...this.#waiting, next];
    } else if (target.deadLetters !== undefined) {
      this.#giveUp(target.deadLetters, delivery.text);
    }
  }

  #statusOf(endpoint: string): number {
    const [status = 200, ...next] = this.#answers.get(endpoint) ?? [];
    if (next.length > 0) this.#answers.set(endpoint, next);
    return status;
  }
}
