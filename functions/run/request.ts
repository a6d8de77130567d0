import type { Dispatcher } from 'undici';
import { bodyTimeoutCode, headersTimeoutCode, invalidStatusCode, tooLargeCode } from '../model/errors.ts';
import type { ConnectionInfo } from './connection.ts';
import { takeConnectionInfo } from './connection.ts';
import type { Connection } from './connections.ts';
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
  readonly maxBytes: number;
}

/** Header fields by their names in lower case. A field that came more than once has all of its values. */
export type HeaderFields = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface ResponseHead {
  readonly status: number;
  readonly headers: HeaderFields;
}

export interface SentRequest {
  readonly timing: RequestTiming;
  readonly head: Promise<ResponseHead>;
  /** The body as the server sent it. Rejects as `head` does, or if the body is too large or too slow. */
  readonly body: Promise<Uint8Array<ArrayBuffer>>;
}

const usedSockets = new WeakSet<object>();

/**
 * Sends a request and times it where its bytes pass. Limits the times for the headers and for the body as a whole, because
 * their parts may arrive one by one.
 */
export function sendRequest(
  connection: Pick<Connection, 'dispatcher' | 'socket'>,
  request: Dispatcher.DispatchOptions,
  { signal, headersMs, bodyMs, maxBytes }: RequestLimits,
): SentRequest {
  const timing: RequestTiming = {};
  const head = Promise.withResolvers<ResponseHead>();
  const body = Promise.withResolvers<Uint8Array<ArrayBuffer>>();
  // A caller that gets no headers does not wait for the body.
  body.promise.catch(() => {});
  const stopWatching = watchLoop();
  let controller: Dispatcher.DispatchController | undefined;
  let times: SocketTimes | undefined;
  let sendingAt = 0;
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
  let timer = setTimeout(() => abort(failure('the headers took too long', headersTimeoutCode)), headersMs);
  const received = openBuffer(maxBytes);
  const handler: Dispatcher.DispatchHandler = {
    onRequestStart(started) {
      controller = started;
      sendingAt = performance.now();
      timing.sentAt = sendingAt;
      const { socket } = connection;
      if (!socket) return;
      times = timesOf(socket);
      timing.isReused = usedSockets.has(socket);
      usedSockets.add(socket);
      const info = takeConnectionInfo(socket);
      if (info) timing.connection = info;
    },
    onResponseStart(_, status, headers) {
      if (status < 100 || status === 101) abort(failure('no status that ends a request', invalidStatusCode));
      if (status < 200) return;
      clearTimeout(timer);
      timer = setTimeout(() => abort(failure('the body took too long', bodyTimeoutCode)), bodyMs);
      timing.headersAt = times?.arrivedAt || performance.now();
      if (times) {
        timing.sentAt = times.sentAt;
        timing.lateMs = Math.max(times.lateMs, times.sentAt - sendingAt);
      }
      head.resolve({ status, headers });
    },
    onResponseData(_, chunk) {
      if (received.append(chunk)) return;
      abort(failure(`more than ${maxBytes} bytes, or too many pieces`, tooLargeCode));
    },
    onResponseEnd() {
      timing.endedAt = times?.arrivedAt || performance.now();
      finish();
      body.resolve(received.bytes());
    },
    onResponseError(_, error) {
      finish(timing.headersAt === undefined ? headError(error) : error);
    },
  };
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) onAbort();
  else connection.dispatcher.dispatch(request, handler);
  return { timing, head: head.promise, body: body.promise };
}

/** Names malformed headers. Trap: undici reports them as a body of the wrong length if they have a `Content-Length`. */
function headError(error: Error & { readonly code?: unknown }): Error {
  const isMalformed = error.code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH';
  return isMalformed ? failure('the headers are malformed', 'HPE_INVALID') : error;
}

function failure(message: string, code: string): Error {
  return Object.assign(new Error(message), { code });
}

/**
 * Collects the pieces of a body in one buffer that grows, because a piece of one byte takes as much memory as one of
 * hundreds.
 */
export function openBuffer(maxBytes: number) {
  let buffer = new Uint8Array(0);
  let [size, pieces] = [0, 0];
  return {
    /** Returns whether there was room for the piece. An answer of too many pieces is not read either. */
    append(piece: Uint8Array): boolean {
      const end = size + piece.length;
      pieces += 1;
      if (end > maxBytes || pieces > maxPieces) return false;
      if (end > buffer.length) {
        const grown = new Uint8Array(Math.min(maxBytes, Math.max(end, 2 * buffer.length, minBytes)));
        grown.set(buffer.subarray(0, size));
        buffer = grown;
      }
      buffer.set(piece, size);
      size = end;
      return true;
    },
    bytes: () => buffer.subarray(0, size),
    /** How much memory it takes. */
    capacity: () => buffer.length,
  };
}

/** Each piece takes processor time, even a small one. Servers send hundreds of bytes in one. */
const maxPieces = 100_000;

/** As much as most answers have. */
const minBytes = 4_096;
