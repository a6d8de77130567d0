import { DomUtils } from 'htmlparser2';
import { idAt, type JsonObject, memberAt, objectsIn, timeAt } from './json-fields.ts';
import { isOktaHost } from './okta-domains.ts';
import { ownText, parseMarkup } from './parse-markup.ts';

/** One announced incident that is not resolved. */
export interface StatusIncident {
  readonly name: string;
  readonly title: string;
  readonly category: string;
  /** The affected cells, such as `okta.com:8`. Empty if the announcement names none. */
  readonly cells: readonly string[];
  /** The part of Okta's service, such as `Single Sign-On`, and the feature of that part. Empty if not named. */
  readonly subService: string;
  readonly feature: string;
  /** Who is affected: `Admin`, `API Products`, `End user`. */
  readonly audience: readonly string[];
  /** When it began, by Okta's account, and when Okta posted it. Epoch milliseconds. */
  readonly startedAt?: number;
  readonly postedAt?: number;
}

/** The contents of Okta's status page. If it cannot be read, the state is unknown and never operational. */
export type StatusReport =
  | { readonly state: 'known'; readonly incidents: readonly StatusIncident[] }
  | { readonly state: 'unknown'; readonly why: string };

/**
 * How long after an incident's start Okta posted it, in minutes: counted over the incidents that the page listed in July
 * 2026, without one in which the page itself was out of reach. Half of them took 88 minutes or more.
 */
export const postingDelay = { least: 18, most: 285 } as const;

const dayMs = 24 * 3600 * 1000;

/** Statuses of records that do not affect anyone now. */
const closed = /^(resolved|completed|closed|scheduled|postponed|cancell?ed)$/i;

/**
 * Parses Okta's status page. It has JSON records in hidden elements, each named by a `data-id`.
 *
 * Trap: the page does not serve Statuspage JSON, and the `id` of the elements changes with each release. Only `data-id`
 * is stable. https://status.okta.com/
 */
export function parseStatusPage(html: string): StatusReport {
  const document = parseMarkup(html);
  const text = textOf(document, 'incidents');
  if (text === undefined) return { state: 'unknown', why: 'the page has no list of incidents' };
  const records = parseJson(text);
  if (records === undefined) return { state: 'unknown', why: 'the list of incidents is not JSON' };
  if (!Array.isArray(records)) return { state: 'unknown', why: 'the list of incidents is not a list' };
  if (records.length > 0 && !records.some((record) => typeof memberAt(record, 'Status__c') === 'string'))
    return { state: 'unknown', why: 'none of the incidents has a status' };
  const updates = Map.groupBy(objectsIn(parseJson(textOf(document, 'updates') ?? '')), (update) =>
    idAt(update, 'IncidentId__c'),
  );
  const incidents = objectsIn(records)
    // A record without a status does not count as resolved.
    .filter((record) => !closed.test(string(record.Status__c)) && !/maintenance/i.test(string(record.Category__c)))
    .map((record) => incidentOf(record, updates.get(idAt(record, 'Id')) ?? []));
  return { state: 'known', incidents };
}

function incidentOf(record: JsonObject, updates: readonly JsonObject[]): StatusIncident {
  const posted = [record, ...updates].flatMap((each) => timeAt(each, 'CreatedDate') ?? []);
  const startedAt = timeAt(record, 'Start_Time__c');
  return {
    name: string(record.Name),
    title: string(record.Incident_Title__c),
    category: string(record.Category__c),
    cells: list(record.Impacted_Cells__c),
    subService: string(record.Okta_Sub_Service__c),
    feature: string(record.Service_Feature__c),
    audience: list(record.Impacted_Audience__c),
    ...(startedAt !== undefined && { startedAt }),
    ...(posted.length > 0 && { postedAt: posted.reduce((first, next) => Math.min(first, next)) }),
  };
}

/**
 * Whether an open record describes the present. Okta leaves records open: two of them stayed so for a year. One that is
 * older than a day says nothing about now.
 */
export function isCurrent({ startedAt = 0, postedAt = 0 }: StatusIncident, now: number): boolean {
  const since = Math.max(startedAt, postedAt);
  return since === 0 || now - since <= dayMs;
}

/** The families of cells on the status page, by the letters with which their short names begin. */
const cellFamilies: Readonly<Record<string, string>> = { ok: 'okta.com', op: 'oktapreview.com', eu: 'okta-emea.com' };

/** The status page's name of a cell, `okta.com:8`, from the name in an org's metadata: `ok8`. */
export function cellOfShortName(name: unknown): string | undefined {
  if (typeof name !== 'string') return undefined;
  const [, letters = '', number] = /^(ok|op|eu)(\d{1,3})$/i.exec(name) ?? [];
  return number === undefined ? undefined : `${cellFamilies[letters.toLowerCase()]}:${number}`;
}

/**
 * The cell of an org from the canonical name of its host: `okta.com:8` for `ok8-crtrs.tng.okta.com`. Undefined for other
 * names, such as that of a custom domain.
 */
export function cellOfCanonicalName(name: string): string | undefined {
  const host = name.replace(/\.$/, '');
  const [, short] = /^(\w+)-[\w-]+(?:\.[\w-]+)+$/.exec(host) ?? [];
  return isOktaHost(host) ? cellOfShortName(short) : undefined;
}

/**
 * Whether a status page is known to announce incidents of this host. Okta's own page covers its commercial domains, and
 * custom domains of orgs there. Government and military orgs have pages of their own.
 */
export function covers(page: string, hostname: string): boolean {
  const isCommercial = Object.values(cellFamilies).some((domain) => hostname.toLowerCase().endsWith(`.${domain}`));
  return new URL(page).hostname !== 'status.okta.com' || isCommercial || !isOktaHost(hostname);
}

function textOf(document: ReturnType<typeof parseMarkup>, dataId: string): string | undefined {
  const element = DomUtils.findOne(({ attribs }) => attribs['data-id'] === dataId, document);
  return element ? ownText(element) : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Salesforce separates the values of a list with semicolons. */
function list(value: unknown): readonly string[] {
  return string(value)
    .split(';')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function string(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 300) : '';
}
