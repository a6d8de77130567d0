import { bodyTimeoutCode, headersTimeoutCode, tooLargeCode } from '../model/errors.ts';
import { type ConnectionInfo, takeConnectionInfo } from './connection.ts';
import type { HeaderFields, HttpClient, HttpRequest, ResponseHandler } from './http-client.ts';
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
  readonly headers: HeaderFields;
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
  client: HttpClient,
  request: HttpRequest,
  { signal, headersMs, bodyMs, mostBytes }: RequestLimits,
): SentRequest {
  const timing: RequestTiming = {};
  const head = Promise.withResolvers<ResponseHead>();
  const body = Promise.withResolvers<Uint8Array<ArrayBuffer>>();
  // Whoever got no headers does not wait for the body.
  body.promise.catch(() => {});
  const stopWatching = watchLoop();
  let controller: Parameters<ResponseHandler['onRequestStart']>[0] | undefined;
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
  let timer = setTimeout(() => abort(tooSlow('headers', headersTimeoutCode)), headersMs);
  const received = openBuffer(mostBytes);
  const handler: ResponseHandler = {
    onSocket(socket, isReused) {
      times = timesOf(socket);
      timing.isReused = isReused;
      const connection = takeConnectionInfo(socket);
      if (connection) timing.connection = connection;
      sendingAt = performance.now();
    },
    onRequestStart(started) {
      controller = started;
      // As exact as it gets where nobody tells the socket: behind a proxy.
      timing.sentAt = performance.now();
    },
    onResponseStart(_, status, headers) {
      if (status < 200) return;
      clearTimeout(timer);
      timer = setTimeout(() => abort(tooSlow('body', bodyTimeoutCode)), bodyMs);
      timing.headersAt = times?.arrivedAt || performance.now();
      if (times) {
        timing.sentAt = times.sentAt;
        timing.lateMs = Math.max(times.lateMs, times.sentAt - sendingAt);
      }
      head.resolve({ status, headers });
    },
    onResponseData(_, chunk) {
      if (received.append(chunk)) return;
      abort(Object.assign(new Error(`more than ${mostBytes} bytes, or too many pieces`), { code: tooLargeCode }));
    },
    onResponseEnd() {
      timing.endedAt = times?.arrivedAt || performance.now();
      finish();
      body.resolve(received.bytes());
    },
    onResponseError(_, error) {
      finish(error);
    },
  };
  signal.addEventListener('abort', onAbort);
  try {
    if (signal.aborted) onAbort();
    else client.dispatch(request, handler);
  } catch (error) {
    finish(error);
  }
  return { timing, head: head.promise, body: body.promise };
}

/**
 * Collects the pieces of a body in one buffer that grows, because a piece of one byte takes as much memory as one of
 * hundreds.
 */
export function openBuffer(mostBytes: number) {
  let buffer = new Uint8Array(0);
  let [size, pieces] = [0, 0];
  return {
    /** Returns whether there was room for the piece. So many pieces are no answer to read either. */
    append(piece: Uint8Array): boolean {
      const end = size + piece.length;
      pieces += 1;
      if (end > mostBytes || pieces > mostPieces) return false;
      if (end > buffer.length) {
        const grown = new Uint8Array(Math.min(mostBytes, Math.max(end, 2 * buffer.length, leastBytes)));
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

/** Each takes processor time, whatever its size. Servers send hundreds of bytes in one. */
const mostPieces = 100_000;

/** As much as most answers have. */
const leastBytes = 4_096;

function tooSlow(part: string, code: string): Error {
  return Object.assign(new Error(`the ${part} took too long`), { code });
}
