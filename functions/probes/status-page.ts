import { ProbeFailure } from '../diagnosis/probe-failure.ts';
import type { Org } from '../model/org.ts';
import { defineProbe, type ProbeContext } from '../model/probe.ts';
import {
  cellOfCanonicalName,
  parseStatusFeed,
  parseStatusPage,
  type StatusIncident,
  type StatusReport,
} from '../okta/status-page.ts';

/** The levels of the metric, so that a graph can show them. */
const level = { operational: 0, elsewhere: 1, ours: 2 } as const;

/**
 * Does Okta itself announce trouble on this org's cell? The page is read first; the feed stands in when the page
 * cannot be read. It annotates what other probes find and wakes nobody by itself.
 */
export const statusPage = defineProbe({
  id: 'status-page',
  question: "Does Okta announce an incident on this org's cell?",
  group: 'status',
  scope: 'org',
  requests: ['status-page'],
  timed: false,
  metrics: {
    IncidentLevel: {
      unit: 'None',
      statistic: 'Maximum',
      help: '0 operational, 1 an incident on other cells, 2 on ours; no point when the page cannot be read.',
    },
  },
  async run({ org, now, fetch, canonicalName }) {
    const report = await readStatus(org, now, fetch);
    if (report.state === 'unknown') throw new ProbeFailure('status-unknown', report.why);
    const cell = org.cell ?? (await detectCell(org.domain, canonicalName));
    const ours = report.incidents.filter(({ cells }) => cell !== undefined && cells.includes(cell));
    if (ours.length > 0) {
      const readings = { IncidentLevel: level.ours };
      throw new ProbeFailure('announced-incident', { detail: ours.slice(0, 10).map(describe).join('; '), readings });
    }
    return {
      readings: { IncidentLevel: report.incidents.length > 0 ? level.elsewhere : level.operational },
      notes: [`cell ${cell ?? 'unknown'}`, ...report.incidents.slice(0, 10).map(describe)],
    };
  },
});

async function readStatus(org: Org, now: () => number, fetch: ProbeContext['fetch']): Promise<StatusReport> {
  const page = await read(org.statusPage.page, fetch, parseStatusPage);
  if (page.state === 'known') return page;
  const feed = await read(org.statusPage.feed, fetch, (xml) => parseStatusFeed(xml, now()));
  return feed.state === 'known' ? feed : { state: 'unknown', why: `page: ${page.why}; feed: ${feed.why}` };
}

/** Whatever goes wrong here is "unknown": the page's trouble is not the org's. */
async function read(
  url: string,
  fetch: ProbeContext['fetch'],
  parse: (text: string) => StatusReport,
): Promise<StatusReport> {
  try {
    const response = await fetch(url, { headers: { accept: 'text/html, application/atom+xml' } });
    return response.status === 200
      ? parse(await response.text())
      : { state: 'unknown', why: `status ${response.status}` };
  } catch (error) {
    return { state: 'unknown', why: error instanceof Error ? error.message : 'no answer' };
  }
}

/** Only Okta's own names tell the cell; a custom domain's CNAME says nothing of it. */
async function detectCell(domain: string, canonicalName: ProbeContext['canonicalName']): Promise<string | undefined> {
  if (!domain.endsWith('.okta.com')) return undefined;
  const name = await canonicalName(domain);
  return name === undefined ? undefined : cellOfCanonicalName(name);
}

function describe({ name, category, cells, title }: StatusIncident): string {
  return [name, category, title, cells.length > 0 ? `on ${cells.join(', ')}` : 'no cell named']
    .filter(Boolean)
    .join(', ');
}
