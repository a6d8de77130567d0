import { randomBytes } from 'node:crypto';
import { IncomingMessage } from 'node:http';
import type { Sender } from './sender-headers.ts';

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
