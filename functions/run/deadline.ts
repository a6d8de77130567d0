import type { Org } from '../model/org.ts';
import type { Group } from '../model/probe.ts';

/** Reserved for publishing, in milliseconds. A function that reaches its timeout publishes nothing. */
export const publishReserveMs = 5_000;

/** For starting the runtime, signing and reading secrets, in milliseconds. */
const startReserveMs = 5_000;

/**
 * How long a run may take, in milliseconds, if its org waits `timeoutMs` for a response: a timeout and its retry, and what
 * its probes wait for other reasons.
 */
export function runTimeoutMs(timeoutMs: number, waitMs = 0): number {
  return startReserveMs + 2 * timeoutMs + waitMs;
}

/** How long a function may take, in milliseconds: its run, and publishing. */
export function functionTimeoutMs(timeoutMs: number, waitMs = 0): number {
  return runTimeoutMs(timeoutMs, waitMs) + publishReserveMs;
}

/** How long the probes of a group wait: one for the end of the grace period of a refresh token. */
export function waitMsOf({ servers }: Pick<Org, 'servers'>, group: Group): number {
  if (group !== 'journey') return 0;
  return 1000 * Math.max(0, ...servers.map(({ expects }) => expects?.refreshTokenLeewaySeconds ?? 0));
}

/** The time by which a run must end. */
export interface Deadline {
  /** Aborts when the deadline passes. */
  readonly signal: AbortSignal;
  readonly remainingMs: () => number;
}

/** A deadline in `ms` milliseconds. It uses the monotonic clock, which clock adjustments do not affect. */
export function deadlineIn(ms: number): Deadline {
  const wholeMs = Math.max(0, Math.floor(ms));
  const at = performance.now() + wholeMs;
  return { signal: AbortSignal.timeout(wholeMs), remainingMs: () => at - performance.now() };
}

/** The same deadline, `ms` milliseconds earlier. */
export function earlier({ signal, remainingMs }: Deadline, ms: number): Deadline {
  const { signal: timeUp, remainingMs: leftMs } = deadlineIn(remainingMs() - ms);
  return { signal: AbortSignal.any([signal, timeUp]), remainingMs: leftMs };
}
