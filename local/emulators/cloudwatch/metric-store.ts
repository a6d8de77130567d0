import type { Statistic } from './alarm-definition.ts';

/** The namespace, name and dimensions that identify a metric. */
export interface MetricIdentity {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** One value for each period, the oldest first. A period without a sample has no value: it is missing. */
export type Series = readonly (number | undefined)[];

export interface MetricPoint {
  readonly identity: MetricIdentity;
  readonly value: number;
  /** When it was measured, epoch ms. It may reach the store at any later time, and in any order. */
  readonly timestamp: number;
  readonly unit?: string;
}

/** From `start` up to, and without, `end`; epoch ms. */
export interface Window {
  readonly start: number;
  readonly end: number;
}

const minuteMs = 60_000;

type Sample = Pick<MetricPoint, 'value' | 'timestamp' | 'unit'>;

const reductions: Readonly<Record<Statistic, (values: readonly number[]) => number>> = {
  Average: (values) => sum(values) / values.length,
  Minimum: (values) => values.reduce((least, value) => Math.min(least, value)),
  Maximum: (values) => values.reduce((most, value) => Math.max(most, value)),
  Sum: sum,
  SampleCount: (values) => values.length,
};

/**
 * What was published, and the statistics that CloudWatch would make of it.
 *
 * Trap: a series is its name and all of its dimensions. A reader who leaves one out finds nothing, here as there, and a
 * reader who asks for a unit finds only what was published with that unit.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html
 */
export class MetricStore {
  readonly #samples = new Map<string, Sample[]>();

  add({ identity, value, timestamp, unit }: MetricPoint): void {
    if (!Number.isFinite(value)) throw new RangeError(`CloudWatch refuses the value ${value} of ${identity.name}`);
    const key = keyOf(identity);
    const samples = this.#samples.get(key) ?? [];
    samples.splice(firstAt(samples, timestamp + 1), 0, { value, timestamp, ...(unit !== undefined && { unit }) });
    this.#samples.set(key, samples);
  }

  /**
   * Trap: periods are counted from the window's start, which CloudWatch rounds down to a whole minute (to the period,
   * where that is shorter), and not from the hour: five minutes from 12:02 end at 12:07.
   */
  statistic(identity: MetricIdentity, stat: Statistic, periodMs: number, window: Window, unit?: string): Series {
    const division = Math.min(periodMs, minuteMs);
    const start = Math.floor(window.start / division) * division;
    const samples = this.#samples.get(keyOf(identity)) ?? [];
    return Array.from({ length: Math.ceil((window.end - start) / periodMs) }, (_, index) => {
      const from = start + index * periodMs;
      const values = samples
        .slice(firstAt(samples, from), firstAt(samples, Math.min(from + periodMs, window.end)))
        .filter((sample) => unit === undefined || (sample.unit ?? 'None') === unit)
        .map(({ value }) => value);
      return values.length > 0 ? reductions[stat](values) : undefined;
    });
  }
}

function keyOf({ namespace, name, dimensions }: MetricIdentity): string {
  const sorted = Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([namespace, name, sorted]);
}

/** Where the first sample at or after a time stands, in samples that are ordered by time. */
function firstAt(samples: readonly Sample[], timestamp: number): number {
  let low = 0;
  let high = samples.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((samples[middle]?.timestamp ?? Number.POSITIVE_INFINITY) < timestamp) low = middle + 1;
    else high = middle;
  }
  return low;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
