import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

export interface ReferenceServerOptions {
  readonly cert: string;
  readonly key: string;
  /** How long each answer is held back. */
  readonly delayMs: number;
}

/** What the server saw since it was last asked. */
export interface ReferenceServerReading {
  /** What each answer took, in milliseconds, by its request id. */
  readonly tookMs: Readonly<Record<string, number>>;
  /** TLS connections that were opened, and how many of them resumed a session. */
  readonly connections: number;
  readonly resumed: number;
  /** Connections that are open now. */
  readonly open: number;
}

export interface ReferenceServer extends AsyncDisposable {
  /** Host and port. */
  readonly domain: string;
  read(): Promise<ReferenceServerReading>;
}

/** Starts the server that knows how long each of its answers took. */
export async function startReferenceServer(options: ReferenceServerOptions): Promise<ReferenceServer> {
  const child = fork(path.join(import.meta.dirname, 'reference-server.ts'), [JSON.stringify(options)]);
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return {
    domain: `localhost:${port}`,
    async read() {
      const answered = once(child, 'message');
      child.send('read');
      return (await answered)[0] as ReferenceServerReading;
    },
    async [Symbol.asyncDispose]() {
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}
