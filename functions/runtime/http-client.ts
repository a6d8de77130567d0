import type { Socket } from 'node:net';

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
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const sockets = new Set<Socket>();
  agent.createConnection = (_, callback) => {
    const opening = openSocket((error, socket) => callback?.(error, socket ?? opening));
    sockets.add(opening);
    opening.once('close', () => sockets.delete(opening));
    return undefined;
  };
  return {
    dispatch({ origin, path, method, headers, body }, handler) {
      const sent = request({ agent, path, method, headers: { ...headers, host: new URL(origin).host } });
      let isEnded = false;
      const end = (tell: () => void) => {
        if (!isEnded) tell();
        isEnded = true;
      };
      const controller: Controller = { abort: (reason) => sent.destroy(reason) };
      const fail = (error: Error) => end(() => handler.onResponseError(controller, error));
      sent.once('socket', (socket) => handler.onSocket?.(socket, sent.reusedSocket));
      sent.on('error', fail);
      sent.once('response', (response) => {
        response.on('error', fail);
        response.on('data', (chunk: Uint8Array) => !isEnded && handler.onResponseData(controller, chunk));
        response.once('end', () => end(() => handler.onResponseEnd(controller)));
        handler.onResponseStart(controller, response.statusCode ?? 0, fieldsOf(response.rawHeaders));
      });
      handler.onRequestStart(controller);
      sent.end(body ?? undefined);
    },
    destroy() {
      agent.destroy();
      for (const socket of sockets) socket.destroy();
    },
  };
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
