import type { LogLine } from '../model/log-line.ts';

/**
 * A function's answer to an event with `check: true`: the outcomes of its probes. It contains the same evidence as the log,
 * and nothing else.
 *
 * It cannot reach Lambda's limit of 6 MB: an exchange contains neither a header nor a body and takes about a kilobyte, and a
 * run that ends at its deadline cannot make thousands.
 */
export interface CheckAnswer {
  readonly check: typeof checkVersion;
  readonly outcomes: readonly LogLine[];
  /** Errors of the monitor itself, each of which ended a probe. They have no message, because it may quote a request. */
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
