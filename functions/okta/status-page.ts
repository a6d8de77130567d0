import { DomUtils } from 'htmlparser2';
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
 * Trap: a feed that is no longer updated looks operational. A feed without entries is unknown.
 */
export function parseStatusFeed(xml: string, now: number): StatusReport {
  const feed = DomUtils.getFeed(parseMarkup(xml, { xmlMode: true }));
  if (!feed || feed.items.length === 0) return { state: 'unknown', why: 'the feed has no entries' };
  const yearMs = 365 * 24 * 3600 * 1000;
  const newest = Math.max(...feed.items.map((item) => item.pubDate?.getTime() ?? 0));
  if (now - newest > yearMs) return { state: 'unknown', why: 'the newest entry in the feed is over a year old' };
  const dayMs = 24 * 3600 * 1000;
  const incidents = feed.items
    .filter((item) => now - (item.pubDate?.getTime() ?? 0) < dayMs && !/^\s*resolved\b/i.test(item.title ?? ''))
    .map((item) => ({ name: string(item.id), title: string(item.title), category: '', cells: [] }));
  return { state: 'known', source: 'feed', incidents };
}

/**
 * The cell of an org from the canonical name of its okta.com host: `okta.com:8` for `ok8-crtrs.tng.okta.com`.
 * Undefined for other names, such as that of a custom domain.
 */
export function cellOfCanonicalName(name: string): string | undefined {
  const number = /^ok(\d{1,3})-[\w-]+(?:\.[\w-]+)*\.okta\.com\.?$/i.exec(name)?.[1];
  return number === undefined ? undefined : `okta.com:${number}`;
}

function textOf(html: string, dataId: string): string | undefined {
  const element = DomUtils.findOne(({ attribs }) => attribs['data-id'] === dataId, parseMarkup(html));
  return element ? ownText(element) : undefined;
}

function string(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 300) : '';
}
