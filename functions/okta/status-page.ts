import { DomUtils } from 'htmlparser2';
import { ownText } from './own-text.ts';
import { parseMarkup } from './parse-markup.ts';

/** One announced incident that has not been resolved. */
export interface StatusIncident {
  readonly name: string;
  readonly title: string;
  readonly category: string;
  /** The cells that it touches, such as `okta.com:8`. Empty where the announcement names none. */
  readonly cells: readonly string[];
}

/** What Okta's status page says. A page that cannot be read is unknown, and never operational. */
export type StatusReport =
  | { readonly state: 'known'; readonly source: 'page' | 'feed'; readonly incidents: readonly StatusIncident[] }
  | { readonly state: 'unknown'; readonly why: string };

/** Kinds of record that do not disturb anyone now. */
const closed = /^(resolved|completed|closed|scheduled|postponed|cancell?ed)$/i;

/**
 * Reads Okta's status page: records in JSON inside hidden elements that a `data-id` names.
 *
 * Trap: Okta's page is its own and serves no Statuspage JSON; the elements' `id` changes with each release, so only
 * `data-id` may be relied on. https://status.okta.com/
 */
export function parseStatusPage(html: string): StatusReport {
  const text = textOf(html, 'incidents');
  if (text === undefined) return { state: 'unknown', why: 'the page holds no list of incidents' };
  let records: unknown;
  try {
    records = JSON.parse(text);
  } catch {
    return { state: 'unknown', why: 'the list of incidents is not JSON' };
  }
  if (!Array.isArray(records)) return { state: 'unknown', why: 'the list of incidents is not a list' };
  const incidents = records.flatMap((record: Record<string, unknown> | null) => {
    const status = record?.Status__c;
    // A record without a status cannot be called resolved.
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
 * Reads the Atom feed that Okta documents for its status. It names no cells, and an entry whose title does not say
 * that it is resolved counts as open while it is young.
 *
 * Trap: a feed that has stopped being written looks like peace. With no entry at all it is unknown.
 */
export function parseStatusFeed(xml: string, now: number): StatusReport {
  const feed = DomUtils.getFeed(parseMarkup(xml, { xmlMode: true }));
  if (!feed || feed.items.length === 0) return { state: 'unknown', why: 'the feed holds no entry' };
  const yearMs = 365 * 24 * 3600 * 1000;
  const newest = Math.max(...feed.items.map((item) => item.pubDate?.getTime() ?? 0));
  if (now - newest > yearMs) return { state: 'unknown', why: 'the newest entry of the feed is over a year old' };
  const dayMs = 24 * 3600 * 1000;
  const incidents = feed.items
    .filter((item) => now - (item.pubDate?.getTime() ?? 0) < dayMs && !/^\s*resolved\b/i.test(item.title ?? ''))
    .map((item) => ({ name: string(item.id), title: string(item.title), category: '', cells: [] }));
  return { state: 'known', source: 'feed', incidents };
}

/**
 * The cell of an org by the canonical name of its okta.com host, such as `ok8-crtrs.tng.okta.com`: `okta.com:8`.
 * Undefined for a name that tells nothing, as that of a custom domain.
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
