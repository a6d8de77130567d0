import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import type { Fault } from '../../simulation/environment.ts';

/** Points the org at another address. */
function changeDomain(domain: string, restore?: () => unknown): Awaited<ReturnType<Fault>> {
  return { event: (org) => ({ ...org, domain }), ...(restore && { restore }) };
}

/** A name that does not resolve. The timeout is long because some resolvers take seconds to say so. */
export function unresolvableName(name: string): Fault {
  return () => ({ event: (org) => ({ ...org, domain: name, timeoutMs: 10_000 }) });
}

/** The org is known by another name too, under which the emulator answers. */
export const hasSibling: Fault = ({ okta }) => ({
  event: (org) => ({ ...org, sibling: okta.domain.replace('localhost', '127.0.0.1') }),
});

/** The other name of the org leads to the same place as the domain that another fault has changed. */
export const siblingFailsAlike: Fault = () => ({
  event: (org) => ({
    ...org,
    sibling: org.domain.startsWith('127.0.0.1')
      ? org.domain.replace('127.0.0.1', 'localhost')
      : org.domain.replace(/^[^.:]+/, (name) => (name === 'localhost' ? '127.0.0.1' : `${name}-login`)),
  }),
});

/** Nothing listens where the control is: the monitor's way to the Internet is broken. */
export const controlUnreachable: Fault = async () => {
  const address = await closedPort();
  return { event: (org) => ({ ...org, control: `https://${address}/` }) };
};

/** The org is at a port that nothing listens on. */
export const connectionRefused: Fault = async () => changeDomain(await closedPort());

/** The address of a port that nothing listens on. */
export async function closedPort(): Promise<string> {
  const server = await listen(() => {});
  const address = addressOf(server);
  server.close();
  await once(server, 'close');
  return address;
}

/** A peer that accepts connections and does not speak TLS. */
function peer(onConnection: (socket: Socket) => void): Fault {
  return async () => {
    const sockets = new Set<Socket>();
    const server = await listen((socket) => {
      sockets.add(socket);
      socket.on('error', () => {});
      onConnection(socket);
    });
    return changeDomain(addressOf(server), async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    });
  };
}

/** Resets the connection on the first byte from the client. */
export const connectionReset = peer((socket) => socket.once('data', () => socket.resetAndDestroy()));
/** Responds to the TLS handshake in plain text, as the wrong port or a captive portal does. */
export const plainTextResponse = peer((socket) =>
  socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
);
/** Never responds to the TLS handshake. */
export const tlsHang = peer(() => {});

/** A thread that listens but never accepts: when its backlog is full, the kernel drops SYN packets. */
const neverAccepts = `
const { parentPort } = require('node:worker_threads');
const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
  parentPort.postMessage(server.address().port);
  setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
});
`;

/** A peer that neither accepts connections nor refuses them. */
export const synDropped: Fault = async () => {
  const worker = new Worker(neverAccepts, { eval: true });
  const [port] = (await once(worker, 'message')) as [number];
  const fillers = Array.from({ length: 4 }, () => connect(port, '127.0.0.1').on('error', () => {}));
  await once(fillers[0] as Socket, 'connect');
  return changeDomain(`127.0.0.1:${port}`, async () => {
    for (const filler of fillers) filler.destroy();
    await worker.terminate();
  });
};

async function listen(onConnection: (socket: Socket) => void): Promise<Server> {
  const server = createServer(onConnection).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function addressOf(server: Server): string {
  return `localhost:${(server.address() as AddressInfo).port}`;
}
