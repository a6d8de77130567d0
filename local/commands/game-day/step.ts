import type { Result } from '../../lab/result.ts';

/** Something that is wrong, and how to mend it. */
export interface Problem {
  readonly what: string;
  readonly mend: string;
}

/** The result of a step of a game day. */
export interface Findings {
  /** The observations, a few words each. */
  readonly seen: readonly string[];
  readonly problems: readonly Problem[];
}

export type StepStatus = 'passed' | 'failed' | 'skipped';

/** One row of a game day. */
export interface Step extends Findings {
  readonly name: string;
  /** The part that it tests. */
  readonly title: string;
  readonly status: StepStatus;
  /** When it began, and how long it took. By the account's clock. */
  readonly at: number;
  readonly seconds: number;
}

export function passed(...seen: readonly string[]): Findings {
  return { seen, problems: [] };
}

export function failed(what: string, mend: string, ...seen: readonly string[]): Findings {
  return { seen, problems: [{ what, mend }] };
}

/** Several findings as one. */
export function together(all: readonly Findings[]): Findings {
  return { seen: all.flatMap(({ seen }) => seen), problems: all.flatMap(({ problems }) => problems) };
}

/** A step as a result, for reports that all commands share. */
export function resultOf({ name, title, status, problems, seconds }: Step): Result {
  const failures = problems.map(({ what, mend }) => `${what}. ${mend}`);
  return { suite: 'game day', name, title, passed: status === 'passed', failures, seconds };
}
