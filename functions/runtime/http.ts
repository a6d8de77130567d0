import { channel } from 'node:diagnostics_channel';
import type { Readable } from 'node:stream';
import { createSecureContext } from 'node:tls';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw, type ZlibOptions } from 'node:zlib';
import type { Agent as AgentType, Dispatcher } from 'undici';
import request from 'undici/lib/api/api-request.js';
import Agent from 'undici/lib/dispatcher/agent.js';
import type { Exchange, OktaError, Phases } from '../model/exchange.ts';
import type { FetchInit } from '../model/probe.ts';
import { parseOktaError } from '../okta/okta-error.ts';
import { parseRateLimit } from '../okta/rate-limit.ts';
import { readSender } from '../okta/sender.ts';
import { type ConnectionInfo, takeConnectionInfo, timedConnector } from './connection.ts';
import { bodyTimeoutCode, TransportError, tooLargeCode, undecodableCode } from './errors.ts';
import { authenticationOf, hasProof } from './request-authentication.ts';

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
  /** Opens connections otherwise than directly: a laptop may have to use a proxy. Lambda functions never do. */
  readonly createAgent?: (options: AgentType.Options) => Dispatcher;
}

export interface Http {
  /**
   * Sends one request and passes its exchange to `record`, with or without a response. Throws `TransportError`.
   *
   * @param signal aborts it; by default at the run's deadline
   */
  send(url: string, init: FetchInit, record: (exchange: Exchange) => void, signal?: AbortSignal): Promise<Response>;
  /** Uses new connections, so that a retry does not reuse the one that failed. */
  fresh(): Pick<Http, 'send'>;
  /** Closes all connections, including those of `fresh`. */
  close(): Promise<void>;
}

/** The timing of one request, in milliseconds of `performance.now()`. */
interface RequestTiming {
  sentAt?: number;
  headersAt?: number;
  connection?: ConnectionInfo;
}

/**
 * Opens an HTTP client for one run. Probes reach the network through it only.
 *
 * Each run has its own connections. Otherwise a container that was frozen between two runs would reuse sockets that the
 * server has closed, and the first request would have no connection phases.
 */
export function openHttp(options: HttpOptions): Http {
  const { timeoutMs, createAgent = (agentOptions) => new Agent(agentOptions) } = options;
  const agents: Dispatcher[] = [];
  // Made once: to read the authorities takes as long as a handshake.
  const secureContext = createSecureContext(options.ca === undefined ? {} : { ca: options.ca });
  const fresh = (): Pick<Http, 'send'> => {
    const agent = createAgent({
      connect: timedConnector({ allowH2: false, timeout: timeoutMs / 2, secureContext }),
      allowH2: false,
      headersTimeout: timeoutMs,
      // `readBody` limits the body as a whole.
      bodyTimeout: 0,
    });
    agents.push(agent);
    return {
      send: (url, init, record, signal = options.signal) => send(agent, url, init, record, { ...options, signal }),
    };
  };
  return {
    ...fresh(),
    fresh,
    async close() {
      await Promise.all(agents.map((agent) => agent.destroy()));
    },
  };
}

async function send(
  agent: Dispatcher,
  url: string,
  init: FetchInit,
  record: (exchange: Exchange) => void,
  { signal, now, timeoutMs }: HttpOptions,
): Promise<Response> {
  const timing: RequestTiming = {};
  const startedAt = now();
  const { origin, pathname, search } = new URL(url);
  const method = init.method ?? 'GET';
  const authentication = authenticationOf(init);
  const base = {
    ...{ method, url: `${origin}${pathname}`, at: new Date(startedAt).toISOString() },
    ...(authentication && { authentication }),
    ...(hasProof(init) && { proof: true as const }),
  };
  let received: Partial<Exchange> = {};
  // undici's own timeout starts again with each part of the headers, and with each interim response.
  const tooSlow = new AbortController();
  const headTimer = setTimeout(() => tooSlow.abort(headTimeout()), timeoutMs * 1.5);
  try {
    const {
      body,
      headers: fields,
      statusCode,
    } = await dispatch(agent, timing, {
      origin,
      path: `${pathname}${search}`,
      method: method as Dispatcher.HttpMethod,
      headers: { 'user-agent': 'okta-synthetics', ...withFormType(init) },
      body: init.body instanceof URLSearchParams ? init.body.toString() : (init.body ?? null),
      signal: AbortSignal.any([signal, tooSlow.signal]),
    });
    clearTimeout(headTimer);
    const headers = toHeaders(fields);
    received = { status: statusCode, ...headerFacts(headers, now()), ...retryAfter(statusCode, headers, now()) };
    // What arrived before a body breaks off is evidence too.
    const describeBody = (text: string): Partial<Exchange> => ({
      ...(statusCode >= 400 && { error: parseOktaError(headers, text) satisfies OktaError }),
      ...(received.requestId === undefined && { sender: readSender({ url, status: statusCode, headers, body: text }) }),
    });
    received = { ...received, ...describeBody('') };
    const { mostBytes = maxBodyBytes } = init;
    const bytes = await decode(await readBody(body, timeoutMs / 2, mostBytes), headers, mostBytes);
    const text = statusCode >= 400 || received.sender ? new TextDecoder().decode(bytes) : '';
    record({ ...base, ...received, ...describeBody(text), ...measurements(timing, performance.now()) });
    return toResponse(statusCode, headers, bytes);
  } catch (cause) {
    const error = TransportError.from(signal.aborted ? signal.reason : cause, `${method} ${base.url}`);
    const connection = cause instanceof Error ? takeConnectionInfo(cause) : undefined;
    if (connection) timing.connection = connection;
    const endedAt = received.status === undefined ? undefined : performance.now();
    record({
      ...base,
      ...received,
      ...measurements(timing, endedAt),
      failure: { code: error.code, message: error.message },
    });
    throw error;
  } finally {
    clearTimeout(headTimer);
  }
}

function headTimeout(): Error {
  return Object.assign(new Error('the headers took too long'), { code: 'UND_ERR_HEADERS_TIMEOUT' });
}

/** The timing of the request that is being dispatched. undici creates the request before `dispatch` returns. */
let dispatching: RequestTiming | undefined;
const timingOf = new WeakMap<object, RequestTiming>();

channel('undici:request:create').subscribe((message) => {
  if (dispatching) timingOf.set((message as { request: object }).request, dispatching);
});

channel('undici:client:sendHeaders').subscribe((message) => {
  const { request: sent, socket } = message as { request: object; socket: object };
  const timing = timingOf.get(sent);
  if (!timing) return;
  timing.sentAt = performance.now();
  const connection = takeConnectionInfo(socket);
  if (connection) timing.connection = connection;
});

channel('undici:request:headers').subscribe((message) => {
  const timing = timingOf.get((message as { request: object }).request);
  if (timing) timing.headersAt = performance.now();
});

function dispatch(
  agent: Dispatcher,
  timing: RequestTiming,
  options: Dispatcher.RequestOptions,
): Promise<Dispatcher.ResponseData> {
  dispatching = timing;
  try {
    return request.call(agent, options);
  } finally {
    dispatching = undefined;
  }
}

function measurements(
  { sentAt, headersAt, connection }: RequestTiming,
  endedAt?: number,
): Pick<Exchange, 'phases' | 'certificate'> {
  const phases: Phases = {
    ...connection?.phases,
    ...(sentAt !== undefined && headersAt !== undefined && { firstByteMs: headersAt - sentAt }),
    ...(headersAt !== undefined && endedAt !== undefined && { bodyMs: endedAt - headersAt }),
  };
  return { phases, ...(connection?.certificate && { certificate: connection.certificate }) };
}

/**
 * The request id, the rate limit and the clock offset from the response headers.
 *
 * Trap: a cache repeats the `Date` of the answer that it stored, and says in `Age` how many seconds ago that was
 * (RFC 9111, 5.1).
 */
function headerFacts(headers: Headers, now: number): Partial<Exchange> {
  const requestId = headers.get('x-okta-request-id');
  const rateLimit = parseRateLimit(headers, now);
  const age = Number(/^\d{1,9}$/.exec(headers.get('age') ?? '')?.[0] ?? 0);
  const date = Date.parse(headers.get('date') ?? '') + age * 1000;
  return {
    ...(requestId && /^[\w@.:-]{1,100}$/.test(requestId) && { requestId }),
    ...(rateLimit && { rateLimit }),
    // `Date` is truncated to whole seconds, by half a second on average.
    ...(!Number.isNaN(date) && { clockOffsetSeconds: Math.round((date + 500 - now) / 1000) || 0 }),
  };
}

/** A success may have the header too, for a redirect or a page that is being made. */
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

/** Reads a body. Its parts may arrive one by one, so the time for all of them is limited. */
async function readBody(
  body: AsyncIterable<Uint8Array>,
  withinMs: number,
  mostBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const tooSlow = Object.assign(new Error('the body took too long'), { code: bodyTimeoutCode });
  const timer = setTimeout(() => (body as unknown as Readable).destroy(tooSlow), withinMs);
  try {
    for await (const chunk of body) {
      size += chunk.length;
      if (size > mostBytes) throw Object.assign(new Error(`more than ${mostBytes} bytes`), { code: tooLargeCode });
      chunks.push(chunk);
    }
  } finally {
    clearTimeout(timer);
  }
  return Buffer.concat(chunks);
}

const decoders: Readonly<Record<string, (body: Uint8Array, options: ZlibOptions) => Promise<Buffer>>> = {
  gzip: promisify<Uint8Array, ZlibOptions, Buffer>(gunzip),
  'x-gzip': promisify<Uint8Array, ZlibOptions, Buffer>(gunzip),
  deflate: inflateEither,
  br: promisify<Uint8Array, ZlibOptions, Buffer>(brotliDecompress),
};

/** Servers send `deflate` with the header of zlib, as they must, or without it (RFC 9110, 8.4.1.2). */
function inflateEither(body: Uint8Array, options: ZlibOptions): Promise<Buffer> {
  const hasHeader = ((body[0] ?? 0) & 0x0f) === 8;
  return promisify<Uint8Array, ZlibOptions, Buffer>(hasHeader ? inflate : inflateRaw)(body, options);
}

/** Decodes a body that is compressed, although no request asks for that. */
async function decode(
  body: Uint8Array<ArrayBuffer>,
  headers: Headers,
  mostBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const decoder = decoders[headers.get('content-encoding')?.trim().toLowerCase() ?? ''];
  if (!decoder || body.length === 0) return body;
  try {
    return new Uint8Array(await decoder(body, { maxOutputLength: mostBytes }));
  } catch {
    throw Object.assign(new Error('the body cannot be decoded'), { code: undecodableCode });
  }
}

function withFormType({ headers, body }: FetchInit): Record<string, string> {
  return body instanceof URLSearchParams
    ? { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8', ...headers }
    : { ...headers };
}

function toHeaders(fields: Record<string, string | string[] | undefined>): Headers {
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
