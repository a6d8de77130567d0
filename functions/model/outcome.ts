import type { Exchange } from './exchange.ts';
import type { Finding } from './finding.ts';
import type { Target } from './target.ts';

/** Numbers by metric name, in the units of the probe's definition; undefined where it could not be measured. */
export type Readings = Readonly<Record<string, number | undefined>>;

/** What one probe found at one target in one run. */
export type Outcome = Target & {
  readonly probe: string;
  /** Every request that the probe made, in order, failed ones and those of a first try too. */
  readonly exchanges: readonly Exchange[];
  /** The transport error that ended the first try, where there was a second: its code. */
  readonly retriedAfter?: string;
} & (
    | {
        readonly status: 'passed';
        readonly readings: Readings;
        readonly notes: readonly string[];
        /** What is not well although the question was answered: a slow answer, little headroom, a clock, a certificate. */
        readonly warnings: readonly Finding[];
      }
    | { readonly status: 'failed'; readonly readings: Readings; readonly finding: Finding }
    | { readonly status: 'skipped'; readonly because: string }
  );

/** The exchanges of the try that counts. A first try that was repeated ended with the first exchange that failed. */
export function lastTry({ exchanges, retriedAfter }: Pick<Outcome, 'exchanges' | 'retriedAfter'>): readonly Exchange[] {
  return retriedAfter === undefined ? exchanges : exchanges.slice(exchanges.findIndex(({ failure }) => failure) + 1);
}

/** The server's time for what the probe asked: first byte of its last answered exchange, in milliseconds. */
export function durationMs(outcome: Outcome): number | undefined {
  return lastTry(outcome).findLast((exchange) => exchange.phases.firstByteMs !== undefined)?.phases.firstByteMs;
}

/** Everything that an outcome found: its failure, or its warnings. */
export function findingsOf(outcome: Outcome): readonly Finding[] {
  switch (outcome.status) {
    case 'passed':
      return outcome.warnings;
    case 'failed':
      return [outcome.finding];
    case 'skipped':
      return [];
    default:
      return outcome satisfies never;
  }
}
