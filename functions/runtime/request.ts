import { channel } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import type { Dispatcher } from 'undici';
import { type ConnectionInfo, takeConnectionInfo } from './connection.ts';
import { bodyTimeoutCode, tooLargeCode } from './errors.ts';
import { watchLoop } from './loop-lateness.ts';
import { type SocketTimes, timesOf } from './socket-times.ts';

/** The timing of one request, in milliseconds of `performance.now()`. */
export interface RequestTiming {
  /** When all of the request was handed to the operating system. */
  sentAt?: number;
  /** When the bytes arrived that completed the headers, and those that completed the body. */
  headersAt?: number;
  endedAt?: number;
  /** By how many milliseconds `sentAt` and `headersAt` may be off, because the event loop was late. */
  lateMs?: number;
  connection?: ConnectionInfo;
  /** Another request used the connection before. */
  isReused?: boolean;
}

export interface RequestLimits {
  readonly signal: AbortSignal;
  /** How long to wait for the headers, and then for the body, in milliseconds. */
  readonly headersMs: number;
  readonly bodyMs: number;
  readonly mostBytes: number;
}

export interface ResponseHead {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
}

export interface SentRequest {
  readonly timing: RequestTiming;
  readonly head: Promise<ResponseHead>;
  /** The body as it was sent. Rejects as `head` does, or if the body is too large or too slow. */
  readonly body: Promise<Uint8Array<ArrayBuffer>>;
}

/**
 * Sends a request and times it where its bytes pass. Its parts may arrive one by one, so the times for the headers and for
 * the body are limited as a whole.
 */
export function sendRequest(
  dispatcher: Dispatcher,
  options: Dispatcher.DispatchOptions,
  { signal, headersMs, bodyMs, mostBytes }: RequestLimits,
): SentRequest {
  const timing: WatchedTiming = {};
  const head = Promise.withResolvers<ResponseHead>();
  const body = Promise.withResolvers<Uint8Array<ArrayBuffer>>();
  // Whoever got no headers does not wait for the body.
  body.promise.catch(() => {});
  const stopWatching = watchLoop();
  let controller: Dispatcher.DispatchController | undefined;
  const finish = (error?: unknown) => {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
    stopWatching();
    if (error === undefined) return;
    head.reject(error);
    body.reject(error);
  };
  const abort = (reason: Error) => {
    finish(reason);
    controller?.abort(reason);
  };
  const onAbort = () => abort(signal.reason);
  // undici's own timeout starts again with each part of the headers, and with each interim response.
  let timer = setTimeout(() => abort(tooSlow('headers', 'UND_ERR_HEADERS_TIMEOUT')), headersMs);
  const chunks: Uint8Array[] = [];
  let size = 0;
  const handler: Dispatcher.DispatchHandler = {
    onRequestStart(started) {
      controller = started;
      if (signal.aborted) started.abort(signal.reason);
    },
    onResponseStart(_, status, headers) {
      if (status < 200) return;
      clearTimeout(timer);
      timer = setTimeout(() => abort(tooSlow('body', bodyTimeoutCode)), bodyMs);
      const { socket, sendingAt = 0 } = timing;
      if (socket) {
        timing.sentAt = socket.sentAt;
        timing.headersAt = socket.arrivedAt;
        timing.lateMs = Math.max(socket.lateMs, socket.sentAt - sendingAt);
      }
      head.resolve({ status, headers });
    },
    onResponseData(_, chunk) {
      size += chunk.length;
      if (size > mostBytes) abort(Object.assign(new Error(`more than ${mostBytes} bytes`), { code: tooLargeCode }));
      else chunks.push(chunk);
    },
    onResponseEnd() {
      timing.endedAt = timing.socket?.arrivedAt ?? performance.now();
      finish();
      body.resolve(Buffer.concat(chunks));
    },
    onResponseError(_, error) {
      finish(error);
    },
  };
  signal.addEventListener('abort', onAbort);
  dispatching = timing;
  try {
    if (signal.aborted) onAbort();
    else dispatcher.dispatch(options, handler);
  } finally {
    dispatching = undefined;
  }
  return { timing, head: head.promise, body: body.promise };
}

/** The timing of a request whose socket is known. */
interface WatchedTiming extends RequestTiming {
  sendingAt?: number;
  socket?: SocketTimes;
}

/** The timing of the request that is being dispatched. undici creates the request before `dispatch` returns. */
let dispatching: WatchedTiming | undefined;
const timingOf = new WeakMap<object, WatchedTiming>();
const usedSockets = new WeakSet<object>();

channel('undici:request:create').subscribe((message) => {
  if (dispatching) timingOf.set((message as { request: object }).request, dispatching);
});

channel('undici:client:sendHeaders').subscribe((message) => {
  const { request, socket } = message as { request: object; socket: Socket };
  const timing = timingOf.get(request);
  if (!timing) return;
  timing.socket = timesOf(socket);
  timing.isReused = usedSockets.has(socket);
  usedSockets.add(socket);
  const connection = takeConnectionInfo(socket);
  if (connection) timing.connection = connection;
  timing.sendingAt = performance.now();
});

function tooSlow(part: string, code: string): Error {
  return Object.assign(new Error(`the ${part} took too long`), { code });
}
