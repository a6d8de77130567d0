/** What a series of measurements is like. The unit is that of its values. */
export interface Spread {
  readonly median: number;
  readonly p95: number;
  readonly max: number;
}

/** What something took: by the clock, and of a processor. */
export interface Took {
  readonly ms: number;
  readonly processorMs: number;
}

/** The value below which this part of all values is. NaN if there are none. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

export const median = (values: readonly number[]) => quantile(values, 0.5);

export const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

export function spreadOf(values: readonly number[]): Spread {
  return { median: median(values), p95: quantile(values, 0.95), max: quantile(values, 1) };
}

export function medianTook(taken: readonly Took[]): Took {
  return {
    ms: median(taken.map(({ ms }) => ms)),
    processorMs: median(taken.map(({ processorMs }) => processorMs)),
  };
}

/** By how much a value grows from one of the series to the next: the slope of the line with the least squares. */
export function slope(values: readonly number[]): number {
  const [middle, average] = [(values.length - 1) / 2, mean(values)];
  const [along, across] = values.reduce(
    ([sum, squares], value, index) => [
      sum + (index - middle) * (value - average),
      squares + (index - middle) * (index - middle),
    ],
    [0, 0] as readonly [number, number],
  );
  return across === 0 ? 0 : along / across;
}
