import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import type { Fault } from '../../simulator/environment.ts';

/** Moves the org to where there is no Okta. */
function movedTo(domain: string, restore?: () => unknown): Awaited<ReturnType<Fault>> {
  return { event: (org) => ({ ...org, domain }), ...(restore && { restore }) };
}

/** To a name that does not resolve. A resolver may be slow to say so. */
export function unresolvable(name: string): Fault {
  return () => ({ event: (org) => ({ ...org, domain: name, timeoutMs: 10_000 }) });
}

/** To a port that nobody listens at. */
export const refused: Fault = async () => {
  const server = await listen(() => {});
  const domain = addressOf(server);
  server.close();
  await once(server, 'close');
  return movedTo(domain);
};

/** To a peer that takes the connection and does with it what it likes. */
function peer(treat: (socket: Socket) => void): Fault {
  return async () => {
    const sockets = new Set<Socket>();
    const server = await listen((socket) => {
      sockets.add(socket);
      socket.on('error', () => {});
      treat(socket);
    });
    return movedTo(addressOf(server), async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    });
  };
}

/** Resets the connection as soon as the client speaks. */
export const resetting = peer((socket) => socket.once('data', () => socket.resetAndDestroy()));
/** Answers the TLS handshake in clear text, as a port of another service or a captive portal does. */
export const withoutTls = peer((socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
/** Never answers the TLS handshake. */
export const tlsHang = peer(() => {});

/** A thread that listens and never accepts: once its queue is full, the kernel drops what asks for a connection. */
const neverAccepts = `
const { parentPort } = require('node:worker_threads');
const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
  parentPort.postMessage(server.address().port);
  setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
});
`;

/** To a peer that no connection can be made to, and that does not refuse it either. */
export const synDropped: Fault = async () => {
  const worker = new Worker(neverAccepts, { eval: true });
  const [port] = (await once(worker, 'message')) as [number];
  const fillers = Array.from({ length: 4 }, () => connect(port, '127.0.0.1').on('error', () => {}));
  await once(fillers[0] as Socket, 'connect');
  return movedTo(`127.0.0.1:${port}`, async () => {
    for (const filler of fillers) filler.destroy();
    await worker.terminate();
  });
};

async function listen(accept: (socket: Socket) => void): Promise<Server> {
  const server = createServer(accept).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function addressOf(server: Server): string {
  return `localhost:${(server.address() as AddressInfo).port}`;
}
