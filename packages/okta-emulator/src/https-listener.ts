import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { TlsIdentity } from './certificates.ts';
import { errorEnvelope } from './error-responses.ts';
import {
  cookiesOf,
  type OktaRequest,
  type OktaResponse,
  type ResponseHeaders,
  readRequest,
  type Sender,
  senderHeaders,
} from './http-message.ts';
import { addedTo } from './org.ts';
import { type Bucket, bucketFor } from './rate-limits.ts';
import { classicCookie } from './sessions.ts';

export interface ServedRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** 0 if the connection ended without a response. */
  readonly status: number;
  readonly bucket: Bucket | undefined;
}

type Handler = (request: OktaRequest) => Promise<OktaResponse>;

/**
 * Listens for HTTPS on loopback, runs the interceptors, records the requests and sends the responses.
 *
 * It listens before it has a handler, because the handler needs the port: issuers contain it.
 */
export async function listenHttps(identity: TlsIdentity, port: number, now: () => number) {
  const server = createServer(identity);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');

  /** The TCP sockets by client port. A TLS socket cannot be reset, but the TCP socket below it can. */
  const connections = new Map<number | undefined, Socket>();
  server.on('connection', (socket: Socket) => {
    const { remotePort } = socket;
    connections.set(remotePort, socket);
    socket.on('close', () => connections.delete(remotePort));
  });

  const interceptors = createInterceptors();
  const requests: ServedRequest[] = [];
  const closing = new AbortController();

  const listeningPort = (server.address() as AddressInfo).port;

  /** Adds the headers of the sender. Interceptors see them and can remove them. */
  const withSenderHeaders = (response: OktaResponse, request: OktaRequest): OktaResponse => {
    const { id, path } = request;
    const sender = response.sender ?? (path.startsWith('/status') ? 'other' : 'application');
    const { 'set-cookie': cookies = [], ...headers } = senderHeaders(sender, `localhost:${listeningPort}`, id);
    const { 'set-cookie': own = [], ...given } = response.headers;
    // The cookie of a session at the Classic engine is not cleared while the browser has it.
    const isKept = cookiesOf(request).has(classicCookie);
    const cleared = [cookies].flat().filter((cookie) => !(isKept && cookie.startsWith(`${classicCookie}=`)));
    const all = [cleared, own].flat();
    return {
      ...response,
      headers: {
        date: new Date(now()).toUTCString(),
        ...headers,
        ...given,
        ...(all.length > 0 && { 'set-cookie': all }),
      },
    };
  };

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse, handler: Handler): Promise<void> {
    const disconnected = new AbortController();
    outgoing.on('close', () => disconnected.abort());
    const request = await readRequest(incoming);
    const { method, path } = request;
    const outcome = await interceptors.run(
      request,
      async (replacement) => withSenderHeaders(replacement ?? (await handler(request)), request),
      AbortSignal.any([closing.signal, disconnected.signal]),
    );
    const status = outcome.kind === 'disconnect' ? 0 : outcome.response.status;
    requests.push({ method, path, status, bucket: bucketFor(path, method) });
    if (outcome.kind === 'response') send(outcome.response, outgoing, method, outcome.truncate);
    else if (outcome.how === 'reset') connections.get(incoming.socket.remotePort)?.resetAndDestroy();
    else incoming.socket.destroy();
  }

  return {
    port: listeningPort,
    requests,
    intercept: interceptors.intercept,

    /** Uses an identity for new connections. Open connections keep theirs. */
    useIdentity(identity: TlsIdentity): void {
      server.setSecureContext(identity);
    },

    handle(handler: Handler): void {
      server.on('request', (incoming, outgoing) => {
        serve(incoming, outgoing, handler).catch((error: unknown) => {
          if (outgoing.destroyed || closing.signal.aborted) outgoing.destroy();
          else send(emulatorError(error), outgoing);
        });
      });
    },

    async close(): Promise<void> {
      closing.abort();
      const closed = server.listening ? once(server, 'close') : undefined;
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function send(
  { status, headers, body, sender }: OktaResponse,
  outgoing: ServerResponse,
  method?: string,
  truncate?: Effect['truncate'],
): void {
  const hasBody = status !== 204 && status !== 304;
  outgoing.sendDate = false;
  for (const [name, value] of Object.entries(headers)) {
    outgoing.setHeader(name, typeof value === 'string' ? value : [...value]);
  }
  // The org sends generated content in chunks. The front sends a file.
  if (hasBody && (truncate || body === '' || sender === 'front')) {
    outgoing.setHeader('content-length', Math.max(Buffer.byteLength(body), truncate ? 1 : 0));
  }
  outgoing.writeHead(status);
  if (truncate) {
    outgoing.write(body.slice(0, Math.floor(body.length / 2)), () => truncate === 'close' && outgoing.socket?.end());
  } else outgoing.end(hasBody && method !== 'HEAD' ? body : undefined);
}

/** The response to an error of the emulator itself. The header distinguishes it from an emulated outage. */
function emulatorError(error: unknown): OktaResponse {
  const answer = errorEnvelope('E0000009');
  return { ...answer, headers: { ...answer.headers, 'x-okta-emulator-error': encodeURIComponent(String(error)) } };
}

/** Which requests an interceptor handles. */
export interface Match {
  readonly method?: string;
  /** A string must equal the whole path, without the query. */
  readonly path: string | RegExp;
  /** Called once for each request that matches the method and the path. */
  readonly when?: (request: OktaRequest) => boolean;
}

/** What an interceptor does: first the delay, then the replacement, then the transformation. */
export interface Effect {
  readonly delayMs?: number;
  /**
   * Replaces the response: the authorization server and the API do not see the request, and rate limits do not count
   * it. The status is 200 if only a body is given. The sender's usual headers are added unless they are in `headers`.
   */
  readonly status?: number;
  readonly headers?: ResponseHeaders;
  /** A value that is not a string is sent as JSON. */
  readonly body?: unknown;
  readonly sender?: Sender;
  readonly transform?: (response: OktaResponse, request: OktaRequest) => OktaResponse | Promise<OktaResponse>;
  /** Ends the connection without a response: closes it normally, or resets it. */
  readonly disconnect?: 'close' | 'reset';
  /** Sends the headers and half of the body, then sends nothing more or closes the connection. */
  readonly truncate?: 'stall' | 'close';
}

/** The answer to send after all interceptors have run. */
export type Outcome =
  | { readonly kind: 'response'; readonly response: OktaResponse; readonly truncate: Effect['truncate'] }
  | { readonly kind: 'disconnect'; readonly how: NonNullable<Effect['disconnect']> };

/**
 * Interceptors delay, replace or change any response while the server runs, and can be removed again.
 *
 * If several match a request, they apply in the order in which they were added. The last replacement is used.
 */
function createInterceptors() {
  const active = new Set<{ match: Match; effect: Effect }>();

  return {
    intercept(match: Match, effect: Effect): () => void {
      return addedTo(active, { match, effect });
    },

    /** Runs the matching interceptors. `respond` gets the replacement of Okta's own response, if there is one. */
    async run(
      request: OktaRequest,
      respond: (replacement: OktaResponse | undefined) => Promise<OktaResponse>,
      signal: AbortSignal,
    ): Promise<Outcome> {
      const effects = [...active].filter(({ match }) => isMatch(match, request)).map(({ effect }) => effect);
      for (const { delayMs } of effects) if (delayMs) await wait(delayMs, undefined, { signal });
      const how = effects.findLast(({ disconnect }) => disconnect)?.disconnect;
      if (how) return { kind: 'disconnect', how };
      let response = await respond(effects.map(replacementOf).findLast((given) => given !== undefined));
      for (const { transform } of effects) if (transform) response = await transform(response, request);
      return { kind: 'response', response, truncate: effects.findLast(({ truncate }) => truncate)?.truncate };
    },
  };
}

function isMatch({ method, path, when }: Match, request: OktaRequest): boolean {
  if (method !== undefined && method !== request.method) return false;
  // `search` and not `test`, which remembers its position in a global expression.
  const isPath = typeof path === 'string' ? path === request.path : request.path.search(path) >= 0;
  return isPath && (when?.(request) ?? true);
}

function replacementOf({ status, headers, body, sender }: Effect): OktaResponse | undefined {
  if (status === undefined && headers === undefined && body === undefined) return undefined;
  const isText = body === undefined || typeof body === 'string';
  return {
    status: status ?? 200,
    headers: { ...(!isText && { 'content-type': 'application/json' }), ...headers },
    body: isText ? (body ?? '') : JSON.stringify(body),
    ...(sender && { sender }),
  };
}
