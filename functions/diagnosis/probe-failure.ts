import type { OktaError } from '../model/exchange.ts';
import type { TokenFacts } from '../model/finding.ts';
import type { Readings } from '../model/outcome.ts';
import type { FindingCode } from './finding.ts';

/** What a probe knows beside the code. Trap: it is shown to people. */
export interface Seen {
  readonly detail?: string;
  readonly token?: TokenFacts;
  /** What was measured all the same. */
  readonly readings?: Readings;
}

/** Thrown by a probe that judged an answer and knows the cause: the target is bad, not the monitor. */
export class ProbeFailure extends Error {
  override readonly name = 'ProbeFailure';
  readonly code: FindingCode;
  readonly seen: Seen;

  constructor(code: FindingCode, seen: Seen | string = {}) {
    super(code);
    this.code = code;
    this.seen = typeof seen === 'string' ? { detail: seen } : seen;
  }
}

/**
 * Thrown for an answer that says no. What it means is for the rules to find, from the probe's last exchange; an error
 * that came elsewhere than in a body, as at a callback, is told here.
 */
export class RefusedAnswer extends Error {
  override readonly name = 'RefusedAnswer';
  readonly error: OktaError | undefined;

  constructor(error?: OktaError) {
    super(error?.error ?? 'another status than 200');
    this.error = error;
  }
}
