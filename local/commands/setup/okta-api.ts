import type { Fetch, FetchInit } from '../../../functions/model/probe.ts';
import { linkToNext, nextPage } from '../../../functions/okta/next-page.ts';
import { parseOktaError } from '../../../functions/okta/okta-error.ts';
import { isRateLimited, parseRateLimit } from '../../../functions/okta/rate-limit.ts';
import { at, isObject, type Json } from './json.ts';
import { type AreaName, endless, incomplete, OktaRefusal, unreadable } from './refusals.ts';

export type WriteMethod = 'POST' | 'PUT' | 'DELETE';

/** The management API, as an administrator. One request at a time: Okta's limits for changes are small. */
export interface OktaApi {
  /** All pages of a list. Throws `OktaRefusal`. */
  list(path: string, area: AreaName): Promise<readonly Json[]>;
  /** Returns one resource, or undefined if it does not exist. Throws `OktaRefusal`. */
  get(path: string, area: AreaName): Promise<Json | undefined>;
  /** Changes a resource. A DELETE of a missing one succeeds. Throws `OktaRefusal`. */
  send(method: WriteMethod, path: string, area: AreaName, body?: Json): Promise<Json>;
}

/** Sends a request with the administrator's credential. */
export type AdminFetch = Fetch;

export interface OktaApiOptions {
  readonly origin: string;
  readonly fetch: AdminFetch;
  /** Waits, in milliseconds. */
  readonly wait: (ms: number) => Promise<void>;
  readonly now?: () => number;
  /** Told before a wait of some seconds. */
  readonly onWait?: (seconds: number) => void;
}

/** How often a request is sent that Okta did nothing for: of a used-up limit, or of policies that are being sorted. */
const mostAttempts = 7;

/** A window of Okta's rate limits, and what clocks may differ. */
const longestWaitMs = 90_000;

/** Ten times what Okta sends for a page of 200 applications. */
const mostBytes = 10 * 1024 * 1024;

/** The most pages of a list. Lists are small or narrowed down by a search. */
const mostPages = 100;

/** All pages of a list together, with the waits for rate limits. */
const longestListMs = 10 * 60_000;

class Incomplete extends Error {}

/** Fetches whole answers, of a size that Okta's have. Throws an `Error` for a larger one and for one that breaks off. */
export function fetchWhole(fetch: Fetch): Fetch {
  return async (url, init) => {
    const response = await fetch(url, init);
    const { status, headers, body } = response;
    const chunks: Uint8Array[] = [];
    let length = 0;
    try {
      for await (const chunk of body ?? []) {
        length += chunk.length;
        if (length > mostBytes) break;
        chunks.push(chunk);
      }
    } catch {
      throw new Incomplete('the answer broke off');
    }
    if (length > mostBytes) throw new Incomplete('the answer is too large');
    return new Response(length === 0 ? null : Buffer.concat(chunks), { status, headers });
  };
}

/**
 * Opens the management API of an org.
 *
 * Trap: only what Okta certainly did nothing for is sent again: 429 and 423 of anything, and a failed read. A write whose
 * answer was lost may have been done, and the next call of the command finds out.
 */
export function openOktaApi({ origin, fetch, wait, now = Date.now, onWait }: OktaApiOptions): OktaApi {
  const fetchAnswer = fetchWhole(fetch);
  async function attempt(url: string, init: FetchInit, area: AreaName, tries = 1): Promise<Response> {
    const { method = 'GET' } = init;
    // The administrator's credential goes nowhere else.
    if (!url.startsWith(`${origin}/`)) throw new Error('unreachable: a request to another host');
    const response = await fetchAnswer(url, init).catch((error: unknown) => {
      if (!(error instanceof Incomplete)) throw error;
      throw new OktaRefusal({ area, status: 200, code: incomplete, writes: method !== 'GET' });
    });
    if (response.ok) return response;
    const { status, headers } = response;
    const text = await response.text();
    const error = parseOktaError(headers, text);
    const code = error.errorCode ?? error.error;
    const pauseMs = pauseOf(status, error.errorCode, method, headers, tries);
    if (pauseMs !== undefined && tries < mostAttempts) {
      onWait?.(Math.ceil(pauseMs / 1000));
      await wait(pauseMs);
      return attempt(url, init, area, tries + 1);
    }
    if (status === 404 && code === notFound) return response;
    throw new OktaRefusal({ area, status, code, writes: method !== 'GET', exists: isDuplicate(status, code, text) });
  }

  /** How long to wait before the request is sent again, or undefined if it must not be. */
  function pauseOf(status: number, errorCode: string | undefined, method: string, headers: Headers, tries: number) {
    const backoffMs = 500 * 2 ** (tries - 1) * (1 + Math.random());
    if (isRateLimited({ status, ...(errorCode && { error: { shape: 'envelope', errorCode } }) })) {
      const seconds = parseRateLimit(headers, now())?.secondsToReset;
      return Math.min(longestWaitMs, seconds === undefined ? backoffMs : (seconds + 1) * 1000);
    }
    if (status === 423) return backoffMs;
    return status >= 500 && method === 'GET' && tries <= 3 ? backoffMs : undefined;
  }

  const read = (url: string, area: AreaName) => attempt(url, { headers: { accept: 'application/json' } }, area);

  return {
    async list(path, area) {
      const items: Json[] = [];
      const pages = new Set<string>();
      const startedAt = now();
      for (let url: string | undefined = `${origin}${path}`; url !== undefined; ) {
        pages.add(url);
        const response = await read(url, area);
        if (!response.ok) throw new OktaRefusal({ area, status: response.status, code: notFound, writes: false });
        const page = itemsOf(await bodyOf(response, area));
        // Taken for an empty list, everything would seem to be missing.
        if (!page) throw new OktaRefusal({ area, status: response.status, code: unreadable, writes: false });
        items.push(...page);
        url = nextPage(response.headers, url);
        // Taken for the whole list, the rest of it would seem to be missing.
        const isElsewhere = url === undefined && linkToNext(response.headers) !== undefined;
        const hasNoEnd = url !== undefined && (pages.has(url) || pages.size >= mostPages);
        if (isElsewhere || hasNoEnd || now() - startedAt > longestListMs)
          throw new OktaRefusal({ area, status: response.status, code: endless, writes: false });
      }
      return items;
    },

    async get(path, area) {
      const response = await read(`${origin}${path}`, area);
      if (!response.ok) return undefined;
      const body = await bodyOf(response, area);
      return isObject(body) ? body : {};
    },

    async send(method, path, area, body) {
      const headers = { accept: 'application/json', ...(body && { 'content-type': 'application/json' }) };
      const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
      const response = await attempt(`${origin}${path}`, init, area);
      if (!response.ok && method !== 'DELETE')
        throw new OktaRefusal({ area, status: response.status, code: notFound, writes: true });
      const answer = response.ok ? await bodyOf(response, area, true) : {};
      return isObject(answer) ? answer : {};
    },
  };
}

/** Okta has no code for most duplicates, so they are recognised by its words. */
function isDuplicate(status: number, code: string | undefined, text: string): boolean {
  return code === 'E0000055' || (status === 400 && /already (exists|in use)/i.test(text));
}

/**
 * Okta lists most things in an array, and the keys of a client in a key set. Undefined if it is neither.
 *
 * Trap: of `credentials/jwks`, Okta's example has `jwks.keys`, and its schema has `keys`.
 */
function itemsOf(page: unknown): readonly Json[] | undefined {
  const list = [page, at(page, 'jwks', 'keys'), at(page, 'keys')].find(Array.isArray);
  return list?.filter(isObject);
}

/** The JSON of a success. Its text is not repeated: it may be anything. */
async function bodyOf(response: Response, area: AreaName, writes = false): Promise<unknown> {
  const text = await response.text();
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    throw new OktaRefusal({ area, status: response.status, code: unreadable, writes });
  }
}

/** Okta's code for a resource that is not there. */
const notFound = 'E0000007';

/** An API token of an administrator, in Okta's own scheme. */
export function withApiToken(token: string, fetch: Fetch): AdminFetch {
  return (url, init = {}) => fetch(url, { ...init, headers: { ...init.headers, authorization: `SSWS ${token}` } });
}
