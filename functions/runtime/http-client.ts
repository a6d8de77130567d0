import { Socket } from 'node:net';
import { invalidStatusCode } from '../model/errors.ts';
import { keepAliveMs } from './connection.ts';

/** Sends requests, one at a time, and tells their handlers. undici's dispatchers are such clients too. */
export interface HttpClient {
  dispatch(request: HttpRequest, handler: ResponseHandler): unknown;
  /** Closes the connection, and ends what is under way. */
  destroy(): unknown;
}

export interface HttpRequest {
  readonly origin: string;
  readonly path: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: string | Uint8Array | null;
}

/** Header fields by their names in lower case. One that came more than once has all of its values. */
export type HeaderFields = Record<string, string | string[] | undefined>;

interface Controller {
  /** Ends the request with this error. */
  abort(reason: Error): void;
}

/** What undici calls a handler. It is told of the end or of one error, and of nothing after that. */
export interface ResponseHandler {
  /** Trap: undici does not say it. */
  onSocket?(socket: Socket, isReused: boolean): void;
  onRequestStart(controller: Controller): void;
  onResponseStart(controller: Controller, status: number, headers: HeaderFields): void;
  onResponseData(controller: Controller, chunk: Uint8Array): void;
  onResponseEnd(controller: Controller): void;
  onResponseError(controller: Controller, error: Error): void;
}

/** Opens a socket, and hands it over once it is ready, or says why there is none. */
export type OpenSocket = (callback: (error: Error | null, socket: Socket | null) => void) => Socket;

/**
 * Opens a client with Node.js's own HTTP/1.1. It opens another socket if the server has closed the one before.
 *
 * Trap: as an import, `node:http` would bring Node.js's own fetch with it, which takes 30 ms of processor at a cold start.
 */
export function openHttpClient(openSocket: OpenSocket): HttpClient {
  const { Agent, request } = process.getBuiltinModule('node:http');
  const agent = new Agent({ keepAlive: true, keepAliveMsecs: keepAliveMs, maxSockets: 1 });
  const sockets = new Set<Socket>();
  let isClosed = false;
  agent.createConnection = (_, callback) => {
    // A request that waits for a connection gets a new one even after the end.
    if (isClosed) {
      callback?.(closed(), new Socket());
      return undefined;
    }
    const opening = openSocket((error, socket) => callback?.(error, socket ?? opening));
    sockets.add(opening);
    opening.once('close', () => sockets.delete(opening));
    return undefined;
  };
  return {
    dispatch({ origin, path, method, headers, body }, handler) {
      const sent = request({
        agent,
        path,
        method,
        headers: { ...headers, ...lengthOf(body), host: new URL(origin).host },
      });
      let isEnded = false;
      const end = (tell: () => void) => {
        if (!isEnded) tell();
        isEnded = true;
      };
      const controller: Controller = { abort: (reason) => sent.destroy(reason) };
      const fail = (error: Error) => end(() => handler.onResponseError(controller, error));
      sent.once('socket', (socket) => handler.onSocket?.(socket, sent.reusedSocket));
      sent.on('error', fail);
      // Nobody asked for another protocol (RFC 9110, section 15.2.2).
      sent.once('upgrade', (_, socket) => {
        socket.destroy();
        fail(invalidStatus());
      });
      sent.once('response', (response) => {
        response.on('error', fail);
        if (!isFinalStatus(response.statusCode)) {
          sent.destroy(invalidStatus());
          return;
        }
        response.on('data', (chunk: Uint8Array) => !isEnded && handler.onResponseData(controller, chunk));
        response.once('end', () => end(() => handler.onResponseEnd(controller)));
        handler.onResponseStart(controller, response.statusCode ?? 0, fieldsOf(response.rawHeaders));
      });
      handler.onRequestStart(controller);
      sent.end(body ?? undefined);
    },
    destroy() {
      isClosed = true;
      // With an error, so that whoever waits for one of them is told.
      for (const socket of sockets) socket.destroy(closed());
      agent.destroy();
    },
  };
}

/** Statuses that say how a request ended (RFC 9110, section 15). Node.js's parser takes any three digits. */
function isFinalStatus(status = 0): boolean {
  return status >= 200;
}

const invalidStatus = () => Object.assign(new Error('no status that ends a request'), { code: invalidStatusCode });

/** Whoever waits for a connection of a run that is over is told this. */
export const closed = () => Object.assign(new Error('the client was closed'), { code: 'ECONNABORTED' });

/** Node.js leaves it out where a method has a body that needs none, such as DELETE. */
function lengthOf(body: HttpRequest['body']): Record<string, string> {
  return body === null ? {} : { 'content-length': String(Buffer.byteLength(body)) };
}

function fieldsOf(raw: readonly string[]): HeaderFields {
  const fields: HeaderFields = Object.create(null);
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const [name = '', value = ''] = [raw[index]?.toLowerCase(), raw[index + 1]];
    const known = fields[name];
    fields[name] = known === undefined ? value : [known, value].flat();
  }
  return fields;
}
