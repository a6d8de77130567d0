import type { OktaError } from '../model/exchange.ts';
import type { Comparison, TokenFacts } from '../model/finding.ts';
import type { Readings } from '../model/outcome.ts';
import type { FindingCode } from './finding.ts';

/** What a probe knows about its failure. Trap: people see it. */
export interface FailureFacts {
  readonly detail?: string;
  readonly token?: TokenFacts;
  /** What was expected, and what was found instead. */
  readonly comparisons?: readonly Comparison[];
  /** Values that were measured despite the failure. */
  readonly readings?: Readings;
}

/** Thrown by a probe that knows what is wrong with the target. */
export class ProbeFailure extends Error {
  override readonly name = 'ProbeFailure';
  readonly code: FindingCode;
  readonly facts: FailureFacts;

  constructor(code: FindingCode, facts: FailureFacts | string = {}) {
    super(code);
    this.code = code;
    this.facts = typeof facts === 'string' ? { detail: facts } : facts;
  }
}

/**
 * Thrown for a response that is not the success that the probe expects. The rules determine the finding from the
 * probe's last exchange. Pass `error` if the error is not in the body, for example if it came in a callback.
 */
export class UnexpectedResponse extends Error {
  override readonly name = 'UnexpectedResponse';
  readonly error: OktaError | undefined;

  constructor(error?: OktaError) {
    super(error?.error ?? 'the status is not 200');
    this.error = error;
  }
}

/** The sign-in asks for a factor that the monitor cannot answer, by its name. */
export function unexpectedFactor(found: string): ProbeFailure {
  return new ProbeFailure('factor-unexpected', {
    detail: `the sign-in asks for ${found}`,
    comparisons: [{ name: 'factor that is asked for', expected: 'a password, or a time-based code', found }],
  });
}
