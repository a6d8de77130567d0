import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Answer } from './answer.ts';
import type { TlsIdentity } from './certificates.ts';
import { errorEnvelope } from './error-envelope.ts';
import { createInterventions, type Effect } from './interceptors.ts';
import { oktaId } from './okta-id.ts';
import { type OktaRequest, readRequest } from './okta-request.ts';
import { type Bucket, bucketFor } from './rate-limits.ts';

/** One request that was served. */
export interface ServedRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** 0 where the connection was closed instead. */
  readonly status: number;
  readonly bucket: Bucket | undefined;
}

type Route = (request: OktaRequest) => Promise<Answer>;

/**
 * The socket side: takes requests on loopback, lets interventions have their way, keeps a record, and sends.
 *
 * It listens before it knows what to answer, because issuers contain the port.
 */
export async function listenHttps(identity: TlsIdentity, port: number, now: () => number) {
  const server = createServer(identity);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');

  /** By the client's port. A TLS socket cannot be reset, the one below it can. */
  const connections = new Map<number | undefined, Socket>();
  server.on('connection', (socket: Socket) => {
    const { remotePort } = socket;
    connections.set(remotePort, socket);
    socket.on('close', () => connections.delete(remotePort));
  });

  const interventions = createInterventions();
  const requests: ServedRequest[] = [];
  const closing = new AbortController();

  /** What Okta puts on every answer. Added before interventions see it, so that they can take it off again. */
  const dressed = (answer: Answer, path: string): Answer => ({
    ...answer,
    headers: {
      date: new Date(now()).toUTCString(),
      // The status page is another site, which knows nothing of the org's request ids.
      ...(!path.startsWith('/status') && { 'x-okta-request-id': oktaId('Z', 26) }),
      ...answer.headers,
    },
  });

  async function handle(incoming: IncomingMessage, response: ServerResponse, route: Route): Promise<void> {
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const request = await readRequest(incoming);
    const { method, path } = request;
    const outcome = await interventions.around(
      request,
      async (replacement) => dressed(replacement ?? (await route(request)), path),
      AbortSignal.any([closing.signal, gone.signal]),
    );
    const status = outcome.kind === 'hang up' ? 0 : outcome.answer.status;
    requests.push({ method, path, status, bucket: bucketFor(path) });
    if (outcome.kind === 'answer') send(outcome.answer, response, method, outcome.breakOff);
    else if (outcome.how === 'reset') connections.get(incoming.socket.remotePort)?.resetAndDestroy();
    else incoming.socket.destroy();
  }

  return {
    port: (server.address() as AddressInfo).port,
    requests,
    intervene: interventions.intervene,

    /** What connections from now on are met with. Those that are open stay as they are. */
    present(identity: TlsIdentity): void {
      server.setSecureContext(identity);
    },

    serve(route: Route): void {
      server.on('request', (incoming, response) => {
        handle(incoming, response, route).catch((error: unknown) => {
          if (response.destroyed || closing.signal.aborted) response.destroy();
          else send(faulty(error), response);
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
  { status, headers, body }: Answer,
  response: ServerResponse,
  method?: string,
  breakOff?: Effect['breakOff'],
): void {
  const hasBody = status !== 204 && status !== 304;
  response.sendDate = false;
  for (const [name, value] of Object.entries(headers)) {
    response.setHeader(name, typeof value === 'string' ? value : [...value]);
  }
  if (hasBody) response.setHeader('content-length', Math.max(Buffer.byteLength(body), breakOff ? 1 : 0));
  response.writeHead(status);
  if (breakOff) {
    response.write(body.slice(0, Math.floor(body.length / 2)), () => breakOff === 'close' && response.socket?.end());
  } else response.end(hasBody && method !== 'HEAD' ? body : undefined);
}

/** A mistake of ours, not of who asked: the header tells it from an outage that was asked for. */
function faulty(error: unknown): Answer {
  return errorEnvelope('E0000009', '', { 'x-embedded-okta-fault': encodeURIComponent(String(error)) });
}
