import { channel } from 'node:diagnostics_channel';
import { createSecureContext } from 'node:tls';
import type { Dispatcher } from 'undici';
import request from 'undici/lib/api/api-request.js';
import Agent from 'undici/lib/dispatcher/agent.js';
import type { Exchange, OktaError, Phases } from '../model/exchange.ts';
import type { FetchInit } from '../model/probe.ts';
import { parseOktaError } from '../okta/okta-error.ts';
import { parseRateLimit } from '../okta/rate-limit.ts';
import { type ConnectionInfo, takeConnectionInfo, timedConnector } from './connection.ts';
import { TransportError, tooLargeCode } from './errors.ts';
import { authenticationOf } from './request-authentication.ts';

/** Far more than Okta sends to clients. A larger response is broken or hostile. */
const maxBodyBytes = 2 * 1024 * 1024;

export interface HttpOptions {
  /** Aborts all pending requests at the run's deadline. */
  readonly signal: AbortSignal;
  readonly now: () => number;
  /** A CA certificate to trust, in PEM format. */
  readonly ca?: string;
  /** How long to wait for response headers. Connecting, and each part of the body, may take half as long. */
  readonly timeoutMs: number;
}

export interface Http {
  /** Sends one request and passes its exchange to `record`, with or without a response. Throws `TransportError`. */
  send(url: string, init: FetchInit, record: (exchange: Exchange) => void): Promise<Response>;
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
  const { timeoutMs } = options;
  const agents: Agent[] = [];
  // Made once: to read the authorities takes as long as a handshake.
  const secureContext = createSecureContext(options.ca === undefined ? {} : { ca: options.ca });
  const fresh = (): Pick<Http, 'send'> => {
    const agent = new Agent({
      connect: timedConnector({ allowH2: false, timeout: timeoutMs / 2, secureContext }),
      allowH2: false,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs / 2,
    });
    agents.push(agent);
    return { send: (url, init, record) => send(agent, url, init, record, options) };
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
  agent: Agent,
  url: string,
  init: FetchInit,
  record: (exchange: Exchange) => void,
  { signal, now }: HttpOptions,
): Promise<Response> {
  const timing: RequestTiming = {};
  const startedAt = now();
  const { origin, pathname, search } = new URL(url);
  const method = init.method ?? 'GET';
  const authentication = authenticationOf(init);
  const base = {
    ...{ method, url: `${origin}${pathname}`, at: new Date(startedAt).toISOString() },
    ...(authentication && { authentication }),
  };
  let received: Pick<Exchange, 'status'> = {};
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
      signal,
    });
    received = { status: statusCode };
    const headers = toHeaders(fields);
    const bytes = await readBody(body);
    const response = toResponse(statusCode, headers, bytes);
    const text = statusCode >= 400 ? new TextDecoder().decode(bytes) : '';
    record({
      ...base,
      ...received,
      ...headerFacts(headers, now()),
      ...(statusCode >= 400 && { error: parseOktaError(headers, text) satisfies OktaError }),
      ...measurements(timing, performance.now()),
    });
    return response;
  } catch (cause) {
    const error = TransportError.from(signal.aborted ? signal.reason : cause, `${method} ${base.url}`);
    const connection = cause instanceof Error ? takeConnectionInfo(cause) : undefined;
    if (connection) timing.connection = connection;
    record({ ...base, ...received, ...measurements(timing), failure: { code: error.code, message: error.message } });
    throw error;
  }
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
  agent: Agent,
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

/** The request id, the rate limit and the clock offset from the response headers. */
function headerFacts(headers: Headers, now: number): Partial<Exchange> {
  const requestId = headers.get('x-okta-request-id');
  const rateLimit = parseRateLimit(headers, now);
  const date = Date.parse(headers.get('date') ?? '');
  return {
    ...(requestId && /^[\w@.:-]{1,100}$/.test(requestId) && { requestId }),
    ...(rateLimit && { rateLimit }),
    // `Date` is truncated to whole seconds, by half a second on average.
    ...(!Number.isNaN(date) && { clockOffsetSeconds: Math.round((date + 500 - now) / 1000) || 0 }),
  };
}

async function readBody(body: AsyncIterable<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBodyBytes) throw Object.assign(new Error(`more than ${maxBodyBytes} bytes`), { code: tooLargeCode });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
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
