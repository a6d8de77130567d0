import type { Exchange } from '../model/exchange.ts';
import type { Deadline } from './deadline.ts';
import { deadlineCode, TransportError, tooLargeCode } from './transport-error.ts';

/** What became of one try: its exchanges, and its result or what it threw. */
export type Try<Result> = { readonly exchanges: readonly Exchange[] } & (
  | { readonly result: Result }
  | { readonly error: unknown }
);

/** What a first try came to and, where it had to be confirmed, a second. */
export interface Retried<Result> {
  /** The try that counts. */
  readonly final: Try<Result>;
  /** Of both tries, in order. */
  readonly exchanges: readonly Exchange[];
  /** The code of the transport error that ended the first try. */
  readonly retriedAfter?: string;
}

/**
 * Tries again, once, where a transport error ended the first try: a packet lost on the way is no outage. An answer is
 * never asked for again, whatever it says: a refusal that is repeated looks like an attack and spends a rate limit.
 *
 * It begins no second try that could not end in time, and one that the run's end cut off says nothing: then the first
 * counts.
 */
export async function retryOnce<Result>(
  attempt: (isSecond: boolean) => Promise<Try<Result>>,
  lastsMs: number,
  deadline: Deadline,
): Promise<Retried<Result>> {
  const first = await attempt(false);
  const code = transientCode(first);
  if (code === undefined || deadline.remainingMs() < lastsMs) return { final: first, exchanges: first.exchanges };
  const second = await attempt(true);
  return {
    final: isCutOff(second, deadline) ? first : second,
    exchanges: [...first.exchanges, ...second.exchanges],
    retriedAfter: code,
  };
}

/** The code of an error that may be gone the next time. */
function transientCode(tried: Try<unknown>): string | undefined {
  if (!('error' in tried && tried.error instanceof TransportError)) return undefined;
  const { code } = tried.error;
  const { status = 0 } = tried.exchanges.at(-1) ?? {};
  const isRefusal = status >= 400 && status < 500;
  return isRefusal || code === deadlineCode || code === tooLargeCode ? undefined : code;
}

function isCutOff(tried: Try<unknown>, { signal }: Deadline): boolean {
  if (!('error' in tried)) return false;
  return (
    (signal.aborted && tried.error === signal.reason) ||
    (tried.error instanceof TransportError && tried.error.code === deadlineCode)
  );
}
