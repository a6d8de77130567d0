import type { Statistic } from './alarm-definition.ts';

/** The namespace, name and dimensions that identify a metric. */
export interface MetricIdentity {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** One value per period, oldest first. It is undefined (missing) if the period has no sample. */
export type Series = readonly (number | undefined)[];

export interface MetricPoint {
  readonly identity: MetricIdentity;
  readonly value: number;
  /** The time of measurement, in epoch milliseconds. Points may be added in any order. */
  readonly timestamp: number;
  readonly unit?: string;
}

/** From `start` to `end`, exclusive, in epoch milliseconds. */
export interface Window {
  readonly start: number;
  readonly end: number;
}

const minuteMs = 60_000;

type Sample = Pick<MetricPoint, 'value' | 'timestamp' | 'unit'>;

const reductions: Readonly<Record<Statistic, (values: readonly number[]) => number>> = {
  Average: (values) => sum(values) / values.length,
  Minimum: (values) => values.reduce((min, value) => Math.min(min, value)),
  Maximum: (values) => values.reduce((max, value) => Math.max(max, value)),
  Sum: sum,
  SampleCount: (values) => values.length,
};

/**
 * Published points, and CloudWatch's statistics over them.
 *
 * Trap: as in CloudWatch, a query must name all dimensions of a metric, otherwise it finds nothing. A query with a unit
 * finds only points that were published with that unit.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html
 */
export class MetricStore {
  readonly #samples = new Map<string, Sample[]>();

  add({ identity, value, timestamp, unit }: MetricPoint): void {
    if (!Number.isFinite(value)) throw new RangeError(`CloudWatch rejects the value ${value} of ${identity.name}`);
    const key = keyOf(identity);
    const samples = this.#samples.get(key) ?? [];
    samples.splice(indexAtOrAfter(samples, timestamp + 1), 0, {
      value,
      timestamp,
      ...(unit !== undefined && { unit }),
    });
    this.#samples.set(key, samples);
  }

  /** Drops the samples that were measured before a time. */
  forget(before: number): void {
    for (const [key, samples] of this.#samples) {
      samples.splice(0, indexAtOrAfter(samples, before));
      if (samples.length === 0) this.#samples.delete(key);
    }
  }

  /**
   * Trap: periods start at the start of the window, not at the hour: five minutes from 12:02 end at 12:07. CloudWatch
   * rounds the start of the window down to a minute, or to the period if that is shorter.
   */
  statistic(identity: MetricIdentity, stat: Statistic, periodMs: number, window: Window, unit?: string): Series {
    return this.#reduce(identity, reductions[stat], periodMs, window, unit);
  }

  /**
   * The percentile of each period, from 0 to 100, between the nearest samples.
   *
   * Trap: AWS does not document how it interpolates.
   */
  percentile(identity: MetricIdentity, percent: number, periodMs: number, window: Window): Series {
    return this.#reduce(identity, (values) => percentileOf(values, percent), periodMs, window);
  }

  #reduce(
    identity: MetricIdentity,
    reduce: (values: readonly number[]) => number,
    periodMs: number,
    window: Window,
    unit?: string,
  ): Series {
    const resolution = Math.min(periodMs, minuteMs);
    const start = Math.floor(window.start / resolution) * resolution;
    const samples = this.#samples.get(keyOf(identity)) ?? [];
    return Array.from({ length: Math.ceil((window.end - start) / periodMs) }, (_, index) => {
      const from = start + index * periodMs;
      const values = samples
        .slice(indexAtOrAfter(samples, from), indexAtOrAfter(samples, Math.min(from + periodMs, window.end)))
        .filter((sample) => unit === undefined || (sample.unit ?? 'None') === unit)
        .map(({ value }) => value);
      return values.length > 0 ? reduce(values) : undefined;
    });
  }
}

function keyOf({ namespace, name, dimensions }: MetricIdentity): string {
  const sorted = Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([namespace, name, sorted]);
}

/** The index of the first sample at or after a time, in samples sorted by time. */
function indexAtOrAfter(samples: readonly Sample[], timestamp: number): number {
  let low = 0;
  let high = samples.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((samples[middle]?.timestamp ?? Number.POSITIVE_INFINITY) < timestamp) low = middle + 1;
    else high = middle;
  }
  return low;
}

function percentileOf(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  const place = ((sorted.length - 1) * percent) / 100;
  const [low, high] = [sorted[Math.floor(place)] ?? 0, sorted[Math.ceil(place)] ?? 0];
  return low + (high - low) * (place % 1);
}

/** The statistics of GetMetricData, by their names there: `Maximum`, `p95`. */
export function statisticOf(
  store: MetricStore,
  identity: MetricIdentity,
  stat: string,
  periodMs: number,
  window: Window,
): Series {
  const [, percent] = /^p(\d+(?:\.\d+)?)$/.exec(stat) ?? [];
  if (percent !== undefined) return store.percentile(identity, Number(percent), periodMs, window);
  if (!(stat in reductions)) throw new RangeError(`${stat} is no statistic`);
  return store.statistic(identity, stat as Statistic, periodMs, window);
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
