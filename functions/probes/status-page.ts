import { ProbeFailure } from '../findings/probe-failure.ts';
import type { Org } from '../model/org.ts';
import { defineProbe, type ProbeContext } from '../model/probe.ts';
import { isOktaHost } from '../okta/okta-domains.ts';
import { writeNotes } from '../okta/status-notes.ts';
import {
  cellOfCanonicalName,
  covers,
  parseStatusFeed,
  parseStatusPage,
  type StatusIncident,
  type StatusReport,
} from '../okta/status-page.ts';

/** The values of the metric `IncidentLevel`. */
const incidentLevel = { operational: 0, notOwnCell: 1, ownCell: 2 } as const;

/**
 * Reads Okta's announcements for this org's cell from the status page, or from the feed if the page cannot be read.
 * They add context to the findings of other probes and do not page anyone.
 *
 * Trap: where the cell is not known, or an incident names none, it is not known whether the incident affects the org.
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
      help: "0 no incident, 1 incident that is not known to be on the org's cell, 2 incident on the org's cell. No data point if the page cannot be read.",
    },
  },
  async run({ org, now, fetch, canonicalName }) {
    const hostname = hostnameOf(org);
    const { statusPage: pages } = org;
    if (!pages) throw new Error(`org ${org.name} has no status page`);
    if (!covers(pages.page, hostname))
      throw new ProbeFailure('status-unknown', `${pages.page} does not cover ${hostname}`);
    const report = await readStatus(pages, now, fetch);
    if (report.state === 'unknown') throw new ProbeFailure('status-unknown', report.why);
    const cell = org.cell ?? (await detectCell(hostname, canonicalName));
    const {
      own = [],
      elsewhere = [],
      unplaced = [],
    } = Object.groupBy(report.incidents, ({ cells }) =>
      cell === undefined || cells.length === 0 ? 'unplaced' : cells.includes(cell) ? 'own' : 'elsewhere',
    );
    if (own.length > 0) {
      const readings = { IncidentLevel: incidentLevel.ownCell };
      throw new ProbeFailure('announced-incident', { detail: describeAll(own).join('; '), readings });
    }
    return {
      readings: { IncidentLevel: report.incidents.length > 0 ? incidentLevel.notOwnCell : incidentLevel.operational },
      notes: writeNotes({
        ...(cell !== undefined && { cell }),
        ...{ elsewhere: describeAll(elsewhere), unplaced: describeAll(unplaced) },
      }),
    };
  },
});

async function readStatus(
  pages: NonNullable<Org['statusPage']>,
  now: () => number,
  fetch: ProbeContext['fetch'],
): Promise<StatusReport> {
  const page = await read(pages.page, fetch, parseStatusPage);
  if (page.state === 'known' || pages.feed === undefined) return page;
  const feed = await read(pages.feed, fetch, (xml) => parseStatusFeed(xml, now()));
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
async function detectCell(hostname: string, canonicalName: ProbeContext['canonicalName']): Promise<string | undefined> {
  if (!isOktaHost(hostname)) return undefined;
  const name = await canonicalName(hostname);
  return name === undefined ? undefined : cellOfCanonicalName(name);
}

function hostnameOf({ domain }: Org): string {
  return new URL(`https://${domain}`).hostname;
}

function describeAll(incidents: readonly StatusIncident[]): readonly string[] {
  return incidents.slice(0, 5).map(describe);
}

function describe({ name, category, cells, title }: StatusIncident): string {
  return [name, category, title, cells.length > 0 ? `on ${cells.join(', ')}` : 'no cells named']
    .filter(Boolean)
    .join(', ');
}
