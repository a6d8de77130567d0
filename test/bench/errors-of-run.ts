import type { Exchange } from '../../functions/model/exchange.ts';
import type { ReferenceServerReading } from './start-reference-server.ts';
import { type Spread, spreadOf } from './statistics.ts';

/** An exchange, as the bench reads it in a run's log. */
export type LoggedExchange = Pick<Exchange, 'requestId' | 'authentication'> & {
  readonly phases: { readonly firstByteMs?: number };
  /** Marks a reading during which the event loop was late. */
  readonly lateMs?: number;
};

/** By how much a reported first byte differs from the time that the server took, in milliseconds. */
export interface ReadingError {
  readonly errorMs: number;
  /** Whether the run itself marked the reading, because its event loop was late. It is in no latency series then. */
  readonly marked: boolean;
  /** Whether the server knows what its answer took. */
  readonly known: boolean;
}

/**
 * The errors of what a run reported, by request id. Throws for an id that the server did not issue, or if the server
 * answered a request that the run does not report: then they would not be the errors of this run.
 */
export function errorsOfRun(
  exchanges: readonly LoggedExchange[],
  { tookMs, uncertain }: Pick<ReferenceServerReading, 'tookMs' | 'uncertain'>,
): readonly ReadingError[] {
  const answered = exchanges.filter(({ phases }) => phases.firstByteMs !== undefined);
  const [issued, reported] = [new Set(Object.keys(tookMs)), new Set(answered.map(({ requestId = '' }) => requestId))];
  const differing = issued.symmetricDifference(reported);
  if (differing.size > 0)
    throw new Error(`The run and the server do not agree on the requests ${[...differing].join(', ')}.`);
  return answered.map(({ requestId = '', phases: { firstByteMs = Number.NaN }, lateMs }) => ({
    errorMs: firstByteMs - (tookMs[requestId] ?? Number.NaN),
    marked: lateMs !== undefined,
    known: !uncertain.includes(requestId),
  }));
}

/** How exact readings are, in milliseconds: their absolute errors. */
export interface Exactness {
  /** How many readings there were, and how many of them are marked. */
  readonly readings: number;
  readonly marked: number;
  /** How many more there were, of which the server does not know what the answer took. */
  readonly unknown: number;
  readonly all: Spread;
  /** Those that are not marked: what a latency series is made of. */
  readonly published: Spread;
}

export function exactnessOf(errors: readonly ReadingError[]): Exactness {
  const sizes = (some: readonly ReadingError[]) => spreadOf(some.map(({ errorMs }) => Math.abs(errorMs)));
  const known = errors.filter((error) => error.known);
  const published = known.filter(({ marked }) => !marked);
  return {
    ...{ readings: known.length, marked: known.length - published.length, unknown: errors.length - known.length },
    ...{ all: sizes(known), published: sizes(published) },
  };
}
