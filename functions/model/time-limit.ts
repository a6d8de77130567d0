/** A signal that aborts with another one, and after `ms` milliseconds at the latest. */
export function within(ms: number, signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(ms)]);
}

/** Waits for `work` until the deadline, then throws the signal's reason, even if `work` ignores the deadline. */
export async function untilDeadline<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  // After the time-out, its rejection would be unhandled and end the process.
  work.catch(() => {});
  signal.throwIfAborted();
  const { promise: timeUp, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, timeUp]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
