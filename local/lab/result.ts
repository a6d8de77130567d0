/** What every command reports of one thing that it tried: the rows of its JSON and JUnit documents. */
export interface Result {
  /** Groups results in a report: `cases`, `scenarios`, or an org. */
  readonly suite: string;
  /** Unique within its suite. */
  readonly name: string;
  readonly title: string;
  readonly passed: boolean;
  /** The problem, in plain words. */
  readonly failures: readonly string[];
  readonly seconds: number;
}

/** Something that was not tried. */
export interface Skipped {
  readonly id: string;
  readonly title: string;
  readonly reason: string;
}

/** A command line that cannot be run. The message says what to change. */
export class UsageError extends Error {}
