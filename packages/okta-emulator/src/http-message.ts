import { randomBytes } from 'node:crypto';
import { IncomingMessage } from 'node:http';

/** One request, with its body read to the end. */
export interface OktaRequest {
  /** `X-Okta-Request-Id`, and the transaction of its events in the System Log. */
  readonly id: string;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: string;
  /** For its headers and its socket. Its body has been consumed. */
  readonly raw: IncomingMessage;
}

/** A response as data, so that an interceptor can still change it before it is sent. */
export interface OktaResponse {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly body: string;
  /** `application` by default. */
  readonly sender?: Sender;
}

/** Header names are in lower case. */
export type ResponseHeaders = Readonly<Record<string, string | readonly string[]>>;

/** The headers Okta sends with every response that must not be cached. */
export const noStore = { 'cache-control': 'no-cache, no-store', pragma: 'no-cache', expires: '0' } as const;

export async function readRequest(raw: IncomingMessage): Promise<OktaRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of raw) chunks.push(chunk);
  const url = raw.url ?? '/';
  const queryStart = url.indexOf('?');
  return {
    id: randomBytes(16).toString('hex'),
    method: raw.method ?? 'GET',
    path: queryStart < 0 ? url : url.slice(0, queryStart),
    query: new URLSearchParams(queryStart < 0 ? '' : url.slice(queryStart + 1)),
    body: Buffer.concat(chunks).toString(),
    raw,
  };
}

/** A request of the emulator to itself, from the same client. */
export function internalRequest(
  request: OktaRequest,
  given: {
    readonly method: string;
    readonly path: string;
    readonly query?: URLSearchParams;
    /** A form. */
    readonly body?: string;
    readonly cookies?: ReadonlyMap<string, string>;
  },
): OktaRequest {
  const { method, path, query = new URLSearchParams(), body = '', cookies } = given;
  const { cookie: _, 'content-length': __, 'content-type': ___, ...kept } = request.raw.headers;
  const raw = new IncomingMessage(request.raw.socket);
  raw.method = method;
  raw.url = query.size > 0 ? `${path}?${query}` : path;
  raw.httpVersion = request.raw.httpVersion;
  raw.headers = {
    ...kept,
    ...(cookies && { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') }),
    ...(body !== '' && {
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': String(Buffer.byteLength(body)),
    }),
  };
  return { id: request.id, method, path, query, body, raw };
}

export function jsonResponse(status: number, value: unknown, headers: ResponseHeaders = {}): OktaResponse {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(value) };
}

export function htmlResponse(status: number, body: string, headers: ResponseHeaders = {}): OktaResponse {
  return { status, headers: { 'content-type': 'text/html;charset=utf-8', ...headers }, body };
}

export function redirectResponse(location: string, headers: ResponseHeaders = {}): OktaResponse {
  return { status: 302, headers: { location, ...headers }, body: '' };
}

export function emptyResponse(status: number, headers: ResponseHeaders = {}): OktaResponse {
  return { status, headers, body: '' };
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** The cookies that a request carries, by name. */
export function cookiesOf({ raw }: OktaRequest): Map<string, string> {
  const pairs = (raw.headers.cookie ?? '').split(/; */).filter(Boolean);
  return new Map(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
}

/** Replaces the cookies of a request. */
export function setCookies({ raw }: OktaRequest, cookies: ReadonlyMap<string, string>): void {
  if (cookies.size === 0) delete raw.headers.cookie;
  else raw.headers.cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
}

/**
 * What sends a response, from the inside out:
 *
 * - `application`: the org.
 * - `filter`: the org, before it routes the request: rate limits and some licenses.
 * - `server`: the server in front of the org, for requests that it cannot route.
 * - `front`: the front of all orgs, for hosts that are no org.
 * - `other`: not the org: the status page, or something between the client and Okta.
 */
export type Sender = 'application' | 'filter' | 'server' | 'front' | 'other';

/**
 * The headers that a sender adds to every response.
 *
 * Trap: `server` and `front` send no `x-okta-request-id`, so a response without it may still be Okta's.
 */
export function senderHeaders(sender: Sender, domain: string, requestId: string): ResponseHeaders {
  switch (sender) {
    case 'application': {
      const { 'set-cookie': cleared, ...org } = orgHeaders(domain, requestId);
      return {
        ...noStore,
        'referrer-policy': 'strict-origin-when-cross-origin',
        ...org,
        'set-cookie': [
          ...cleared,
          `JSESSIONID=${randomBytes(16).toString('hex').toUpperCase()}; Path=/; Secure; HttpOnly`,
        ],
      };
    }
    case 'filter':
      return orgHeaders(domain, requestId);
    case 'server':
      return serverHeaders;
    case 'front':
      return {
        server: 'Apache',
        'accept-ranges': 'bytes',
        'public-key-pins-report-only': 'max-age=60; report-uri="https://okta.report-uri.com/r/default/hpkp/reportOnly"',
        vary: 'X-Amzn-Trace-Id,Accept',
      };
    case 'other':
      return {};
    default:
      return sender satisfies never;
  }
}

const serverHeaders = {
  server: 'nginx',
  'strict-transport-security': 'max-age=315360000; includeSubDomains',
  'x-content-type-options': 'nosniff',
} as const;

function orgHeaders(domain: string, requestId: string) {
  return {
    ...serverHeaders,
    'accept-ch': 'Sec-CH-UA-Platform-Version',
    'content-security-policy': contentSecurityPolicy(domain),
    p3p: 'CP="HONK"',
    // Clears the cookies of a session that the org does not know.
    'set-cookie': ['sid="";Version=1;Path=/;Max-Age=0', 'xids="";Version=1;Path=/;Max-Age=0'],
    'x-okta-request-id': requestId,
    'x-xss-protection': '0',
  };
}

/** Allows the org, its Admin Console and Okta's static content. */
function contentSecurityPolicy(domain: string): string {
  const adminDomain = domain.replace(/^[^.:]+/, '$&-admin');
  const script = `'unsafe-inline' 'self' 'report-sample' ${domain} *.oktacdn.com`;
  return [
    `default-src 'self' ${domain} *.oktacdn.com`,
    `connect-src 'self' ${domain} ${adminDomain} *.oktacdn.com`,
    `script-src ${script}`,
    `style-src ${script}`,
    `frame-src 'self' ${domain} ${adminDomain}`,
    `img-src 'self' ${domain} *.oktacdn.com data: blob:`,
    `font-src 'self' ${domain} data: *.oktacdn.com`,
    "frame-ancestors 'self'",
  ].join('; ');
}
