import type { LogLine } from './log.ts';

/**
 * What a function answers to an event with `check: true`: what its probes found. It contains the same evidence as the log,
 * and nothing else.
 *
 * Lambda's limit of 6 MB is far: a run ends at its deadline, so it has some hundred exchanges at the most. Each is clipped
 * to a few kilobytes and contains neither a header nor a body.
 */
export interface CheckAnswer {
  readonly check: typeof checkVersion;
  readonly outcomes: readonly LogLine[];
  /** Errors of the monitor itself, each of which ended a probe. They have no message, because it may quote what was sent. */
  readonly errors: readonly { readonly name: string; readonly frames: readonly string[] }[];
}

/** Changes if the event or its answer does. */
export const checkVersion = 1;

/**
 * The environment by which a caller sees that a function knows `check: true`.
 *
 * Trap: a function without it takes such an event for one of its schedule, and publishes.
 */
export const checkEnvironment: Readonly<Record<string, string>> = { CHECK_VERSION: String(checkVersion) };
