import { channel } from 'node:diagnostics_channel';
import type { Dispatcher } from 'undici';
import request from 'undici/lib/api/api-request.js';
import Agent from 'undici/lib/dispatcher/agent.js';
import type { Exchange, OktaError, Phases } from '../model/exchange.ts';
import type { FetchInit } from '../model/probe.ts';
import { parseOktaError } from '../okta/okta-error.ts';
import { parseRateLimit } from '../okta/rate-limit.ts';
import { type Opening, takeOpening, timedConnector } from './connection.ts';
import { TransportError, tooLargeCode } from './transport-error.ts';

/** Nothing that Okta serves to a client comes near this; more is a broken or hostile answer. */
const maxBodyBytes = 2 * 1024 * 1024;

export interface HttpOptions {
  /** Ends every request that is under way: the run's deadline. */
  readonly signal: AbortSignal;
  readonly now: () => number;
  /** A CA to trust besides Node's own, as PEM. */
  readonly ca?: string;
  /** How long an answer is waited for. A connection, and each part of a body, gets half of it. */
  readonly timeoutMs: number;
}

export interface Http {
  /** Makes one request and hands its exchange to `record`, whether or not an answer came. Throws `TransportError`. */
  send(url: string, init: FetchInit, record: (exchange: Exchange) => void): Promise<Response>;
  /** The same over connections that nothing else uses: a second try must not meet what the first one failed on. */
  fresh(): Pick<Http, 'send'>;
  /** Closes every connection, fresh ones too. */
  close(): Promise<void>;
}

/** The moments of one request, in `performance.now()` milliseconds. */
interface Moments {
  sentAt?: number;
  headersAt?: number;
  opening?: Opening;
}

/**
 * Opens HTTP for one run. This is the only place that talks to the network.
 *
 * A run has connections of its own: a container that slept between two runs would otherwise meet sockets that the
 * other side has closed, and the phases of the first request would be missing.
 */
export function openHttp(options: HttpOptions): Http {
  const { timeoutMs } = options;
  const agents: Agent[] = [];
  const fresh = (): Pick<Http, 'send'> => {
    const agent = new Agent({
      connect: timedConnector({ allowH2: false, timeout: timeoutMs / 2, ...(options.ca && { ca: options.ca }) }),
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
  const moments: Moments = {};
  const startedAt = now();
  const { origin, pathname, search } = new URL(url);
  const method = init.method ?? 'GET';
  const base = { method, url: `${origin}${pathname}`, at: new Date(startedAt).toISOString() };
  let answered: Pick<Exchange, 'status'> = {};
  try {
    const {
      body,
      headers: fields,
      statusCode,
    } = await dispatch(agent, moments, {
      origin,
      path: `${pathname}${search}`,
      method: method as Dispatcher.HttpMethod,
      headers: { 'user-agent': 'okta-synthetics', ...withFormType(init) },
      body: init.body instanceof URLSearchParams ? init.body.toString() : (init.body ?? null),
      signal,
    });
    answered = { status: statusCode };
    const headers = toHeaders(fields);
    const bytes = await readBody(body);
    const response = toResponse(statusCode, headers, bytes);
    const text = statusCode >= 400 ? new TextDecoder().decode(bytes) : '';
    record({
      ...base,
      ...answered,
      ...facts(headers, now()),
      ...(statusCode >= 400 && { error: parseOktaError(headers, text) satisfies OktaError }),
      ...measured(moments, performance.now()),
    });
    return response;
  } catch (cause) {
    const error = TransportError.from(signal.aborted ? signal.reason : cause, `${method} ${base.url}`);
    const opening = cause instanceof Error ? takeOpening(cause) : undefined;
    if (opening) moments.opening = opening;
    record({ ...base, ...answered, ...measured(moments), failure: { code: error.code, message: error.message } });
    throw error;
  }
}

/** The moments of the request that is being dispatched: undici creates it before `dispatch` returns. */
let dispatching: Moments | undefined;
const momentsOf = new WeakMap<object, Moments>();

channel('undici:request:create').subscribe((message) => {
  if (dispatching) momentsOf.set((message as { request: object }).request, dispatching);
});

channel('undici:client:sendHeaders').subscribe((message) => {
  const { request: sent, socket } = message as { request: object; socket: object };
  const moments = momentsOf.get(sent);
  if (!moments) return;
  moments.sentAt = performance.now();
  const opening = takeOpening(socket);
  if (opening) moments.opening = opening;
});

channel('undici:request:headers').subscribe((message) => {
  const moments = momentsOf.get((message as { request: object }).request);
  if (moments) moments.headersAt = performance.now();
});

function dispatch(
  agent: Agent,
  moments: Moments,
  options: Dispatcher.RequestOptions,
): Promise<Dispatcher.ResponseData> {
  dispatching = moments;
  try {
    return request.call(agent, options);
  } finally {
    dispatching = undefined;
  }
}

function measured({ sentAt, headersAt, opening }: Moments, endedAt?: number): Pick<Exchange, 'phases' | 'certificate'> {
  const phases: Phases = {
    ...opening?.phases,
    ...(sentAt !== undefined && headersAt !== undefined && { firstByteMs: headersAt - sentAt }),
    ...(headersAt !== undefined && endedAt !== undefined && { bodyMs: endedAt - headersAt }),
  };
  return { phases, ...(opening?.certificate && { certificate: opening.certificate }) };
}

/** What the answer's headers tell: who answered it, what it cost, and what time it is there. */
function facts(headers: Headers, now: number): Partial<Exchange> {
  const requestId = headers.get('x-okta-request-id');
  const rateLimit = parseRateLimit(headers, now);
  const date = Date.parse(headers.get('date') ?? '');
  return {
    ...(requestId && /^[\w@.:-]{1,100}$/.test(requestId) && { requestId }),
    ...(rateLimit && { rateLimit }),
    // `Date` has whole seconds: half a second is its expected truncation.
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
        // A value that no header may hold is no use to anyone.
      }
    }
  }
  return headers;
}

function toResponse(status: number, headers: Headers, body: Uint8Array<ArrayBuffer>): Response {
  const nullBody = [204, 205, 304].includes(status);
  return new Response(nullBody ? null : body, { status, headers });
}
