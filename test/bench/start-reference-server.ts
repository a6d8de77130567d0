import path from 'node:path';
import { startProcess } from './measured-process.ts';

export interface ReferenceServerOptions {
  readonly cert: string;
  readonly key: string;
  /** How long each answer is held back. */
  readonly delayMs: number;
  /** How many origins it has, each with a port of its own. */
  readonly origins: number;
}

/** What the server saw since it was last asked. */
export interface ReferenceServerReading {
  /** What each answer took, in milliseconds, by its request id. */
  readonly tookMs: Readonly<Record<string, number>>;
  /** The ids of those of which it does not know that to a millisecond, because it was not on time itself. */
  readonly uncertain: readonly string[];
  /** TLS connections that were opened, and how many of them resumed a session. */
  readonly connections: number;
  readonly resumed: number;
  /** Connections that are open now. Those without a request are closed after this. */
  readonly open: number;
  /** By how much its own event loop was late, at most: then the machine had no time for it. */
  readonly lateMs: number;
}

export interface ReferenceServer extends AsyncDisposable {
  /** Host and port of each origin. */
  readonly domains: readonly string[];
  read(): Promise<ReferenceServerReading>;
}

/** Starts the server that knows how long each of its answers took. */
export async function startReferenceServer(options: ReferenceServerOptions): Promise<ReferenceServer> {
  const server = await startProcess<{ readonly ports: readonly number[] }, object, ReferenceServerReading>({
    script: path.join(import.meta.dirname, 'reference-server.ts'),
    args: [JSON.stringify(options)],
  });
  return {
    domains: server.ready.ports.map((port) => `localhost:${port}`),
    read: () => server.ask({}),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
