import type { HttpClient } from './http-client.ts';

/** A connection, which has one request at a time. */
export interface Connection {
  readonly client: HttpClient;
  /**
   * Settles once it is open or cannot be opened. A request over one that cannot be opened fails with the reason, so that
   * nothing of it is lost. Undefined if it opens with its first request.
   */
  readonly opened?: Promise<unknown>;
  /** Settles once others can resume its TLS session, or have waited long enough for that. */
  readonly resumable?: Promise<unknown>;
  /** Closes what its client does not know of yet. */
  close(): void;
}

/** How a connection is opened: ahead of its first request or with it, and whether it may resume a TLS session. */
export interface OpenOptions {
  readonly ahead: boolean;
  readonly resume: boolean;
}

export interface Connections {
  /**
   * Opens connections to an origin ahead, the first of them anew and the others with its TLS session. Resolves when they are
   * open, have failed or take too long: one that does not open holds nothing back. Never rejects.
   */
  prepare(origin: string, count: number): Promise<void>;
  /**
   * A connection for one request: one that is free, or another one. Where some were prepared, waits a moment for one of
   * them. `anew`: none that has been used, and none that resumed a TLS session.
   */
  take(origin: string, anew?: boolean): Promise<Connection>;
  /** Ends a request. A connection that failed is not used again. */
  release(connection: Connection, isUsable: boolean): void;
  close(): Promise<void>;
}

type State = 'opening' | 'free' | 'failed' | 'busy';

interface Entry {
  readonly connection: Connection;
  readonly origin: OriginConnections;
  readonly resume: boolean;
  state: State;
  isUsed: boolean;
}

interface OriginConnections {
  readonly name: string;
  readonly entries: Entry[];
  readonly waiting: ((entry: Entry) => void)[];
  /** How many were prepared. Beyond them, a request waits a moment before it opens one more. */
  prepared: number;
}

/** How long the others wait for the TLS session of the first connection. */
const firstPatienceMs = 500;

/** How long the first request waits for connections that are not open yet, when another one is. */
const othersPatienceMs = 100;

/** How long a request waits for a connection that another one uses, before it opens one of its own. */
const freePatienceMs = 250;

/** Keeps the connections of one run. */
export function openConnections(open: (origin: string, options: OpenOptions) => Connection): Connections {
  const origins = new Map<string, OriginConnections>();

  const originOf = (name: string): OriginConnections => {
    const known = origins.get(name) ?? { name, entries: [], waiting: [], prepared: 0 };
    origins.set(name, known);
    return known;
  };

  const add = (origin: OriginConnections, options: OpenOptions): Entry => {
    const connection = open(origin.name, options);
    const { resume } = options;
    const entry: Entry = { connection, origin, resume, state: connection.opened ? 'opening' : 'busy', isUsed: false };
    origin.entries.push(entry);
    const settleOpening = (state: 'free' | 'failed') => entry.state === 'opening' && settle(entry, state);
    connection.opened?.then(
      () => settleOpening('free'),
      () => settleOpening('failed'),
    );
    return entry;
  };

  /** Gives a connection to whoever waits longest. One that waits no more has taken another. */
  const settle = (entry: Entry, state: 'free' | 'failed'): void => {
    entry.state = state;
    const next = entry.origin.waiting.shift();
    if (next) next(use(entry));
  };

  const use = (entry: Entry): Entry => {
    entry.state = 'busy';
    return entry;
  };

  const waitForFree = async (origin: OriginConnections): Promise<Entry> => {
    const { promise, resolve } = Promise.withResolvers<Entry>();
    origin.waiting.push(resolve);
    const timer = setTimeout(() => {
      origin.waiting.splice(origin.waiting.indexOf(resolve), 1);
      const opening = origin.entries.find(({ state }) => state === 'opening');
      resolve(use(opening ?? add(origin, { ahead: false, resume: true })));
    }, freePatienceMs);
    const entry = await promise;
    clearTimeout(timer);
    return entry;
  };

  const takeAnew = (origin: OriginConnections): Entry => {
    const unused = origin.entries.find(({ state, isUsed, resume }) => state !== 'busy' && !isUsed && !resume);
    return use(unused ?? add(origin, { ahead: false, resume: false }));
  };

  const takeAny = (origin: OriginConnections): Entry | Promise<Entry> => {
    const inState = (wanted: State) => origin.entries.filter(({ state }) => state === wanted);
    const [failed] = inState('failed');
    // The one that was opened anew is for the request that asks for it.
    const [free] = inState('free').toSorted((one, other) => Number(other.resume) - Number(one.resume));
    const found = failed ?? free;
    if (found) return use(found);
    if (origin.entries.length < origin.prepared || origin.prepared === 0) {
      return use(add(origin, { ahead: false, resume: origin.prepared > 0 }));
    }
    return waitForFree(origin);
  };

  const entryOf = new WeakMap<Connection, Entry>();

  return {
    async prepare(name, count) {
      const origin = originOf(name);
      const first = origin.entries[0] ?? add(origin, { ahead: true, resume: false });
      origin.prepared = Math.max(origin.prepared, count);
      if (count > 1) {
        await within(first.connection.resumable, firstPatienceMs);
        // Each request finds out by itself why there is no connection.
        if (first.state === 'failed') return;
        while (origin.entries.length < count) add(origin, { ahead: true, resume: true });
      }
      await within(Promise.allSettled(origin.entries.map(({ connection }) => connection.opened)), othersPatienceMs);
    },
    async take(name, anew = false) {
      const origin = originOf(name);
      const entry = await (anew ? takeAnew(origin) : takeAny(origin));
      entry.isUsed = true;
      entryOf.set(entry.connection, entry);
      return entry.connection;
    },
    release(connection, isUsable) {
      const entry = entryOf.get(connection);
      if (!entry) return;
      if (isUsable) {
        settle(entry, 'free');
        return;
      }
      const { entries } = entry.origin;
      entries.splice(entries.indexOf(entry), 1);
      end(connection).catch(() => {});
    },
    async close() {
      const all = [...origins.values()].flatMap(({ entries }) => entries);
      await Promise.all(all.map(({ connection }) => end(connection)));
    },
  };
}

async function end({ client, close }: Connection): Promise<void> {
  close();
  await client.destroy();
}

/** Waits for something that may fail, and not forever. */
async function within(work: Promise<unknown> | undefined, ms: number): Promise<void> {
  const { promise: timeUp, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([work?.catch(() => {}), timeUp]);
  clearTimeout(timer);
}
