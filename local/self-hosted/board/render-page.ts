import { foreign, type Html, html, plain } from '../../../functions/board/html.ts';
import {
  renderExpiries,
  renderGrid,
  renderIncidents,
  renderMonitor,
  renderProblems,
  renderRateLimits,
  renderSentence,
  shown,
} from '../../../functions/board/render.ts';
import { clock } from '../../../functions/board/sentence.ts';
import { describeSender } from '../../../functions/findings/blame.ts';
import { formatDuration } from '../../../functions/model/text.ts';
import { type Shown, shownCells, shownStandings } from '../../../functions/model/words.ts';
import type { AlarmState } from '../../../packages/cloudwatch-alarms/src/index.ts';
import { latencyByPhase } from './latency-stack.ts';
import type { AlarmPoint, AlarmWindow, BoardPage, OrgDetail, SeenRequest, TimelineEntry } from './page.ts';

/** The most rows of each list, so that a page stays quick. */
const most = { timeline: 100, requests: 80, alarms: 60, orgs: 100 };

/**
 * A whole page: complete without a script. `live.js` replaces `main` as it changes.
 *
 * @param events where the changes come from
 */
export function renderDocument(page: BoardPage, events: string): string {
  return `<!doctype html>\n${html`<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>${titleOf(page)}</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/board.css"><noscript><meta http-equiv="refresh" content="60"></noscript><script type="module" src="/live.js"></script></head><body class="okta-board" data-events="${events}"><a class="skip" href="#main">Skip to the board</a><p id="connection" class="muted" role="status"></p>${renderMain(page)}</body></html>`}\n`;
}

/** What changes, in one element. */
export function renderMain(page: BoardPage): Html {
  const { detail, monitor, runbook } = page;
  const links = runbook === undefined ? {} : { runbook };
  return html`<main id="main" tabindex="-1" data-title="${titleOf(page)}"><h1>Okta, as this monitor sees it</h1><p class="announcement" role="status">${announcementOf(page)}</p>${renderSentences(page)}${renderMonitor(monitor, links)}${detail && renderDetail(detail, links)}</main>`;
}

/** The worst first, so that the tab shows the state of the page. */
function titleOf({ orgs, detail }: BoardPage): string {
  const first = detail?.board ?? orgs[0];
  const { sign, word } = shownStandings[first?.standing ?? 'unknown'];
  return `${sign} ${word}: ${plain(first?.org, 60)}`;
}

/** The text that a screen reader announces on a change. Without durations, which change each minute. */
function announcementOf({ orgs }: BoardPage): string {
  if (orgs.length === 0) return 'Nothing is known yet.';
  const bad = orgs.filter(({ standing }) => standing !== 'well');
  if (bad.length === 0) return 'All orgs are well.';
  const words = bad.slice(0, 5).map(({ org, standing }) => `${plain(org, 60)}: ${shownStandings[standing].word}`);
  return `${words.join(', ')}${bad.length > words.length ? `, and ${bad.length - words.length} more` : ''}.`;
}

/** One sentence for each org. With several, each leads to the org's own page. */
function renderSentences({ orgs, detail }: BoardPage): Html {
  const items = orgs.slice(0, most.orgs).map((board) => {
    const { color } = shownStandings[board.standing];
    const name =
      orgs.length > 1 && board.org !== detail?.board.org
        ? html`<a href="/orgs/${encodeURIComponent(board.org)}">${foreign(board.org, 60)}</a>`
        : foreign(board.org, 60);
    return html`<li id="org-${board.org}" class="sentence edge-${color}"><h2>${name}</h2>${renderSentence(board)}</li>`;
  });
  const left = orgs.length - items.length;
  const back = detail && orgs.length > 1 && html`<p><a href="/">All orgs</a></p>`;
  if (orgs.length === 0) return html`<p>Nothing is known yet.</p>`;
  return html`${back}<ul class="sentences">${items}</ul>${left > 0 && html`<p class="muted">${left} more orgs are not shown.</p>`}`;
}

function renderDetail(detail: OrgDetail, links: { readonly runbook?: string }): Html {
  const { board, timeline, alarms, requests } = detail;
  const { measured } = board;
  const section = (id: string, content: Html | undefined) => html`<section id="${id}">${content}</section>`;
  const left = [
    section('timeline', renderTimeline(timeline, board.at)),
    section('alarms', renderAlarms(alarms, board.at)),
    section('limits', renderRateLimits(board)),
    section('expiries', renderExpiries(board)),
    section('status', html`<h3>Okta's status page</h3><p>${foreign(board.oktaStatus.sentence, 600)}</p>`),
  ];
  const right = [
    section('requests', renderRequests(requests)),
    section('latency', html`<h3>Latency by phase</h3>${latencyByPhase(measured.latency)}`),
  ];
  return html`${renderProblems(measured.problems)}${section('incidents', renderIncidents(board, links))}${section('checks', renderGrid(board))}<div class="columns"><div>${left}</div><div>${right}</div></div>`;
}

function renderTimeline(entries: readonly TimelineEntry[], now: number): Html {
  const items = entries
    .slice(0, most.timeline)
    .map(
      (entry) => html`<li id="${entry.id}"><span class="muted">${clock(entry.at, now)}</span> ${entryOf(entry)}</li>`,
    );
  return html`<h3>The last 24 hours</h3>${
    items.length === 0
      ? html`<p>No message was sent, and no alarm fired.</p>`
      : html`<ol class="timeline">${items}</ol>`
  }${entries.length > items.length && html`<p class="muted">${entries.length - items.length} earlier ones are not shown.</p>`}`;
}

function entryOf(entry: TimelineEntry): Html {
  switch (entry.kind) {
    case 'message':
      return html`<details id="${entry.id}-text"><summary>${foreign(entry.subject)}</summary><p class="muted">A ${entry.route} as it was sent. ${foreign(entry.deliveries.join('; '), 300)}</p><pre>${linesOf(entry.text)}</pre></details>`;
    case 'alarm':
      return html`${shown(shownAlarms[entry.to])} ${foreign(shortName(entry.alarm))}`;
    case 'gap':
      return html`<span class="unknown">? Nothing ran for ${formatDuration(entry.until - entry.at)}. What happened is unknown.</span>`;
    default:
      return entry satisfies never;
  }
}

/** The lines of a longer foreign text. */
function linesOf(text: string): readonly Html[] {
  return text.split('\n', 200).map((line) => html`${foreign(line, 1_000)}\n`);
}

const shownAlarms: Readonly<Record<AlarmState, Shown>> = {
  ALARM: { sign: '✕', word: 'Alarm', color: 'bad' },
  OK: { sign: '✓', word: 'OK', color: 'good' },
  INSUFFICIENT_DATA: { sign: '?', word: 'Insufficient data', color: 'unknown' },
};

/** Without the deployment, which begins all names. */
function shortName(alarm: string): string {
  return alarm.slice(alarm.indexOf('/') + 1);
}

function renderAlarms(alarms: readonly AlarmWindow[], now: number): Html {
  const rows = alarms
    .slice(0, most.alarms)
    .map(
      ({ name, state, since, rule, points }) =>
        html`<tr><th scope="row">${foreign(shortName(name), 120)}</th><td>${shown(shownAlarms[state])}${since !== undefined && html`<br><span class="muted">since ${clock(since, now)}</span>`}</td><td>${rule}</td><td>${points ? pointsOf(points) : '–'}</td></tr>`,
    );
  const firing = alarms.filter(({ state }) => state === 'ALARM').length;
  return html`<h3>Alarms</h3><div class="scroll tall" role="region" aria-label="Alarms" tabindex="0"><table><caption>${firing} of ${alarms.length} alarms fire. The points that each was judged by, the newest on the right; a dot where there is none.</caption><thead><tr><th scope="col">Alarm</th><th scope="col">State</th><th scope="col">Fires at</th><th scope="col">Points</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

/** The most points that are shown one by one. Some alarms look at hours. */
const mostPoints = 12;

/** A breaching point is bold and underlined, so that it needs no color. */
function pointsOf(points: readonly AlarmPoint[]): Html {
  const shownPoints = points
    .slice(-mostPoints)
    .map((point) =>
      point === undefined
        ? html`<span class="muted point">·</span>`
        : html`<span class="point ${point.breaches ? 'bad breaches' : 'muted'}">${Number(point.value.toFixed(1))}</span>`,
    );
  const earlier = points.slice(0, -mostPoints);
  const breaching = earlier.filter((point) => point?.breaches).length;
  return html`${earlier.length > 0 && html`<span class="muted">${earlier.length} earlier ones, ${breaching} of them bad, then</span> `}${shownPoints}`;
}

/** Who sent an answer, in a word or two. */
const answerers = {
  okta: { word: 'Okta', color: 'good' },
  intermediary: { word: 'Something in between', color: 'bad' },
  unknown: { word: 'Okta or something in between', color: 'warning' },
  nobody: { word: 'No answer', color: 'bad' },
  resource: { word: 'Your API', color: 'muted' },
} as const satisfies Record<SeenRequest['ascription']['by'], object>;

function renderRequests(requests: readonly SeenRequest[]): Html {
  const counts = Map.groupBy(requests, ({ ascription: { by } }) => by);
  const words = [...counts].map(([by, { length }]) => `${answerers[by].word} ${length}`).join(', ');
  const rows = requests.slice(0, most.requests).map(requestRow);
  const left = requests.length - rows.length;
  return html`<h3>Who answered</h3><div class="scroll tall" role="region" aria-label="Who answered" tabindex="0"><table><caption>The requests of the last run of each check, by who answered: ${words || 'none'}.${left > 0 && ` ${left} are not shown.`}</caption><thead><tr><th scope="col">Check</th><th scope="col">Request</th><th scope="col">Answer</th><th scope="col">Answered by</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

function requestRow({ target, status, exchange, ascription }: SeenRequest): Html {
  const { method, url, at, requestId, error, failure, status: code } = exchange;
  const { word, color } = answerers[ascription.by];
  const why = describeSender(ascription).map((each) => each.slice(each.indexOf(': ') + 2));
  const answer = code === undefined ? (failure?.code ?? 'no answer') : String(code);
  const because = [error?.error ?? error?.errorCode, code === undefined ? undefined : failure?.code];
  return html`<tr><th scope="row">${foreign(target, 60)}<br>${shown(shownCells[status])}</th><td>${method} ${foreign(url)}<br><span class="muted">${plain(at, 30)}</span></td><td>${foreign(answer, 60)} ${because.map((each) => each !== undefined && foreign(each, 80))}${requestId !== undefined && html`<br><span class="muted">request id ${foreign(requestId, 80)}</span>`}</td><td><span class="${color}">${word}</span>${why.length > 0 && html`<br><span class="muted">${foreign(why.join('; '))}</span>`}</td></tr>`;
}
