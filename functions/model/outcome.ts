import type { Exchange } from './exchange.ts';
import type { Finding } from './finding.ts';
import type { Target } from './target.ts';

/** Values by metric name, in the units of the probe's definition. Undefined if a value could not be measured. */
export type Readings = Readonly<Record<string, number | undefined>>;

/** The result of one probe at one target in one run. */
export type Outcome = Target & {
  readonly probe: string;
  /** Every request that the probe made, in order, including failed ones and those of a first attempt. */
  readonly exchanges: readonly Exchange[];
  /** What ended the first attempt, if there was a second one: the code of a transport error, or a status as `HTTP 502`. */
  readonly retriedAfter?: string;
} & (
    | {
        readonly status: 'passed';
        readonly readings: Readings;
        readonly notes: readonly string[];
        /** Problems that did not fail the probe: a slow response, low headroom, clock skew, an expiring certificate. */
        readonly warnings: readonly Finding[];
      }
    | { readonly status: 'failed'; readonly readings: Readings; readonly finding: Finding }
    | { readonly status: 'skipped'; readonly because: string }
  );

/** The exchanges of the final attempt. A first attempt that was retried ended with the first exchange that failed. */
export function finalExchanges({
  exchanges,
  retriedAfter,
}: Pick<Outcome, 'exchanges' | 'retriedAfter'>): readonly Exchange[] {
  return retriedAfter === undefined ? exchanges : exchanges.slice(exchanges.findIndex(isTransient) + 1);
}

/** Whether an exchange failed so that it is worth a second try. */
export function isTransient({ failure, status = 0 }: Exchange): boolean {
  return failure !== undefined || status >= 500;
}

/**
 * The server's time for the probe's request, in milliseconds: the first byte of the last exchange with a response. Undefined
 * if that reading was late, because it would have some of the monitor's own time in it.
 */
export function durationMs(outcome: Outcome): number | undefined {
  const answered = finalExchanges(outcome).findLast((exchange) => exchange.phases.firstByteMs !== undefined);
  return answered?.lateMs === undefined ? answered?.phases.firstByteMs : undefined;
}

/** All findings of an outcome: its failure, or its warnings. */
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
