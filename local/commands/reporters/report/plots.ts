import { type Html, html, svg } from '../../../../functions/board/html.ts';
import type { Headroom, Latency } from '../../report/latency.ts';
import type { TimelineEntry } from '../../report/org-report.ts';
import type { Period } from '../../report/source.ts';

/** The contents of a plot. */
export interface Plot {
  /** The caption, which screen readers read. */
  readonly title: string;
  readonly unit: string;
  readonly kind: 'bars' | 'lines';
  /** Epoch ms of each place from left to right. */
  readonly times: readonly number[];
  readonly series: readonly PlotSeries[];
}

export interface PlotSeries {
  readonly name: string;
  /** One value per time. Undefined where there is no value. */
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

/** All times from the first to the last, known or not, so that each has the same width in the plot. */
function timesOf(buckets: readonly Period[]): readonly number[] {
  const [first] = buckets;
  if (!first) return [];
  const starts = buckets.map(({ start }) => start);
  const [from, size] = [Math.min(...starts), first.end - first.start];
  return Array.from({ length: (Math.max(...starts) - from) / size + 1 }, (_, index) => from + index * size);
}

/** The probes with the longest p95, as many as there are colours. */
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

const size = { width: 720, height: 180, left: 72, right: 8, top: 8, bottom: 24 };
const plotWidth = size.width - size.left - size.right;
const plotHeight = size.height - size.top - size.bottom;

/** Where a plot draws: the place of each time, and the height of each value. */
interface Axes {
  readonly step: number;
  readonly x: (index: number) => number;
  readonly y: (value: number) => number;
}

/** The plot as SVG. */
export function svgOf(plot: Plot): Html {
  const { title, kind, times, series } = plot;
  const most = Math.max(1, ...series.flatMap(({ values }) => values.filter((value) => value !== undefined)));
  const step = plotWidth / Math.max(1, times.length);
  const axes: Axes = {
    step,
    x: (index) => size.left + (index + 0.5) * step,
    y: (value) => size.top + plotHeight * (1 - value / most),
  };
  return svg(size, title, [axisOf(plot, most, axes), kind === 'bars' ? barsOf(plot, axes) : linesOf(plot, axes)]);
}

const fixed = (value: number) => value.toFixed(1);

/** The bars of each time, one series on top of the other. */
function barsOf({ times, series }: Plot, { step, x, y }: Axes): readonly Html[] {
  return times.flatMap((_, index) => {
    let below = 0;
    return series.flatMap(({ values }, at) => {
      const value = values[index] ?? 0;
      if (value === 0) return [];
      const from = below;
      below += value;
      const tall = Math.min(y(0) - y(value), plotHeight);
      return html`<rect class="s${at}" x="${fixed(x(index) - step * 0.4)}" y="${fixed(Math.max(size.top, y(from + value)))}" width="${fixed(Math.max(1, step * 0.8))}" height="${fixed(tall)}"/>`;
    });
  });
}

/** A line for each stretch of known values. A value without neighbors is a dot. */
function linesOf({ series }: Plot, { x, y }: Axes): readonly Html[] {
  return series.flatMap(({ values }, at) =>
    segmentsOf(values).map((segment) => {
      const [only, ...more] = segment.map(([index, value]) => [fixed(x(index)), fixed(y(value))] as const);
      return only && more.length === 0
        ? html`<circle class="s${at}" cx="${only[0]}" cy="${only[1]}" r="2"/>`
        : html`<polyline class="l${at}" points="${[only, ...more].join(' ')}"/>`;
    }),
  );
}

/** The values 0 and `most`, the first, middle and last time, and the base line. */
function axisOf({ unit, times }: Plot, most: number, { x, y }: Axes): readonly Html[] {
  const last = times.length - 1;
  const places = [...new Set([0, Math.floor(times.length / 2), last])].filter((index) => times[index] !== undefined);
  const isWithinDays = times.length > 1 && (times[1] ?? 0) - (times[0] ?? 0) < 86_400_000;
  const base = size.top + plotHeight;
  return [
    ...[0, most].map(
      (value) =>
        html`<text x="${size.left - 6}" y="${fixed(y(value) + 4)}" text-anchor="end">${Math.round(value).toLocaleString('en-US')} ${unit}</text>`,
    ),
    ...places.map((index) => {
      const anchor = index === 0 ? 'start' : index === last ? 'end' : 'middle';
      const time = new Date(times[index] ?? 0).toISOString().slice(5, isWithinDays ? 16 : 10);
      return html`<text x="${fixed(x(index))}" y="${size.height - 6}" text-anchor="${anchor}">${time.replace('T', ' ')}</text>`;
    }),
    html`<line x1="${size.left}" x2="${size.width - size.right}" y1="${base}" y2="${base}"/>`,
  ];
}

/** Consecutive values with their positions. A line does not cross a gap. */
function segmentsOf(values: readonly (number | undefined)[]): readonly (readonly (readonly [number, number])[])[] {
  const segments: (readonly [number, number])[][] = [];
  for (const [index, value] of values.entries()) {
    if (value === undefined) continue;
    if (index > 0 && values[index - 1] !== undefined) segments.at(-1)?.push([index, value]);
    else segments.push([[index, value]]);
  }
  return segments;
}
