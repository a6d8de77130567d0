import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CaseSwitch } from './case-switch.ts';
import { UsageError } from './result.ts';

export interface CaseServer extends AsyncDisposable {
  /** GET says which cases happen, PUT of a case below it selects that, and DELETE ends all. */
  readonly url: string;
}

/**
 * Serves a case switch on loopback, by HTTP: a case may break the emulator's own TLS.
 *
 * Port 0 takes a free port.
 */
export async function serveCases(cases: CaseSwitch, port: number): Promise<CaseServer> {
  const server = createServer(async (request, response) => {
    const { status, body } = await answer(cases, request).catch((error: unknown) => ({
      status: error instanceof UsageError ? 400 : 500,
      body: { error: error instanceof Error ? error.message : String(error) },
    }));
    response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/cases`,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function answer(cases: CaseSwitch, { method, url = '/' }: IncomingMessage) {
  const [, id] = /^\/cases(?:\/([^/?]+))?$/.exec(url) ?? [];
  const isKnown = /^\/cases(\/[^/?]+)?$/.test(url);
  if (method === 'PUT' && id !== undefined) await cases.select(decodeURIComponent(id).split(','));
  else if (method === 'DELETE' && isKnown && id === undefined) await cases.select([]);
  else if (method !== 'GET' || !isKnown || id !== undefined) {
    return { status: 404, body: { error: 'Use GET /cases, PUT /cases/<id> or DELETE /cases.' } };
  }
  return { status: 200, body: { cases: cases.active } };
}
