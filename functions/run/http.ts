import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { createSecureContext } from 'node:tls';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw, type ZlibOptions } from 'node:zlib';
import type { Agent, Dispatcher } from 'undici';
import { invalidStatusCode, TransportError, undecodableCode } from '../model/errors.ts';
import type { RequestAuthentication } from '../model/exchange.ts';
import { type Exchange, type OktaError, type Phases, toleratedLateMs } from '../model/exchange.ts';
import type { FetchInit } from '../model/probe.ts';
import { strictTls } from '../model/tls.ts';
import { parseOktaError, parseRefusalOfSuccess } from '../okta/okta-error.ts';
import { parseRateLimit } from '../okta/rate-limit.ts';
import { readSender, redirectTarget, requestIdIn } from '../okta/sender.ts';
import { takeConnectionInfo, timedConnector } from './connection.ts';
import { Connections } from './connections.ts';
import type { HeaderFields, RequestTiming } from './request.ts';
import { sendRequest } from './request.ts';

/** How a request authenticates, by the names of its parameters and its `Authorization` scheme. Reads no credential. */
export function authenticationOf({ headers = {}, body }: FetchInit): RequestAuthentication | undefined {
  const form = body instanceof URLSearchParams ? body : new URLSearchParams();
  if (form.has('client_assertion')) return 'private_key_jwt';
  if (form.has('client_secret')) return 'client_secret_post';
  const authorization = Object.entries(headers).find(([name]) => name.toLowerCase() === 'authorization')?.[1];
  return schemes[authorization?.split(' ')[0]?.toLowerCase() ?? ''];
}

/** Whether a request proves the possession of a key (RFC 9449). */
export function hasProof({ headers = {} }: FetchInit): boolean {
  return Object.keys(headers).some((name) => name.toLowerCase() === 'dpop');
}

const schemes: Readonly<Record<string, RequestAuthentication>> = {
  basic: 'client_secret_basic',
  ssws: 'api_token',
  bearer: 'access_token',
  dpop: 'access_token',
};

/** Far more than Okta sends to clients. A larger response is broken or hostile. */
const maxBodyBytes = 2 * 1024 * 1024;

export interface HttpOptions {
  /** Aborts all pending requests at the run's deadline. */
  readonly signal: AbortSignal;
  readonly now: () => number;
  /** A CA certificate to trust, in PEM format. */
  readonly ca?: string;
  /** How long to wait for response headers. Connecting, and the whole body, may take half as long. */
  readonly timeoutMs: number;
  /** Makes undici's dispatcher for a proxy, which a laptop may have to use. Lambda functions never do. */
  readonly createAgent?: (options: Agent.Options) => Dispatcher;
}

export interface Http {
  /**
   * Sends one request and passes its exchange to `record`, with or without a response. Throws `TransportError`.
   *
   * @param signal aborts it; by default at the run's deadline
   */
  send(url: string, init: FetchInit, record: (exchange: Exchange) => void, signal?: AbortSignal): Promise<Response>;
  /** Opens connections to an origin, so that requests need not wait for them. Never rejects. See `Connections`. */
  prepare(origin: string, count: number): Promise<void>;
  /** Uses new connections, so that a retry does not reuse the one that failed. */
  fresh(): Pick<Http, 'send'>;
  /** Closes all connections, including those of `fresh`. */
  close(): Promise<void>;
}

/**
 * Opens an HTTP client for one run. Probes reach the network through it only.
 *
 * Each run has its own connections. Otherwise a container that was frozen between two runs would reuse sockets that the
 * server has closed, and the first request would have no connection phases.
 */
export function openHttp(options: HttpOptions): Http {
  const { timeoutMs, createAgent } = options;
  const closings: (() => Promise<void>)[] = [];
  // Made once, because reading the authorities takes as long as a handshake.
  const secureContext = createSecureContext({ ...strictTls, ...(options.ca !== undefined && { ca: options.ca }) });
  const turn = openTurns();
  const open = () => {
    const connections = new Connections({
      connect: timedConnector({ timeoutMs: timeoutMs / 2, secureContext, ca: options.ca }),
      createDispatcher:
        createAgent && (() => createAgent({ allowH2: false, headersTimeout: timeoutMs, bodyTimeout: 0 })),
    });
    closings.push(() => connections.close());
    const sendOver: Http['send'] = (url, init, record, signal = options.signal) =>
      send({ connections, turn }, url, init, record, { ...options, signal });
    // The requests report why there is no connection.
    const prepare: Http['prepare'] = (origin, count) => connections.prepare(origin, count).catch(() => {});
    return { send: sendOver, prepare: createAgent ? async () => {} : prepare };
  };
  return {
    ...open(),
    fresh: open,
    async close() {
      await Promise.all(closings.map((close) => close()));
    },
  };
}

/**
 * Makes requests begin one after another, a millisecond apart. Answers that arrive at the same instant would be read one after
 * another, and the last of them would look slower than it was.
 */
function openTurns(): () => Promise<void> {
  let free = Promise.resolve();
  return () => {
    const mine = free;
    free = mine.then(() => delay(betweenRequestsMs));
    return mine;
  };
}

const betweenRequestsMs = 1;

async function send(
  { connections, turn }: { readonly connections: Connections; readonly turn: () => Promise<void> },
  url: string,
  init: FetchInit,
  record: (exchange: Exchange) => void,
  { signal, now, timeoutMs }: HttpOptions,
): Promise<Response> {
  const { origin, pathname, search } = new URL(url);
  const connection = await connections.take(origin, init.anew);
  await turn();
  const startedAt = now();
  const method = init.method ?? 'GET';
  const authentication = authenticationOf(init);
  const base = {
    method,
    url: `${origin}${pathname}`,
    at: new Date(startedAt).toISOString(),
    ...(authentication && { authentication }),
    ...(hasProof(init) && { proof: true as const }),
  };
  const { mostBytes: maxBytes = maxBodyBytes } = init;
  const { timing, head, body } = sendRequest(
    connection,
    {
      origin,
      path: `${pathname}${search}`,
      method: method as Dispatcher.HttpMethod,
      headers: { 'user-agent': 'okta-synthetics', ...withFormType(init) },
      body: init.body instanceof URLSearchParams ? init.body.toString() : (init.body ?? null),
    },
    { signal, headersMs: timeoutMs * 1.5, bodyMs: timeoutMs / 2, maxBytes },
  );
  let received: Partial<Exchange> = {};
  let isReleased = false;
  try {
    const { status, headers: fields } = await head;
    // First read and time all bytes that have arrived.
    await nextTurn();
    const headers = toHeaders(fields);
    received = {
      ...{ status, ...headerFacts(headers, now()), ...retryAfter(status, headers, now()) },
      ...redirect(status, headers, url),
    };
    // A response whose body breaks off is evidence too.
    const describeBody = (text: string): Partial<Exchange> => ({
      ...errorIn(status, headers, text),
      ...(received.requestId === undefined && { sender: readSender({ url, status, headers, body: text }) }),
    });
    received = { ...received, ...describeBody('') };
    const encoded = await body;
    connections.release(connection, true);
    isReleased = true;
    const bytes = await decode(encoded, headers, maxBytes);
    const isRead = status >= 400 || received.sender || bytes.length <= mostErrorBytes;
    const text = isRead ? new TextDecoder().decode(bytes) : '';
    received = { ...received, ...describeBody(text) };
    if (status > 599) throw Object.assign(new Error('no status of HTTP'), { code: invalidStatusCode });
    record({ ...base, ...received, ...measurements(timing) });
    return toResponse(status, headers, bytes);
  } catch (cause) {
    // By now, another request may have the connection.
    if (!isReleased) connections.release(connection, false);
    const info = cause instanceof Error ? takeConnectionInfo(cause) : undefined;
    const connectionInfo = info ?? timing.connection;
    const isUnanswered = timing.isReused === true && received.status === undefined;
    const error = TransportError.from(signal.aborted ? signal.reason : cause, `${method} ${base.url}`, isUnanswered);
    record({
      ...base,
      ...received,
      ...measurements({
        ...timing,
        ...(connectionInfo && { connection: connectionInfo }),
        ...(received.status !== undefined && { endedAt: performance.now() }),
      }),
      failure: { code: error.code, message: error.message },
    });
    throw error;
  }
}

function measurements({
  sentAt,
  headersAt,
  endedAt,
  lateMs = 0,
  connection,
}: RequestTiming): Pick<Exchange, 'phases' | 'lateMs' | 'certificate' | 'resumed'> {
  const phases: Phases = {
    ...connection?.phases,
    ...(sentAt !== undefined && headersAt !== undefined && { firstByteMs: Math.max(0, headersAt - sentAt) }),
    ...(headersAt !== undefined && endedAt !== undefined && { bodyMs: endedAt - headersAt }),
  };
  return {
    phases,
    ...(headersAt !== undefined && lateMs > toleratedLateMs && { lateMs }),
    ...(connection?.certificate && { certificate: connection.certificate }),
    ...(connection?.resumed && { resumed: true }),
  };
}

/**
 * Reads the request id, the rate limit and the clock offset from the response headers.
 *
 * Trap: a cache repeats the `Date` of the answer that it stored, and says in `Age` how many seconds ago that was
 * (RFC 9111, 5.1).
 */
function headerFacts(headers: Headers, now: number): Partial<Exchange> {
  const requestId = requestIdIn(headers);
  const rateLimit = parseRateLimit(headers, now);
  const age = Number(/^\d{1,9}$/.exec(headers.get('age') ?? '')?.[0] ?? 0);
  const date = Date.parse(headers.get('date') ?? '') + age * 1000;
  return {
    ...(requestId !== undefined && { requestId }),
    ...(rateLimit && { rateLimit }),
    ...cacheMark(headers, age),
    // `Date` is truncated to whole seconds, by half a second on average.
    ...(!Number.isNaN(date) && { clockOffsetSeconds: Math.round((date + 500 - now) / 1000) || 0 }),
  };
}

/** The error of a refusal. Some gateways send Okta's refusals with the status of a success. */
function errorIn(status: number, headers: Headers, text: string): { readonly error?: OktaError } {
  const error = status >= 400 ? parseOktaError(headers, text) : parseRefusalOfSuccess(headers, text);
  return error ? { error } : {};
}

/** The longest text in which an error is looked for in a success. */
const mostErrorBytes = 4_096;

/** Where a redirect leads. */
function redirect(status: number, headers: Headers, url: string): Pick<Exchange, 'location'> {
  const location = status >= 300 && status < 400 ? redirectTarget(headers.get('location'), url) : undefined;
  return location === undefined ? {} : { location };
}

/** How a cache says that it kept the answer (RFC 9111, 5.1; `X-Cache` of CloudFront, Fastly and Squid). */
function cacheMark(headers: Headers, ageSeconds: number): Pick<Exchange, 'cached'> {
  const isHit = /\bhit\b/i.test(headers.get('x-cache') ?? headers.get('cf-cache-status') ?? '');
  if (ageSeconds === 0 && !isHit) return {};
  return { cached: ageSeconds > 0 ? `Age: ${ageSeconds}` : 'X-Cache: hit' };
}

/** Reads `Retry-After` of an error. A success may have it too, for a redirect or a page that is not ready yet. */
function retryAfter(status: number, headers: Headers, now: number): Pick<Exchange, 'retryAfterSeconds'> {
  const text = headers.get('retry-after') ?? '';
  const date = Date.parse(headers.get('date') ?? '');
  const seconds = /^\d{1,9}$/.test(text)
    ? Number(text)
    : /[a-z]{3}/i.test(text)
      ? Math.round((Date.parse(text) - (Number.isNaN(date) ? now : date)) / 1000)
      : Number.NaN;
  return status >= 400 && seconds >= 0 ? { retryAfterSeconds: seconds } : {};
}

const decoders: Readonly<Record<string, (body: Uint8Array, options: ZlibOptions) => Promise<Buffer>>> = {
  gzip: promisify<Uint8Array, ZlibOptions, Buffer>(gunzip),
  'x-gzip': promisify<Uint8Array, ZlibOptions, Buffer>(gunzip),
  deflate: inflateEither,
  br: promisify<Uint8Array, ZlibOptions, Buffer>(brotliDecompress),
};

/** Decodes `deflate` with the header of zlib, which the standard requires, or without it (RFC 9110, 8.4.1.2). */
function inflateEither(body: Uint8Array, options: ZlibOptions): Promise<Buffer> {
  const hasHeader = ((body[0] ?? 0) & 0x0f) === 8;
  return promisify<Uint8Array, ZlibOptions, Buffer>(hasHeader ? inflate : inflateRaw)(body, options);
}

/** Decodes a body that is compressed, although no request asks for that. */
async function decode(
  body: Uint8Array<ArrayBuffer>,
  headers: Headers,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const decoder = decoders[headers.get('content-encoding')?.trim().toLowerCase() ?? ''];
  if (!decoder || body.length === 0) return body;
  try {
    return new Uint8Array(await decoder(body, { maxOutputLength: maxBytes }));
  } catch {
    throw Object.assign(new Error('the body cannot be decoded'), { code: undecodableCode });
  }
}

function withFormType({ headers, body }: FetchInit): Record<string, string> {
  return body instanceof URLSearchParams
    ? { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8', ...headers }
    : { ...headers };
}

function toHeaders(fields: HeaderFields): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(fields)) {
    for (const item of [value ?? []].flat()) {
      try {
        headers.append(name, item);
      } catch {
        // Ignore a value that is not a valid header value.
      }
    }
  }
  return headers;
}

function toResponse(status: number, headers: Headers, body: Uint8Array<ArrayBuffer>): Response {
  const nullBody = [204, 205, 304].includes(status);
  return new Response(nullBody ? null : body, { status, headers });
}
