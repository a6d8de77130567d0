import { formatTime } from '../model/text.ts';
import type { RunMark } from '../model/words.ts';
import { shownRunMarks } from '../model/words.ts';
import type { LatencySeries, Point } from './board.ts';
import { shownRuns } from './board.ts';
import type { Html } from './html.ts';
import { foreign, html, plain, svg } from './html.ts';

const size = { width: 320, height: 60, top: 4, bottom: 56 };

/** One line of latency over time with its figures beside it. Where points are missing, the line is interrupted. */
export function latencyTable(all: readonly LatencySeries[]): Html | undefined {
  const measured = all.filter(({ points }) => points.length > 0);
  if (measured.length === 0) return undefined;
  const points = measured.flatMap((each) => each.points);
  const [from, to] = [Math.min(...points.map(({ at }) => at)), Math.max(...points.map(({ at }) => at))];
  const most = Math.max(1, ...points.map(({ value }) => value));
  return html`<h3>Latency</h3><div class="scroll" role="region" aria-label="Latency" tabindex="0"><table><caption>Milliseconds from ${formatTime(from)} to ${formatTime(to)}. All lines have the same scale, from 0 to ${Math.round(most)} ms.</caption><thead><tr><th scope="col">Check</th><th scope="col">Phase</th><th scope="col">Last</th><th scope="col">Median</th><th scope="col">Highest</th><th scope="col">Over time</th></tr></thead><tbody>${measured.map((series) => row(series, { from, to, most }))}</tbody></table></div>`;
}

interface Scale {
  readonly from: number;
  readonly to: number;
  readonly most: number;
}

function row({ target, phase, points, periodMs }: LatencySeries, scale: Scale): Html {
  const values = points.map(({ value }) => value).toSorted((one, other) => one - other);
  const [last, median, highest] = [points.at(-1)?.value, values[Math.floor(values.length / 2)], values.at(-1)].map(
    (value) => `${Math.round(value ?? 0)} ms`,
  );
  const label = `Latency of ${plain(target)}, ${phase}: last ${last}, median ${median}, highest ${highest}`;
  const curve = html`<path class="axis" d="M0 ${size.bottom}H${size.width}"></path><path class="curve" d="${path(points, periodMs, scale)}"></path>`;
  return html`<tr><th scope="row">${foreign(target)}</th><td>${phase}</td><td>${last}</td><td>${median}</td><td>${highest}</td><td>${svg(size, label, curve)}</td></tr>`;
}

/** A point without neighbors is a short line, which would otherwise not be seen. */
function path(points: readonly Point[], periodMs: number, { from, to, most }: Scale): string {
  const x = (at: number) => ((at - from) / Math.max(1, to - from)) * (size.width - 2);
  const y = (value: number) => size.bottom - (value / most) * (size.bottom - size.top);
  return points
    .map(({ at, value }, index) => {
      const isJoined = at - (points[index - 1]?.at ?? Number.NEGATIVE_INFINITY) <= 1.5 * periodMs;
      return `${isJoined ? 'L' : 'M'}${x(at).toFixed(1)} ${y(value).toFixed(1)}${isJoined ? '' : 'h1'}`;
    })
    .join('');
}

/** The size of the strip. Each run takes `runWidth` of it. */
const runWidth = 2;
const stripSize = { width: shownRuns * runWidth, height: 16 };

/** The last runs as bars, the newest on the right. Equal runs side by side are one shape, because there may be many strips. */
export function strip(runs: readonly RunMark[], intervalMinutes: number): Html {
  const bars: Html[] = [];
  for (let from = 0; from < runs.length; ) {
    const mark = runs[from] ?? 'unknown';
    let to = from + 1;
    while (to < runs.length && (runs[to] ?? 'unknown') === mark) to += 1;
    const { height: high, color } = shownRunMarks[mark];
    bars.push(
      html`<rect x="${from * runWidth}" y="${stripSize.height - high}" width="${(to - from) * runWidth}" height="${high}" class="fill-${color}"></rect>`,
    );
    from = to;
  }
  return svg(stripSize, inWords(runs, intervalMinutes), bars);
}

function inWords(runs: readonly RunMark[], intervalMinutes: number): string {
  const every = intervalMinutes === 1 ? 'a minute' : `${intervalMinutes} minutes`;
  const counts = Object.entries(shownRunMarks).flatMap(([mark, { word }]) => {
    const count = runs.filter((run) => (run ?? 'unknown') === mark).length;
    return count > 0 ? [`${count} ${word}`] : [];
  });
  return `The last ${runs.length} runs, one in ${every}: ${counts.join(', ')}`;
}
