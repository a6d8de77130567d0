import { comparisonsOf } from '../findings/comparisons.ts';
import { finding } from '../findings/finding.ts';
import { ProbeFailure, UnexpectedResponse } from '../findings/probe-failure.ts';
import { clockOffsetMs, type Exchange } from '../model/exchange.ts';
import type { Finding } from '../model/finding.ts';
import type { HealthProbe, HealthSettings, Org } from '../model/org.ts';
import type { Endpoint, ProbeContext, ProbeResult } from '../model/probe.ts';
import { identified } from '../okta/certificate-keys.ts';
import { apiScopes, endpointUrl, locate, mayRead } from '../okta/endpoints.ts';
import type { JsonObject } from '../okta/json-fields.ts';
import { linkToNext, nextPage } from '../okta/next-page.ts';
import { isFromOkta } from '../okta/sender.ts';

/** How much time a probe has for requests that it can leave out. The function has some 25 s. */
const patienceMs = 12_000;

export interface ListOptions {
  /** The URL, if it is not that of the endpoint alone. */
  readonly url?: string;
  /** How many pages are read at most: each is a request. */
  readonly pages?: number;
  /** Where the list is in the answer, if the answer is not the list. */
  readonly within?: (document: unknown) => unknown;
}

/** Reads the management API for one probe, and keeps what could not be read. */
export interface ApiReader {
  /** A list, or undefined if the monitor may not read it. `what` names it for people. */
  list(what: string, endpoint: Endpoint, options?: ListOptions): Promise<readonly JsonObject[] | undefined>;
  /** One object, `missing` if Okta has none, or undefined if the monitor may not read it. */
  item(what: string, endpoint: Endpoint, url: string): Promise<JsonObject | 'missing' | undefined>;
  /** Whether there is time for requests that can be left out. */
  hasTime(): boolean;
  /** The time by the clock of the answers, in epoch milliseconds. */
  time(): number;
  /** The parts that were not checked, in words. */
  readonly notes: string[];
  /** Keys of things that are in order: see `ProbeResult`. */
  readonly mended: string[];
  /** The parts that were not checked although the configuration demands it. */
  readonly warnings: Finding[];
  /** Returns the probe's findings, and notes about the parts that it could not read. */
  resultWith(
    found: readonly Finding[],
  ): Pick<ProbeResult, 'notes' | 'warnings' | 'mended'> & { readonly readings: Readonly<Record<never, never>> };
}

/** The context of a probe that calls the management API. */
export type ApiContext = ProbeContext<'apiAccess'>;

/** The settings of the checks. Probes that need them are disabled without them. */
export function healthOf({ health }: Org): HealthSettings {
  if (!health) throw new Error('the org has no health settings');
  return health;
}

/**
 * What the monitor may not read, for want of a scope, an admin role or a feature of the org, is a note: many orgs give a
 * monitor few rights, and nothing is wrong then. For what `health.required` names it is a finding. A fault of Okta's ends
 * the probe.
 *
 * Trap: an admin role may cover a part of a list only. Then the list is shorter, and nothing shows that.
 */
export function openApiReader(
  { org, server, now, fetch, credentials, exchanges }: ApiContext,
  probe: HealthProbe,
): ApiReader {
  const startedAt = now();
  const notes: string[] = [];
  const mended: string[] = [];
  const warnings: Finding[] = [];
  const isRequired = healthOf(org).required?.includes(probe) ?? false;

  function unread(
    what: string,
    code: 'api-scope-missing' | 'admin-role-missing',
    exchange: Pick<Exchange, 'url'>,
  ): void {
    const lacks = code === 'api-scope-missing' ? 'scope' : 'admin role';
    const endpoint = locate(exchange.url)?.endpoint;
    notes.push(`not checked: ${what}, for want of the ${lacks} for ${(endpoint && apiScopes[endpoint]) ?? 'it'}`);
    if (isRequired && !warnings.some((known) => known.code === code))
      warnings.push(
        finding(code, { detail: `not checked: ${what}`, comparisons: comparisonsOf(code, { org, server, exchange }) }),
      );
  }

  /** The response with a document, or why it is missing. */
  async function get(what: string, endpoint: Endpoint, url: string): Promise<Response | 'missing' | undefined> {
    if (!mayRead(org, endpoint)) {
      unread(what, 'api-scope-missing', { url });
      return undefined;
    }
    const response = await credentials.callApi(url, fetch);
    if (response.status === 200) return response;
    const last = exchanges.at(-1);
    if (!last || !isFromOkta(last)) throw new UnexpectedResponse();
    const { error, status = 0 } = last;
    if (error?.errorCode === 'E0000015') notes.push(`not checked: ${what}, which this org does not have`);
    else if (status === 403 && error?.error === 'insufficient_scope') unread(what, 'api-scope-missing', last);
    else if (status === 403 && error?.shape !== 'html') unread(what, 'admin-role-missing', last);
    else if (status === 404) return 'missing';
    else throw new UnexpectedResponse();
    return undefined;
  }

  async function documentOf(what: string, response: Response): Promise<unknown> {
    try {
      return await response.json();
    } catch {
      throw new ProbeFailure('health-unread', `${what}: the answer is not JSON`);
    }
  }

  return {
    notes,
    mended,
    warnings,
    resultWith: (found) => ({ readings: {}, notes, mended, warnings: [...warnings, ...found] }),
    hasTime: () => now() - startedAt < patienceMs,
    time: () => now() + clockOffsetMs(exchanges),
    async list(
      what,
      endpoint,
      { url = endpointUrl(org.domain, server, endpoint), pages = 1, within = (list: unknown) => list } = {},
    ) {
      const all: JsonObject[] = [];
      let next: string | undefined = url;
      let hasMore = false;
      for (let page = 0; next !== undefined && page < pages; page += 1) {
        const response = await get(what, endpoint, next);
        if (response === 'missing') notes.push(`not checked: ${what}, which Okta does not have here (404)`);
        if (response === undefined || response === 'missing') return undefined;
        const items = identified(within(await documentOf(what, response)));
        if (!items) throw new ProbeFailure('health-unread', `${what}: the answer is not a list of what it must be`);
        all.push(...items);
        hasMore = linkToNext(response.headers) !== undefined;
        next = nextPage(response.headers, next);
      }
      if (hasMore) notes.push(`${what}: only the first ${all.length} are checked`);
      return all;
    },
    async item(what, endpoint, url) {
      const response = await get(what, endpoint, url);
      if (response === undefined || response === 'missing') return response;
      const document = await documentOf(what, response);
      if (typeof document !== 'object' || document === null || Array.isArray(document))
        throw new ProbeFailure('health-unread', `${what}: the answer is not a JSON object`);
      return document as JsonObject;
    },
  };
}
