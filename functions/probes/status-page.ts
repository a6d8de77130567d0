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

/** The values of the metric `IncidentLevel`. */
const incidentLevel = { operational: 0, otherCells: 1, ownCell: 2 } as const;

/**
 * Reads Okta's announcements for this org's cell from the status page, or from the feed if the page cannot be read.
 * They add context to the findings of other probes and do not page anyone.
 */
export const statusPage = defineProbe({
  id: 'status-page',
  question: "Does Okta announce an incident on this org's cell?",
  group: 'status',
  scope: 'org',
  requires: ['statusPage'],
  requests: ['status-page'],
  timed: false,
  metrics: {
    IncidentLevel: {
      unit: 'None',
      statistic: 'Maximum',
      help: "0 operational, 1 incident on other cells only, 2 incident on the org's cell. No data point if the page cannot be read.",
    },
  },
  async run({ org, now, fetch, canonicalName }) {
    const report = await readStatus(org, now, fetch);
    if (report.state === 'unknown') throw new ProbeFailure('status-unknown', report.why);
    const cell = org.cell ?? (await detectCell(org.domain, canonicalName));
    const ownIncidents = report.incidents.filter(({ cells }) => cell !== undefined && cells.includes(cell));
    if (ownIncidents.length > 0) {
      const readings = { IncidentLevel: incidentLevel.ownCell };
      throw new ProbeFailure('announced-incident', {
        detail: ownIncidents.slice(0, 10).map(describe).join('; '),
        readings,
      });
    }
    return {
      readings: { IncidentLevel: report.incidents.length > 0 ? incidentLevel.otherCells : incidentLevel.operational },
      notes: [`cell: ${cell ?? 'unknown'}`, ...report.incidents.slice(0, 10).map(describe)],
    };
  },
});

async function readStatus(org: Org, now: () => number, fetch: ProbeContext['fetch']): Promise<StatusReport> {
  if (!org.statusPage) throw new Error(`org ${org.name} has no status page`);
  const page = await read(org.statusPage.page, fetch, parseStatusPage);
  if (page.state === 'known' || org.statusPage.feed === undefined) return page;
  const feed = await read(org.statusPage.feed, fetch, (xml) => parseStatusFeed(xml, now()));
  return feed.state === 'known' ? feed : { state: 'unknown', why: `page: ${page.why}; feed: ${feed.why}` };
}

/** Any error here makes the state unknown, because a problem with the page is not a problem with the org. */
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
    return { state: 'unknown', why: error instanceof Error ? error.message : 'no response' };
  }
}

/** The CNAME reveals the cell of Okta's own domains only, not of custom domains. */
async function detectCell(domain: string, canonicalName: ProbeContext['canonicalName']): Promise<string | undefined> {
  if (!domain.endsWith('.okta.com')) return undefined;
  const name = await canonicalName(domain);
  return name === undefined ? undefined : cellOfCanonicalName(name);
}

function describe({ name, category, cells, title }: StatusIncident): string {
  return [name, category, title, cells.length > 0 ? `on ${cells.join(', ')}` : 'no cells named']
    .filter(Boolean)
    .join(', ');
}
