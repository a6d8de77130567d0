import type { Exchange } from '../../functions/model/exchange.ts';

/** An exchange, as a run logs it. `lateMs` marks a reading during which the event loop was late. */
export type LoggedExchange = Pick<Exchange, 'requestId' | 'lateMs'> & {
  readonly phases: Partial<Pick<Exchange['phases'], 'firstByteMs'>>;
};

/** The reference server's record: the time of each answer by request id, and those of which it is unsure. */
export interface ServerTimes {
  readonly tookMs: Readonly<Record<string, number>>;
  readonly uncertain: readonly string[];
}

/** The difference between a reported first byte and the time that the server took, in milliseconds. */
export interface ReadingError {
  readonly errorMs: number;
  /** Whether the run marked the reading because its event loop was late. No latency series contains such a reading. */
  readonly marked: boolean;
  /** Whether the server knows how long its answer took. */
  readonly known: boolean;
}

/**
 * Returns the errors of a run's readings. Throws for a request id that the server did not issue, and for an answer
 * that the run does not report: these would not be the errors of this run.
 */
export function errorsOfRun(
  exchanges: readonly LoggedExchange[],
  { tookMs, uncertain }: ServerTimes,
): readonly ReadingError[] {
  const answered = exchanges.filter(({ phases }) => phases.firstByteMs !== undefined);
  const reported = new Set(answered.map(({ requestId = '' }) => requestId));
  const differing = new Set(Object.keys(tookMs)).symmetricDifference(reported);
  if (differing.size > 0)
    throw new Error(`The run and the server do not agree on the requests ${[...differing].join(', ')}.`);
  return answered.map(({ requestId = '', phases: { firstByteMs = Number.NaN }, lateMs }) => ({
    errorMs: firstByteMs - (tookMs[requestId] ?? Number.NaN),
    marked: lateMs !== undefined,
    known: !uncertain.includes(requestId),
  }));
}

/** Absolute errors in milliseconds: of all readings, and of the published ones, which are those without a mark. */
export function exactnessOf(errors: readonly ReadingError[]) {
  const spreadOfErrors = (some: readonly ReadingError[]) => spreadOf(some.map(({ errorMs }) => Math.abs(errorMs)));
  const known = errors.filter((error) => error.known);
  const published = known.filter(({ marked }) => !marked);
  return {
    readings: known.length,
    marked: known.length - published.length,
    unknown: errors.length - known.length,
    all: spreadOfErrors(known),
    published: spreadOfErrors(published),
  };
}

export type Exactness = ReturnType<typeof exactnessOf>;

/** Returns the value at this part of the sorted values, or NaN if there are none. */
function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

export const median = (values: readonly number[]) => quantile(values, 0.5);

export const spreadOf = (values: readonly number[]) => ({
  median: median(values),
  p95: quantile(values, 0.95),
  max: quantile(values, 1),
});

/** How long something took, by the clock and of a processor. */
export interface Took {
  readonly ms: number;
  readonly processorMs: number;
}

export const medianTook = (taken: readonly Took[]): Took => ({
  ms: median(taken.map(({ ms }) => ms)),
  processorMs: median(taken.map(({ processorMs }) => processorMs)),
});
