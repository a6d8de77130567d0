import type { Series } from '../../../functions/model/series.ts';
import type { Period, ReportSource, Statistic } from './source.ts';

/** The server's time of one probe at one target. Milliseconds. */
export interface Latency {
  /** `token@default`. */
  readonly target: string;
  readonly buckets: readonly LatencyBucket[];
}

/** The percentiles of an hour or a day. Trap: those of a longer time do not follow from them. */
export interface LatencyBucket extends Period {
  readonly requests: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** The lowest headroom of an hour, in percent. */
export interface Headroom extends Period {
  readonly percent: number;
}

const [hourMinutes, dayMinutes, minuteMs] = [60, 24 * 60, 60_000];

/** A few days are shown by the hour. */
const mostHoursMs = 4 * dayMinutes * minuteMs;

function bucketsOf(period: Period, minutes: number): readonly Period[] {
  const size = minutes * minuteMs;
  const start = Math.floor(period.start / size) * size;
  return Array.from({ length: Math.ceil((period.end - start) / size) }, (_, index) => ({
    start: start + index * size,
    end: start + (index + 1) * size,
  }));
}

export async function readLatency(
  source: ReportSource,
  series: readonly (Series & { readonly label: string })[],
  period: Period,
): Promise<readonly Latency[]> {
  const minutes = period.end - period.start <= mostHoursMs ? hourMinutes : dayMinutes;
  const buckets = bucketsOf(period, minutes);
  const whole = { start: buckets[0]?.start ?? period.start, end: buckets.at(-1)?.end ?? period.end };
  const statistics: readonly Statistic[] = ['SampleCount', 'p50', 'p95', 'p99'];
  const values = await source.statistics(
    series.flatMap(({ identity }) => statistics.map((statistic) => ({ identity, statistic }))),
    whole,
    minutes,
  );
  return series.flatMap(({ label }, at) => {
    const value = (statistic: number, index: number) => values[at * statistics.length + statistic]?.[index];
    const filled = buckets.flatMap((bucket, index) => {
      const [requests = 0, p50, p95, p99] = statistics.map((_, statistic) => value(statistic, index));
      return p50 === undefined || p95 === undefined || p99 === undefined
        ? []
        : [{ ...bucket, requests, p50, p95, p99 }];
    });
    return filled.length > 0 ? [{ target: label, buckets: filled }] : [];
  });
}

/** The lowest headroom of each hour. */
export async function readHeadroom(
  source: ReportSource,
  { identity }: Pick<Series, 'identity'>,
  period: Period,
): Promise<readonly Headroom[]> {
  const buckets = bucketsOf(period, hourMinutes);
  const whole = { start: buckets[0]?.start ?? period.start, end: period.end };
  const [values = []] = await source.statistics([{ identity, statistic: 'Minimum' }], whole, hourMinutes);
  return buckets.flatMap((bucket, index) => {
    const percent = values[index];
    return percent === undefined ? [] : [{ ...bucket, percent }];
  });
}
