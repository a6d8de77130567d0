import { finding } from '../findings/finding.ts';
import { ProbeFailure } from '../findings/probe-failure.ts';
import type { Finding } from '../model/finding.ts';
import type { StatusPage } from '../model/org.ts';
import { defineProbe, type ProbeContext } from '../model/probe.ts';
import { formatDuration, formatTime } from '../model/text.ts';
import { endpointUrl } from '../okta/endpoints.ts';
import { memberAt, textAt } from '../okta/json-fields.ts';
import { isOktaHost } from '../okta/okta-domains.ts';
import { readOrgMetadata } from '../okta/org-metadata.ts';
import { writeNotes } from '../okta/status-notes.ts';
import {
  cellOfCanonicalName,
  cellOfShortName,
  covers,
  isCurrent,
  parseStatusPage,
  type StatusIncident,
  type StatusReport,
} from '../okta/status-page.ts';

/** The values of the metric `IncidentLevel`. */
const incidentLevel = { operational: 0, notOwnCell: 1, ownCell: 2 } as const;

/**
 * Reads Okta's announcements for this org's cell from the status page. Each incident is a ticket, sent once, and a line of
 * every message meanwhile. They page nobody: other probes show whether the org is affected.
 *
 * Trap: where the cell is not known, or an incident names none, it is not known whether the incident affects the org.
 */
export const statusPage = defineProbe({
  id: 'status-page',
  question: "Does Okta announce an incident on this org's cell?",
  group: 'status',
  scope: 'org',
  requires: ['statusPage'],
  requests: ['status-page', 'organization'],
  remembers: true,
  timed: false,
  metrics: {
    IncidentLevel: {
      unit: 'None',
      statistic: 'Maximum',
      help: "0 no incident, 1 incident that is not known to be on the org's cell, 2 incident on the org's cell. No data point if the page cannot be read.",
    },
  },
  async run(context) {
    const { org, now, fetch } = context;
    const { hostname } = new URL(`https://${org.domain}`);
    const { statusPage: settings } = org;
    if (!settings) throw new Error(`org ${org.name} has no status page`);
    if (!covers(settings.page, hostname))
      throw new ProbeFailure('status-unknown', `${settings.page} does not cover ${hostname}`);
    const report = await read(settings.page, fetch);
    if (report.state === 'unknown') throw new ProbeFailure('status-unknown', report.why);
    const { cell, isSilent } = await recall(context, hostname, report.incidents);
    const incidents = report.incidents.filter((each) => isCurrent(each, now()));
    const {
      own = [],
      elsewhere = [],
      unplaced = [],
    } = Object.groupBy(incidents, ({ cells }) =>
      cell === undefined || cells.length === 0 ? 'unplaced' : cells.includes(cell) ? 'own' : 'elsewhere',
    );
    const level = own.length > 0 ? 'ownCell' : incidents.length > 0 ? 'notOwnCell' : 'operational';
    return {
      readings: { IncidentLevel: incidentLevel[level] },
      notes: writeNotes({
        ...(cell !== undefined && { cell }),
        own: describeAll(own),
        elsewhere: describeAll(elsewhere),
        unplaced: describeAll(unplaced),
      }),
      warnings: own.map((each) => announced(each, now(), isSilent(each) || !isWanted(each, settings))),
    };
  },
});

/** Any error here makes the state unknown, because a problem with the page is not a problem with the org. */
async function read(url: string, fetch: ProbeContext['fetch']): Promise<StatusReport> {
  try {
    const response = await fetch(url, { headers: { accept: 'text/html' } });
    return response.status === 200
      ? parseStatusPage(await response.text())
      : { state: 'unknown', why: `status ${response.status}` };
  } catch (error) {
    return { state: 'unknown', why: error instanceof Error ? error.message : 'no response' };
  }
}

/** What the probe knows from run to run. */
interface Remembered {
  readonly cell?: string;
  /** The incidents that were open when the org was first monitored: they are no news. */
  readonly silent: readonly string[];
}

/**
 * Returns the org's cell, and which incidents are no news. The first run remembers all open ones, so that a deployment or
 * an upgrade alerts nobody. The cell is remembered too, because an org that cannot be reached does not name it.
 */
async function recall(
  context: Pick<ProbeContext, 'org' | 'server' | 'fetch' | 'canonicalName' | 'memory'>,
  hostname: string,
  incidents: readonly StatusIncident[],
): Promise<{ readonly cell: string | undefined; readonly isSilent: (incident: StatusIncident) => boolean }> {
  const memory = context.memory.of('status-page');
  const [found, remembered] = await Promise.all([
    findCell(context, hostname),
    memory.read().then(rememberedIn, () => 'unreadable' as const),
  ]);
  // A ticket that is a run late is better than one about what was known before.
  if (remembered === 'unreadable') return { cell: found, isSilent: () => true };
  const cell = found ?? remembered?.cell;
  const silent = remembered?.silent ?? incidents.map(keyOf);
  if (!remembered || cell !== remembered.cell) {
    const next: Remembered = { ...(cell !== undefined && { cell }), silent };
    // If it cannot be written, the next run is the first one.
    await memory.write(next).catch(() => {});
  }
  return { cell, isSilent: (incident) => silent.includes(keyOf(incident)) };
}

/** Undefined before the first run. Trap: an item that was changed by hand may hold anything. */
function rememberedIn(value: unknown): Remembered | undefined {
  const silent = memberAt(value, 'silent');
  const cell = textAt(value, 'cell');
  if (!Array.isArray(silent)) return undefined;
  return { ...(cell !== undefined && { cell }), silent: silent.filter((key) => typeof key === 'string') };
}

/** The org's metadata names its cell, also on a custom domain. An older org's may not: then DNS shows it, on Okta's domains. */
async function findCell(
  { org, server, fetch, canonicalName }: Parameters<typeof recall>[0],
  hostname: string,
): Promise<string | undefined> {
  if (org.cell !== undefined) return org.cell;
  const named = await fetch(endpointUrl(org.domain, server, 'organization'))
    .then((response) => response.json())
    .then((metadata) => cellOfShortName(readOrgMetadata(metadata).cell))
    .catch(() => undefined);
  if (named !== undefined || !isOktaHost(hostname)) return named;
  const name = await canonicalName(hostname);
  return name === undefined ? undefined : cellOfCanonicalName(name);
}

/** An incident that names no part of the service may be of any. */
function isWanted({ subService }: StatusIncident, { tell = 'all' }: StatusPage): boolean {
  if (typeof tell === 'string') return tell === 'all';
  if (subService === '') return true;
  return tell.some((name) => name.toLowerCase() === subService.toLowerCase());
}

/** The same at each update of an incident. */
function keyOf({ name, title }: StatusIncident): string {
  return `status-page/${name || title}`;
}

function announced(incident: StatusIncident, now: number, isQuiet: boolean): Finding {
  const detail = describe(incident, now);
  return finding('announced-incident', isQuiet ? { detail, severity: 'info' } : { detail, once: [keyOf(incident)] });
}

function describeAll(incidents: readonly StatusIncident[]): readonly string[] {
  return incidents.slice(0, 5).map((each) => describe(each));
}

/** With the age at this time, if it is given. */
function describe(incident: StatusIncident, now?: number): string {
  const { name, category, subService, feature, title, cells, audience } = incident;
  return [
    name,
    category,
    [subService, feature].filter(Boolean).join(' / '),
    title,
    cells.length > 0 ? `on ${cells.join(', ')}` : 'no cells named',
    audience.length > 0 ? `for ${audience.join(', ')}` : '',
    timesOf(incident, now),
  ]
    .filter(Boolean)
    .join(', ');
}

function timesOf({ startedAt, postedAt }: StatusIncident, now = 0): string {
  if (startedAt === undefined) return postedAt === undefined ? '' : `posted ${formatTime(postedAt)}`;
  const delay = postedAt === undefined ? 0 : postedAt - startedAt;
  const posted = delay >= 60_000 ? `, posted ${formatDuration(delay)} later` : '';
  const age = now > startedAt ? `, ${formatDuration(now - startedAt)} ago` : '';
  return `began ${formatTime(startedAt)}${age}${posted}`;
}
