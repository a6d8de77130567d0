import { setTimeout as delay } from 'node:timers/promises';
import type { SecureContext, TLSSocket } from 'node:tls';
import type { Agent, Dispatcher } from 'undici';
import Client from 'undici/lib/dispatcher/client.js';
import { type Connect, timedConnector } from './connection.ts';
import type { Connection, OpenOptions } from './connections.ts';

export interface OpenerOptions {
  readonly timeoutMs: number;
  readonly secureContext: SecureContext;
  /** Opens connections otherwise than directly. They open with their first request, and are not timed. */
  readonly createAgent?: ((options: Agent.Options) => Dispatcher) | undefined;
}

/** Opens connections with undici. Each has one request at a time. */
export function connectionOpener({
  timeoutMs,
  secureContext,
  createAgent,
}: OpenerOptions): (origin: string, options: OpenOptions) => Connection {
  const limits = {
    allowH2: false,
    headersTimeout: timeoutMs,
    // `sendRequest` limits the body as a whole.
    bodyTimeout: 0,
  };
  const connectNow = timedConnector({ allowH2: false, timeout: timeoutMs / 2, secureContext });
  /** The newest TLS session with each origin. */
  const sessions = new Map<string, Buffer>();
  return (origin, { ahead, resume }) => {
    if (createAgent) return { dispatcher: createAgent(limits), close: () => {} };
    const connect: Connect = (target, callback) => {
      const socket = connectNow(target, callback, resume ? sessions.get(origin) : undefined);
      return socket.on('session', (session: Buffer) => sessions.set(origin, session));
    };
    const opening = ahead ? openAhead(origin, connect) : undefined;
    const dispatcher = new Client(origin, { ...limits, connect: opening?.connect ?? connect });
    return { dispatcher, ...opening, close: () => opening?.socket.destroy() };
  };
}

/** How long to wait for a server's TLS session at least. Some send none. In milliseconds. */
const leastSessionPatienceMs = 50;

interface Opening extends Required<Pick<Connection, 'opened' | 'resumable'>> {
  readonly socket: TLSSocket;
  /** Hands the socket over, as soon as it is open. */
  readonly connect: Connect;
}

function openAhead(origin: string, connect: Connect): Opening {
  const { hostname, host, protocol, port } = new URL(origin);
  const target = { host, hostname: hostname.replace(/^\[|\]$/g, ''), protocol, port };
  const startedAt = performance.now();
  const { promise: opened, resolve, reject } = Promise.withResolvers<void>();
  const tried = opened.catch(() => {
    // Whoever uses the connection is told.
  });
  const socket = connect(target, (...[error]) => (error ? reject(error) : resolve()));
  const session = new Promise((arrived) => socket.once('session', arrived));
  let isTaken = false;
  return {
    socket,
    opened,
    // A server sends its session after the handshake, if at all.
    resumable: tried.then(() =>
      Promise.race([session, delay(Math.max(leastSessionPatienceMs, performance.now() - startedAt))]),
    ),
    connect(wanted, callback) {
      // undici opens another one itself if the server has closed this one.
      if (isTaken || socket.destroyed) return connect(wanted, callback);
      isTaken = true;
      opened.then(
        () => callback(null, socket),
        (error) => callback(error, null),
      );
      return socket;
    },
  };
}
