/** When a run must be over. */
export interface Deadline {
  /** Aborted when the time is up. */
  readonly signal: AbortSignal;
  readonly remainingMs: () => number;
}

/** A deadline so many milliseconds from now. It goes by a clock that nobody sets. */
export function deadlineIn(ms: number): Deadline {
  const wholeMs = Math.max(0, Math.floor(ms));
  const at = performance.now() + wholeMs;
  return { signal: AbortSignal.timeout(wholeMs), remainingMs: () => at - performance.now() };
}
