import type { Readings } from '../model/outcome.ts';
import { type FindingCode, findings } from './findings.ts';

/** Thrown by a probe that judged an answer and knows the cause: the target is bad, not the monitor. */
export class ProbeFailure extends Error {
  override readonly name = 'ProbeFailure';
  readonly code: FindingCode;
  readonly detail: string | undefined;
  /** What was measured all the same. */
  readonly readings: Readings;

  constructor(code: FindingCode, detail?: string, readings: Readings = {}) {
    super(`${code}: ${detail ?? findings[code].summary}`);
    this.code = code;
    this.detail = detail;
    this.readings = readings;
  }
}
