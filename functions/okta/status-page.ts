import { DomUtils } from 'htmlparser2';
import { memberAt } from './json-fields.ts';
import { isOktaHost } from './okta-domains.ts';
import { ownText, parseMarkup } from './parse-markup.ts';

/** One announced incident that is not resolved. */
export interface StatusIncident {
  readonly name: string;
  readonly title: string;
  readonly category: string;
  /** The affected cells, such as `okta.com:8`. Empty if the announcement names none. */
  readonly cells: readonly string[];
}

/** The contents of Okta's status page. If it cannot be read, the state is unknown and never operational. */
export type StatusReport =
  | { readonly state: 'known'; readonly source: 'page' | 'feed'; readonly incidents: readonly StatusIncident[] }
  | { readonly state: 'unknown'; readonly why: string };

const dayMs = 24 * 3600 * 1000;
const freshDays = 90;

/** Statuses of records that do not affect anyone now. */
const closed = /^(resolved|completed|closed|scheduled|postponed|cancell?ed)$/i;

/**
 * Parses Okta's status page. It has JSON records in hidden elements, each named by a `data-id`.
 *
 * Trap: the page does not serve Statuspage JSON, and the `id` of the elements changes with each release. Only `data-id`
 * is stable. https://status.okta.com/
 */
export function parseStatusPage(html: string): StatusReport {
  const text = textOf(html, 'incidents');
  if (text === undefined) return { state: 'unknown', why: 'the page has no list of incidents' };
  let records: unknown;
  try {
    records = JSON.parse(text);
  } catch {
    return { state: 'unknown', why: 'the list of incidents is not JSON' };
  }
  if (!Array.isArray(records)) return { state: 'unknown', why: 'the list of incidents is not a list' };
  if (records.length > 0 && !records.some((record) => typeof memberAt(record, 'Status__c') === 'string'))
    return { state: 'unknown', why: 'none of the incidents has a status' };
  const incidents = records.flatMap((record: Record<string, unknown> | null) => {
    const status = record?.Status__c;
    // A record without a status does not count as resolved.
    if (typeof record !== 'object' || record === null || (typeof status === 'string' && closed.test(status))) return [];
    if (/maintenance/i.test(string(record.Category__c))) return [];
    return [
      {
        name: string(record.Name),
        title: string(record.Incident_Title__c),
        category: string(record.Category__c),
        cells: string(record.Impacted_Cells__c)
          .split(';')
          .map((cell) => cell.trim())
          .filter((cell) => cell !== ''),
      },
    ];
  });
  return { state: 'known', source: 'page', incidents };
}

/**
 * Parses the Atom feed of Okta's status page. It names no cells. An entry counts as open for one day unless its title
 * says that it is resolved.
 *
 * Trap: a feed that is no longer updated looks operational. Okta announces something several times a month, so a feed
 * without an entry of the last three months is unknown, and so is one without entries.
 */
export function parseStatusFeed(xml: string, now: number): StatusReport {
  const feed = DomUtils.getFeed(parseMarkup(xml, { xmlMode: true }));
  if (!feed || feed.items.length === 0) return { state: 'unknown', why: 'the feed has no entries' };
  const newest = Math.max(...feed.items.map((item) => item.pubDate?.getTime() ?? 0));
  if (now - newest > freshDays * dayMs) {
    return { state: 'unknown', why: `the newest entry in the feed is over ${freshDays} days old` };
  }
  const incidents = feed.items
    .filter((item) => now - (item.pubDate?.getTime() ?? 0) < dayMs && !/^\s*resolved\b/i.test(item.title ?? ''))
    .map((item) => ({ name: string(item.id), title: string(item.title), category: '', cells: [] }));
  return { state: 'known', source: 'feed', incidents };
}

/** The families of cells on the status page, by the letters with which host names begin. */
const cellFamilies: Readonly<Record<string, string>> = { ok: 'okta.com', op: 'oktapreview.com', eu: 'okta-emea.com' };

/**
 * The cell of an org from the canonical name of its host: `okta.com:8` for `ok8-crtrs.tng.okta.com`. Undefined for other
 * names, such as that of a custom domain.
 */
export function cellOfCanonicalName(name: string): string | undefined {
  const host = name.replace(/\.$/, '');
  const [, letters = '', number] = /^(ok|op|eu)(\d{1,3})-[\w-]+(?:\.[\w-]+)+$/i.exec(host) ?? [];
  return number !== undefined && isOktaHost(host) ? `${cellFamilies[letters.toLowerCase()]}:${number}` : undefined;
}

/**
 * Whether a status page is known to announce incidents of this host. Okta's own page covers its commercial domains, and
 * custom domains of orgs there. Government and military orgs have pages of their own.
 */
export function covers(page: string, hostname: string): boolean {
  const isCommercial = Object.values(cellFamilies).some((domain) => hostname.toLowerCase().endsWith(`.${domain}`));
  return new URL(page).hostname !== 'status.okta.com' || isCommercial || !isOktaHost(hostname);
}

function textOf(html: string, dataId: string): string | undefined {
  const element = DomUtils.findOne(({ attribs }) => attribs['data-id'] === dataId, parseMarkup(html));
  return element ? ownText(element) : undefined;
}

function string(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 300) : '';
}
