import type { Headroom, Latency } from '../../report/latency.ts';
import type { TimelineEntry } from '../../report/org-report.ts';
import type { Period } from '../../report/source.ts';

/** What a plot shows. */
export interface Plot {
  /** What a screen reader says, and the caption. */
  readonly title: string;
  readonly unit: string;
  readonly kind: 'bars' | 'lines';
  /** Epoch ms of each place from left to right. */
  readonly times: readonly number[];
  readonly series: readonly PlotSeries[];
}

export interface PlotSeries {
  readonly name: string;
  /** One per time. Undefined where there is none. */
  readonly values: readonly (number | undefined)[];
}

/** Apart from each other: a week without the monitor would hide a bad hour. */
export function minutesPlots(timeline: readonly TimelineEntry[]): readonly Plot[] {
  const times = timeline.map(({ start }) => start);
  const plot = (title: string, name: string, values: readonly number[]): Plot => ({
    ...{ title, unit: 'min', kind: 'bars', times, series: [{ name, values }] },
  });
  const bad = timeline.map(({ badMinutes }) => badMinutes.most);
  const unknown = timeline.map(({ unknownMinutes }) => unknownMinutes);
  return [
    ...(bad.some((value) => value > 0) ? [plot('Bad minutes, at most', 'bad', bad)] : []),
    ...(unknown.some((value) => value > 0)
      ? [plot('Minutes of which nothing is known', 'unknown or not seen', unknown)]
      : []),
  ];
}

/** From the first to the last, also those of which nothing is known: a plot has the same width for each. */
function timesOf(buckets: readonly Period[]): readonly number[] {
  const [first] = buckets;
  if (!first) return [];
  const starts = buckets.map(({ start }) => start);
  const [from, size] = [Math.min(...starts), first.end - first.start];
  return Array.from({ length: (Math.max(...starts) - from) / size + 1 }, (_, index) => from + index * size);
}

/** The probes with the longest p95: more lines than colours would tell nobody anything. */
const mostLines = 6;

export function latencyPlot(latency: readonly Latency[]): Plot {
  const times = timesOf(latency.flatMap(({ buckets }) => buckets));
  const worst = ({ buckets }: Latency) => Math.max(...buckets.map(({ p95 }) => p95));
  const slowest = latency.toSorted((one, other) => worst(other) - worst(one)).slice(0, mostLines);
  return {
    ...{ title: `p95 of the ${slowest.length} slowest probes`, unit: 'ms', kind: 'lines', times },
    series: slowest.map(({ target, buckets }) => {
      const byTime = new Map(buckets.map(({ start, p95 }) => [start, p95]));
      return { name: target, values: times.map((time) => byTime.get(time)) };
    }),
  };
}

export function headroomPlot(headroom: readonly Headroom[]): Plot {
  const times = timesOf(headroom);
  const byTime = new Map(headroom.map(({ start, percent }) => [start, percent]));
  return {
    ...{ title: 'Lowest headroom of each hour', unit: '%', kind: 'lines', times },
    series: [{ name: 'headroom', values: times.map((time) => byTime.get(time)) }],
  };
}

const [width, height, left, bottom, top] = [720, 180, 72, 24, 8];

/** The plot as SVG without a script, a style of its own or a reference to anything. Colours are classes of the page. */
export function svgOf({ title, unit, kind, times, series }: Plot, escaped: (text: string) => string): string {
  const most = Math.max(1, ...series.flatMap(({ values }) => values.filter((value) => value !== undefined)));
  const [plotWidth, plotHeight] = [width - left - 8, height - bottom - top];
  const step = plotWidth / Math.max(1, times.length);
  const x = (index: number) => left + (index + 0.5) * step;
  const y = (value: number) => top + plotHeight * (1 - value / most);
  const fixed = (value: number) => value.toFixed(1);
  const marks =
    kind === 'bars'
      ? times.flatMap((_, index) => {
          let below = 0;
          return series.flatMap(({ values }, at) => {
            const value = values[index] ?? 0;
            if (value === 0) return [];
            const from = below;
            below += value;
            const tall = (plotHeight * value) / most;
            return `<rect class="s${at}" x="${fixed(x(index) - step * 0.4)}" y="${fixed(Math.max(top, y(from + value)))}" width="${fixed(Math.max(1, step * 0.8))}" height="${fixed(Math.min(tall, plotHeight))}"/>`;
          });
        })
      : series.flatMap(({ values }, at) =>
          segmentsOf(values).map((segment) => {
            const points = segment.map(([index, value]) => `${fixed(x(index))},${fixed(y(value))}`);
            const [only] = points;
            return points.length === 1 && only
              ? `<circle class="s${at}" cx="${only.split(',')[0]}" cy="${only.split(',')[1]}" r="2"/>`
              : `<polyline class="l${at}" points="${points.join(' ')}"/>`;
          }),
        );
  const labels = [0, Math.floor(times.length / 2), times.length - 1].filter(
    (index, at, all) => all.indexOf(index) === at && times[index] !== undefined,
  );
  const axis = [
    ...[0, most].map(
      (value) =>
        `<text x="${left - 6}" y="${fixed(y(value) + 4)}" text-anchor="end">${escaped(`${Math.round(value).toLocaleString('en-US')} ${unit}`)}</text>`,
    ),
    ...labels.map(
      (index) =>
        `<text x="${fixed(x(index))}" y="${height - 6}" text-anchor="${index === 0 ? 'start' : index === times.length - 1 ? 'end' : 'middle'}">${new Date(
          times[index] ?? 0,
        )
          .toISOString()
          .slice(5, times.length > 1 && (times[1] ?? 0) - (times[0] ?? 0) < 86_400_000 ? 16 : 10)
          .replace('T', ' ')}</text>`,
    ),
    `<line x1="${left}" x2="${width - 8}" y1="${top + plotHeight}" y2="${top + plotHeight}"/>`,
  ];
  return `<svg role="img" aria-label="${escaped(title)}" viewBox="0 0 ${width} ${height}">${axis.join('')}${marks.join('')}</svg>`;
}

/** Values that follow each other, with their places. A line does not cross what is not known. */
function segmentsOf(values: readonly (number | undefined)[]): readonly (readonly (readonly [number, number])[])[] {
  const segments: (readonly [number, number])[][] = [];
  for (const [index, value] of values.entries()) {
    if (value === undefined) continue;
    if (index > 0 && values[index - 1] !== undefined) segments.at(-1)?.push([index, value]);
    else segments.push([[index, value]]);
  }
  return segments;
}
