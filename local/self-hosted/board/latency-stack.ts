import { type LatencyPhase, type LatencySeries, latencyPhases } from '../../../functions/board/board.ts';
import type { Html } from '../../../functions/board/html.ts';
import { foreign, html, plain, svg } from '../../../functions/board/html.ts';
import { formatTime } from '../../../functions/model/text.ts';

const size = { width: 200, height: 36 };

/** The class of each phase's color. */
const colors: Readonly<Record<LatencyPhase, string>> = {
  DNS: 'phase-1',
  TCP: 'phase-2',
  TLS: 'phase-3',
  'first byte': 'phase-4',
  body: 'phase-5',
};

interface Scale {
  readonly from: number;
  readonly to: number;
  readonly most: number;
}

/** The latency of each check by phase: medians as numbers, and over time as bars on top of each other. */
export function latencyByPhase(all: readonly LatencySeries[]): Html {
  const measured = all.filter(({ points }) => points.length > 0);
  const points = measured.flatMap((series) => series.points);
  const times = points.map(({ at }) => at);
  const byTarget = Map.groupBy(measured, ({ target }) => target);
  if (points.length === 0) return html`<p>Nothing measured in this time.</p>`;
  const totals = [...byTarget.values()].flatMap((series) => [...totalsOf(series).values()]);
  const scale = {
    ...{ from: times.reduce((a, b) => Math.min(a, b)), to: times.reduce((a, b) => Math.max(a, b)) },
    // A few slow requests would press everything else flat.
    most: Math.max(1, 1.25 * quantile(totals, 0.95)),
  };
  const heads = latencyPhases.map(
    (phase) => html`<th scope="col"><span class="key ${colors[phase]}" aria-hidden="true"></span>${phase}</th>`,
  );
  return html`<div class="scroll" role="region" aria-label="Latency by phase" tabindex="0"><table><caption>Medians in milliseconds from ${formatTime(scale.from)} to ${formatTime(scale.to)}. A connection is opened once in a run, so most checks have no DNS, TCP and TLS. All bars have the same scale, from 0 to ${Math.round(scale.most)} ms, and are cut off there.</caption><thead><tr><th scope="col">Check</th>${heads}<th scope="col">Highest</th><th scope="col">Over time</th></tr></thead><tbody>${[...byTarget].map(([target, series]) => row(target, series, scale))}</tbody></table></div>`;
}

function row(target: string, series: readonly LatencySeries[], scale: Scale): Html {
  const highest = Math.round([...totalsOf(series).values()].reduce((a, b) => Math.max(a, b)));
  const cells = latencyPhases.map((phase) => {
    const own = series.find((each) => each.phase === phase);
    return html`<td class="number">${
      own
        ? Math.round(
            quantile(
              own.points.map(({ value }) => value),
              0.5,
            ),
          )
        : '–'
    }</td>`;
  });
  return html`<tr><th scope="row">${foreign(target, 60)}</th>${cells}<td class="number">${highest}</td><td>${bars(target, series, scale)}</td></tr>`;
}

function bars(target: string, series: readonly LatencySeries[], { from, to, most }: Scale): Html {
  const periodMs = series[0]?.periodMs ?? 1;
  const slots = Math.round((to - from) / periodMs) + 1;
  const width = size.width / Math.max(slots, 30);
  const base = new Map<number, number>();
  const y = (value: number) => size.height * (1 - Math.min(value, most) / most);
  // Later phases stand on earlier ones.
  const paths = series.map(({ phase, points }) => {
    const shapes = points.map(({ at, value }) => {
      const below = base.get(at) ?? 0;
      base.set(at, below + value);
      const x = ((at - from) / periodMs) * width;
      return `M${x.toFixed(1)} ${y(below).toFixed(1)}V${y(below + value).toFixed(1)}h${Math.max(0.5, width * 0.85).toFixed(1)}V${y(below).toFixed(1)}z`;
    });
    return html`<path class="${colors[phase]}" d="${shapes.join('')}"></path>`;
  });
  const axis = html`<path class="axis" d="M0 ${size.height}H${size.width}"></path>`;
  return svg(size, `Latency of ${plain(target, 60)} over time`, [paths, axis]);
}

/** The sum of the phases by time. */
function totalsOf(series: readonly LatencySeries[]): ReadonlyMap<number, number> {
  const totals = new Map<number, number>();
  for (const { at, value } of series.flatMap(({ points }) => points)) totals.set(at, (totals.get(at) ?? 0) + value);
  return totals;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
