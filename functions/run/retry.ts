import { deadlineCode, TransportError, tooLargeCode } from '../model/errors.ts';
import type { Exchange } from '../model/exchange.ts';
import type { Deadline } from './deadline.ts';

/** One attempt: its exchanges, and its result or the error that it threw. */
export type Attempt<Result> = { readonly exchanges: readonly Exchange[] } & (
  | { readonly result: Result }
  | { readonly error: unknown }
);

/** The first attempt and its retry, if there was one. */
export interface Retried<Result> {
  /** The attempt that determines the outcome. */
  readonly final: Attempt<Result>;
  /** The exchanges of both attempts, in order. */
  readonly exchanges: readonly Exchange[];
  /** The code of the transport error that ended the first attempt, or `HTTP` and the status of a fault of the server. */
  readonly retriedAfter?: string;
}

/**
 * Retries once after a transport error or a fault of the server (5xx), because one lost packet or one bad answer is not an
 * outage: clients of Okta try again as well. It never retries a rejection (4xx), which looks like an attack and uses up a
 * rate limit, nor where `Retry-After` asks for patience (RFC 9110, 10.2.3).
 *
 * It does not start a retry that could not finish before the deadline. If the deadline cuts a retry off, the retry
 * proves nothing and the first attempt is final.
 */
export async function retryOnce<Result>(
  attempt: (isRetry: boolean) => Promise<Attempt<Result>>,
  maxDurationMs: number,
  deadline: Deadline,
): Promise<Retried<Result>> {
  const first = await attempt(false);
  const code = transientCode(first);
  if (code === undefined || deadline.remainingMs() < maxDurationMs) return { final: first, exchanges: first.exchanges };
  const second = await attempt(true);
  return {
    final: isCutOff(second, deadline) ? first : second,
    exchanges: [...first.exchanges, ...second.exchanges],
    retriedAfter: code,
  };
}

/** An attempt that is not repeated. */
export function onlyOnce<Result>(final: Attempt<Result>): Retried<Result> {
  return { final, exchanges: final.exchanges };
}

/** What ended an attempt, if a retry may resolve it. */
function transientCode(attempt: Attempt<unknown>): string | undefined {
  if (!('error' in attempt)) return undefined;
  const { status = 0, retryAfterSeconds } = attempt.exchanges.at(-1) ?? {};
  if (!(attempt.error instanceof TransportError))
    return status >= 500 && retryAfterSeconds === undefined ? `HTTP ${status}` : undefined;
  const { code } = attempt.error;
  const isRejection = status >= 400 && status < 500;
  return isRejection || code === deadlineCode || code === tooLargeCode ? undefined : code;
}

function isCutOff(attempt: Attempt<unknown>, { signal }: Deadline): boolean {
  if (!('error' in attempt)) return false;
  return (
    (signal.aborted && attempt.error === signal.reason) ||
    (attempt.error instanceof TransportError && attempt.error.code === deadlineCode)
  );
}
