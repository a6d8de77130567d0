import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import Client from 'undici/lib/dispatcher/client.js';
import type { Connect, ConnectCallback } from './connection.ts';

export interface ConnectionsOptions {
  /** Opens sockets. */
  readonly connect: Connect;
  /** Makes a dispatcher that opens its own sockets, such as one to a proxy. */
  readonly createDispatcher?: (() => Dispatcher) | undefined;
}

type State = 'opening' | 'free' | 'failed' | 'busy';

/** How a connection is opened: ahead of its first request or with it, and whether it may resume a TLS session. */
interface OpenOptions {
  readonly ahead: boolean;
  readonly resume: boolean;
}

/** `sendRequest` limits the headers and the body as a whole. An idle socket stays open for longer than a run takes. */
const clientOptions = { allowH2: false, headersTimeout: 0, bodyTimeout: 0, keepAliveTimeout: 600_000 };

/** How long to wait for a server's TLS session at least. Some send none. In milliseconds. */
const minSessionWaitMs = 50;

/** How long the other connections wait for the TLS session of the first. */
const firstPatienceMs = 500;

/** How long the first request waits for connections that are not open yet, when another one is. */
const othersPatienceMs = 100;

/** How long a request waits for a connection that is in use before it opens another. */
const freePatienceMs = 250;

/** A connection, which has one request at a time. undici opens another socket if the server has closed the one before. */
export class Connection {
  readonly dispatcher: Dispatcher;
  /** The newest socket. Undefined behind a proxy, where the dispatcher opens its own. */
  socket: Socket | undefined;
  state: State;
  isUsed = false;
  /** Settles when the socket is open or cannot be opened. Undefined if it opens with its first request. */
  readonly opened: Promise<void> | undefined;
  readonly resume: boolean;
  readonly server: ServerConnections;
  /** The socket was opened ahead, and no request has used it yet. */
  #isAhead: boolean;
  #isOpen = false;

  constructor(
    server: ServerConnections,
    { connect, createDispatcher }: ConnectionsOptions,
    { ahead, resume }: OpenOptions,
  ) {
    this.server = server;
    this.resume = resume;
    const url = new URL(server.origin);
    const open = (callback: ConnectCallback) => {
      this.socket = connect(url, callback, resume ? server.session : undefined);
      this.socket.on('session', (session: Buffer) => {
        server.session = session;
      });
    };
    this.#isAhead = ahead && !createDispatcher;
    this.state = this.#isAhead ? 'opening' : 'busy';
    this.dispatcher = createDispatcher?.() ?? new Client(url, { ...clientOptions, connect: this.#handOver(open) });
    if (!this.#isAhead) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.opened = promise;
    open((...[error]) => {
      this.#isOpen = error === null;
      if (error) reject(error);
      else resolve();
    });
  }

  /**
   * Hands the socket that was opened ahead to undici's client as soon as it is open, or the reason why it is not. Opens another
   * one if there is none, if the server has closed it, or if the server has sent something that no request asked for.
   */
  #handOver(open: (callback: ConnectCallback) => void) {
    return (_: unknown, callback: ConnectCallback) => {
      const { socket, opened } = this;
      const isAhead = this.#isAhead;
      this.#isAhead = false;
      if (isAhead && socket && opened && (!this.#isOpen || (socket.writable && socket.readableLength === 0))) {
        opened.then(
          () => callback(null, socket),
          (error) => callback(error, null),
        );
        return;
      }
      socket?.destroy();
      open(callback);
    };
  }

  /** Resolves when other connections can resume this one's TLS session, or have waited long enough for it. */
  async waitForSession(): Promise<void> {
    const startedAt = performance.now();
    const session = new Promise((arrived) => this.socket?.once('session', arrived));
    await this.opened?.catch(() => {});
    // A server sends its session after the handshake, if at all.
    const waitMs = Math.max(minSessionWaitMs, performance.now() - startedAt);
    await Promise.race([session, delay(waitMs, undefined, { ref: false })]);
  }

  /** Closes the socket and ends the request under way. */
  async close(): Promise<void> {
    const closed = Object.assign(new Error('the client was closed'), { code: 'ECONNABORTED' });
    this.socket?.destroy(closed);
    await this.dispatcher.destroy(closed);
  }
}

/** The connections of one run to one server. */
class ServerConnections {
  readonly origin: string;
  /** The newest TLS session. */
  session: Buffer | undefined;
  readonly #options: ConnectionsOptions;
  readonly #connections: Connection[] = [];
  readonly #waiting: ((connection: Connection) => void)[] = [];
  /** How many were prepared. Beyond them, a request waits a moment before it opens one more. */
  #prepared = 0;

  constructor(origin: string, options: ConnectionsOptions) {
    this.origin = origin;
    this.#options = options;
  }

  async prepare(count: number): Promise<void> {
    const first = this.#connections[0] ?? this.#add({ ahead: true, resume: false });
    this.#prepared = Math.max(this.#prepared, count);
    if (count > 1) {
      await within(first.waitForSession(), firstPatienceMs);
      // The request that uses it reports why it failed.
      if (first.state === 'failed') return;
      while (this.#connections.length < count) this.#add({ ahead: true, resume: true });
    }
    await within(Promise.allSettled(this.#connections.map(({ opened }) => opened)), othersPatienceMs);
  }

  take(anew: boolean): Connection | Promise<Connection> {
    if (anew) {
      const unused = this.#connections.find(({ state, isUsed, resume }) => state !== 'busy' && !isUsed && !resume);
      return use(unused ?? this.#add({ ahead: false, resume: false }));
    }
    const failed = this.#connections.find(({ state }) => state === 'failed');
    const free = this.#connections.filter(({ state }) => state === 'free');
    // The connection that was opened anew is for the request that asks for it.
    const found = failed ?? free.find(({ resume }) => resume) ?? free[0];
    if (found) return use(found);
    const isRoom = this.#connections.length < this.#prepared || this.#prepared === 0;
    return isRoom ? use(this.#add({ ahead: false, resume: this.#prepared > 0 })) : this.#waitForFree();
  }

  release(connection: Connection, isUsable: boolean): void {
    if (isUsable) {
      this.#settle(connection, 'free');
      return;
    }
    this.#connections.splice(this.#connections.indexOf(connection), 1);
    connection.close().catch(() => {});
  }

  async close(): Promise<void> {
    await Promise.all(this.#connections.map((connection) => connection.close()));
  }

  #add(options: OpenOptions): Connection {
    const connection = new Connection(this, this.#options, options);
    this.#connections.push(connection);
    const settleOpening = (state: 'free' | 'failed') =>
      connection.state === 'opening' && this.#settle(connection, state);
    connection.opened?.then(
      () => settleOpening('free'),
      () => settleOpening('failed'),
    );
    return connection;
  }

  /** Gives the connection to the request that has waited longest. */
  #settle(connection: Connection, state: 'free' | 'failed'): void {
    connection.state = state;
    this.#waiting.shift()?.(use(connection));
  }

  async #waitForFree(): Promise<Connection> {
    const { promise, resolve } = Promise.withResolvers<Connection>();
    this.#waiting.push(resolve);
    const timer = setTimeout(() => {
      this.#waiting.splice(this.#waiting.indexOf(resolve), 1);
      const opening = this.#connections.find(({ state }) => state === 'opening');
      resolve(use(opening ?? this.#add({ ahead: false, resume: true })));
    }, freePatienceMs);
    const connection = await promise;
    clearTimeout(timer);
    return connection;
  }
}

function use(connection: Connection): Connection {
  connection.state = 'busy';
  connection.isUsed = true;
  return connection;
}

/** Keeps the connections of one run. */
export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #servers = new Map<string, ServerConnections>();

  constructor(options: ConnectionsOptions) {
    this.#options = options;
  }

  /**
   * Opens connections to an origin ahead, the first of them anew and the others with its TLS session. Resolves when they are
   * open, have failed or take too long: one that does not open holds nothing back.
   */
  async prepare(origin: string, count: number): Promise<void> {
    await this.#serverOf(origin).prepare(count);
  }

  /**
   * Returns a connection for one request: a free one, or a new one. If some were prepared, waits a moment for one of them.
   *
   * @param anew returns none that has been used, and none that resumed a TLS session
   */
  async take(origin: string, anew = false): Promise<Connection> {
    return this.#serverOf(origin).take(anew);
  }

  /** Ends a request. A connection that failed is not used again. */
  release(connection: Connection, isUsable: boolean): void {
    connection.server.release(connection, isUsable);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#servers.values()].map((server) => server.close()));
  }

  #serverOf(origin: string): ServerConnections {
    const known = this.#servers.get(origin) ?? new ServerConnections(origin, this.#options);
    this.#servers.set(origin, known);
    return known;
  }
}

/** Waits for work that may fail, for a limited time. */
async function within(work: Promise<unknown>, ms: number): Promise<void> {
  const { promise: timeUp, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([work.catch(() => {}), timeUp]);
  clearTimeout(timer);
}
