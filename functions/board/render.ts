import type { Group } from '../model/probe.ts';
import { formatTime, joinFirst } from '../model/text.ts';
import type { RunMark } from '../model/words.ts';
import { type Shown, shownCells, shownRunMarks, shownStandings } from '../model/words.ts';
import type { BoardIncident, Cell, Grid, GridRow, LatencySeries, OrgBoard, Point } from './board.ts';
import { shownRuns } from './board.ts';
import { foreign, type Html, html, link, plain, svg } from './html.ts';
import { clock } from './sentence.ts';

/** The targets of the board's links. An absent one has no link. */
export interface BoardLinks {
  /** The runbook's address, without a heading. */
  readonly runbook?: string;
  alarm?(name: string): string | undefined;
  /** The log of a group around a time. */
  log?(group: Group, around: { readonly from: number; readonly to: number }): string | undefined;
}

export interface RenderOptions {
  readonly links?: BoardLinks;
  /** The most rows and columns of the grid. */
  readonly most?: { readonly rows: number; readonly columns: number };
}

const defaultMost = { rows: 60, columns: 12 };

/** Renders everything about one org. Each part has its own function, for other layouts. */
export function renderOrg(board: OrgBoard, { links = {}, most = defaultMost }: RenderOptions = {}): Html {
  return html`<section aria-label="${plain(board.org)}"><h2>${foreign(board.org)}</h2>${renderSentence(board)}${renderProblems(board.measured.problems)}${renderIncidents(board, links)}${renderGrid(board, most)}${latencyTable(board.measured.latency)}${renderRateLimits(board)}${renderExpiries(board)}<h3>Okta's status page</h3><p>${foreign(board.oktaStatus.sentence, 600)}</p></section>`;
}

/** The grid of an org whose whole grid would be too large. */
const fewest = { rows: 15, columns: 3 };

/** The same with a smaller grid, if all of it has more bytes than this. */
export function renderOrgWithin(mostBytes: number, board: OrgBoard, links: BoardLinks): Html {
  const whole = renderOrg(board, { links });
  return Buffer.byteLength(whole.toString()) <= mostBytes ? whole : renderOrg(board, { links, most: fewest });
}

export function shown({ sign, word, color }: Shown): Html {
  return html`<span class="standing ${color}"><span aria-hidden="true">${sign}</span> ${word}</span>`;
}

export function renderSentence({ standing, sentence, at }: OrgBoard): Html {
  return html`<p>${shown(shownStandings[standing])} ${foreign(sentence, 600)} <span class="muted">As of ${formatTime(at)}.</span></p>`;
}

/** What could not be read. */
export function renderProblems(problems: readonly string[]): Html {
  return html`${problems.map((problem) => html`<p class="warning">${foreign(problem)}</p>`)}`;
}

/** Renders the messages about the monitor itself. Empty without any. */
export function renderMonitor(monitor: OrgBoard | undefined, links: BoardLinks = {}): Html | undefined {
  if (!monitor || monitor.incidents.length === 0) return undefined;
  return html`<section aria-label="The monitor itself"><h2>The monitor itself</h2>${renderIncidents(monitor, links)}</section>`;
}

/** The orgs, the worst first. Those that do not fit are counted. */
export function renderOrgs(boards: readonly OrgBoard[], most = 100): Html {
  const others = boards.slice(most);
  const left = Map.groupBy(others, ({ standing }) => shownStandings[standing].word);
  const words = [...left].map(([word, each]) => `${each.length} ${word.toLowerCase()}`).join(', ');
  const rows = boards
    .slice(0, most)
    .map(
      ({ org, standing, sentence }) =>
        html`<tr><th scope="row">${foreign(org, 60)}</th><td>${shown(shownStandings[standing])}</td><td>${foreign(sentence, 400)}</td></tr>`,
    );
  return html`<div class="scroll" role="region" aria-label="Orgs" tabindex="0"><table><caption>${boards.length} ${boards.length === 1 ? 'org' : 'orgs'}, the worst first.${others.length > 0 && ` Not shown: ${words}.`}</caption><thead><tr><th scope="col">Org</th><th scope="col">State</th><th scope="col">Who must act</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

export function renderGrid({ grid, at }: Pick<OrgBoard, 'grid' | 'at'>, most = defaultMost): Html {
  if (grid.rows.length === 0) return notRunning(grid);
  const columns = grid.columns.slice(0, most.columns);
  const rows = grid.rows.slice(0, most.rows);
  const left = [
    ...(grid.columns.length > columns.length ? [`${grid.columns.length - columns.length} servers`] : []),
    ...(grid.rows.length > rows.length ? [`${grid.rows.length - rows.length} probes`] : []),
  ];
  return html`<h3>Checks</h3>${notRunning(grid)}<div class="scroll" role="region" aria-label="Checks" tabindex="0"><table><caption>Each probe at each server: the last run, and the ${shownRunsWords}.${left.length > 0 && ` Not shown: ${left.join(', ')}.`}</caption><thead><tr><th scope="col">Probe</th>${columns.map((server) => html`<th scope="col">${server === undefined ? 'Whole org' : server === 'org' ? 'Org server' : foreign(server, 40)}</th>`)}</tr></thead><tbody>${rows.map((row) => gridRow(row, columns.length, at))}</tbody></table></div>`;
}

const shownRunsWords = 'last sixty runs as bars, high where it failed';

function notRunning({ notRunning: sentences }: Grid): Html {
  return html`${sentences.map((sentence) => html`<p class="unknown">? ${foreign(sentence)}</p>`)}`;
}

function gridRow({ probe, group, cells }: GridRow, columns: number, now: number): Html {
  return html`<tr><th scope="row">${foreign(probe, 60)} <span class="muted">${group}</span></th>${cells.slice(0, columns).map((cell) => html`<td>${cell ? gridCell(cell, now) : html`<span class="muted">not checked here</span>`}</td>`)}</tr>`;
}

function gridCell({ state, durationMs, because, runs, intervalMinutes, at }: Cell, now: number): Html {
  const isCurrent = state !== 'late' && state !== 'not-run';
  return html`${shown(shownCells[state])}${isCurrent && durationMs !== undefined && ` ${Math.round(durationMs)} ms`}${!isCurrent && `, last at ${clock(at, now)}`}${because !== undefined && html`<br>${foreign(because, 80)}`}${strip(runs, intervalMinutes)}`;
}

export function renderIncidents({ incidents, at }: OrgBoard, links: BoardLinks): Html {
  if (incidents.length === 0) return html`<h3>Open incidents</h3><p>None that people were told of.</p>`;
  const rows = incidents.slice(0, mostIncidents).map((incident) => incidentRow(incident, at, links));
  const more = incidents.length - rows.length;
  return html`<h3>Open incidents</h3><div class="scroll" role="region" aria-label="Open incidents" tabindex="0"><table><caption>What people were told of, and CloudWatch has not resolved.${more > 0 && ` ${more} more are not shown.`}</caption><thead><tr><th scope="col">Finding</th><th scope="col">Since</th><th scope="col">Who must act</th><th scope="col">Where, by the last run</th><th scope="col">Last message</th><th scope="col">Links</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

const mostIncidents = 20;

function incidentRow(incident: BoardIncident, now: number, links: BoardLinks): Html {
  const { alarm, brief, code, route, since, startObserved, told, whoMustAct, where, heading, group } = incident;
  const around = { from: since - 5 * 60_000, to: Math.min(now, since + 60 * 60_000) };
  const places = [
    ...(links.runbook === undefined ? [] : [link(`${links.runbook}#${heading}`, 'Runbook')]),
    ...(links.alarm ? [link(links.alarm(alarm), 'Alarm')] : []),
    ...(links.log && group ? [link(links.log(group, around), 'Log')] : []),
  ];
  return html`<tr><th scope="row">${foreign(brief, 80)}${code !== undefined && html` <span class="muted">${foreign(code, 60)}</span>`}</th><td>${startObserved ? '' : 'before '}${clock(since, now)}</td><td>${whoMustAct}</td><td>${where.length > 0 ? foreign(joinFirst(where, 5)) : 'not in the last run'}</td><td>${route}, ${told}</td><td>${places.map((place, index) => html`${index > 0 && ', '}${place}`)}</td></tr>`;
}

export function renderRateLimits({
  rateLimits,
  measured: { headroom },
}: Pick<OrgBoard, 'rateLimits' | 'measured'>): Html {
  const lowest = headroom.toSorted((one, other) => one.value - other.value)[0];
  if (rateLimits.length === 0 && !lowest) return html`<h3>Rate limits</h3><p>Unknown: no answer named any.</p>`;
  const rows = rateLimits.map(
    ({ bucket, limit, remaining, ownPercent }) =>
      html`<tr><th scope="row">${foreign(bucket, 80)}</th><td>${limit}</td><td>${Math.round((remaining / limit) * 100)} %</td><td>${ownPercent < 1 ? 'less than 1' : Math.round(ownPercent)} %</td></tr>`,
  );
  const low =
    lowest && html`<p>The lowest headroom of all: ${Math.round(lowest.value)} % at ${formatTime(lowest.at)}.</p>`;
  return html`<h3>Rate limits</h3>${low}${rows.length > 0 && html`<div class="scroll" role="region" aria-label="Rate limits" tabindex="0"><table><caption>As the newest run saw them. The share is that of all runs of the monitor.</caption><thead><tr><th scope="col">Bucket</th><th scope="col">Requests a minute</th><th scope="col">Left</th><th scope="col">The monitor's share</th></tr></thead><tbody>${rows}</tbody></table></div>`}`;
}

export function renderExpiries({ measured: { expiries } }: Pick<OrgBoard, 'measured'>): Html | undefined {
  if (expiries.length === 0) return undefined;
  const sorted = expiries.toSorted((one, other) => one.days - other.days);
  return html`<h3>Certificates and credentials</h3><ul>${sorted.map(({ name, days }) => html`<li>${foreign(name)}: ${Math.floor(days)} days left</li>`)}</ul>`;
}

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
