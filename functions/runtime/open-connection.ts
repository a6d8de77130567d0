import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { SecureContext } from 'node:tls';
import type { Agent, Dispatcher } from 'undici';
import { timedConnector } from './connection.ts';
import type { Connection, OpenOptions } from './connections.ts';
import { closed, type OpenSocket, openHttpClient } from './http-client.ts';

export interface OpenerOptions {
  readonly timeoutMs: number;
  readonly secureContext: SecureContext;
  /** Opens connections otherwise than directly. They open with their first request, and are not timed. */
  readonly createAgent?: ((options: Agent.Options) => Dispatcher) | undefined;
}

/** Opens connections. Each has one request at a time. */
export function connectionOpener({
  timeoutMs,
  secureContext,
  createAgent,
}: OpenerOptions): (origin: string, options: OpenOptions) => Connection {
  const connectNow = timedConnector({ timeoutMs: timeoutMs / 2, secureContext });
  /** The newest TLS session with each origin. */
  const sessions = new Map<string, Buffer>();
  return (origin, { ahead, resume }) => {
    // `sendRequest` limits the body as a whole.
    if (createAgent) {
      return { client: createAgent({ allowH2: false, headersTimeout: timeoutMs, bodyTimeout: 0 }), close: () => {} };
    }
    const connect: OpenSocket = (callback) => {
      const socket = connectNow(new URL(origin), callback, resume ? sessions.get(origin) : undefined);
      return socket.on('session', (session: Buffer) => sessions.set(origin, session));
    };
    const opening = ahead ? openAhead(connect) : undefined;
    return {
      client: openHttpClient(opening?.connect ?? connect),
      ...opening,
      close: () => opening?.socket.destroy(closed()),
    };
  };
}

/** How long to wait for a server's TLS session at least. Some send none. In milliseconds. */
const leastSessionPatienceMs = 50;

interface Opening extends Required<Pick<Connection, 'opened' | 'resumable'>> {
  readonly socket: Socket;
  /** Hands the socket over, as soon as it is open. */
  readonly connect: OpenSocket;
}

function openAhead(connect: OpenSocket): Opening {
  const startedAt = performance.now();
  const { promise: opened, resolve, reject } = Promise.withResolvers<void>();
  const tried = opened.catch(() => {
    // Whoever uses the connection is told.
  });
  let isOpen = false;
  const socket = connect((error) => {
    isOpen = error === null;
    if (error) reject(error);
    else resolve();
  });
  const session = new Promise((arrived) => socket.once('session', arrived));
  let isTaken = false;
  return {
    socket,
    opened,
    // A server sends its session after the handshake, if at all.
    resumable: tried.then(() =>
      Promise.race([
        session,
        delay(Math.max(leastSessionPatienceMs, performance.now() - startedAt), undefined, { ref: false }),
      ]),
    ),
    connect(callback) {
      // The server may have closed this one by now, or have said something that no request asked for.
      const isUsable = !isOpen || (socket.writable && socket.readableLength === 0);
      if (isTaken || !isUsable) return connect(callback);
      isTaken = true;
      opened.then(
        () => callback(null, socket),
        (error) => callback(error, null),
      );
      return socket;
    },
  };
}
