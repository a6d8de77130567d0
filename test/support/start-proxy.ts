import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TlsIdentity } from '../../packages/okta-emulator/src/index.ts';

export interface ConnectProxy extends AsyncDisposable {
  readonly url: string;
  /** The hosts, with their ports, to which clients wanted to connect. */
  readonly asked: readonly string[];
}

export interface ConnectProxyOptions {
  /** Speaks TLS with its clients. */
  readonly tls?: TlsIdentity;
  /** The `Proxy-Authorization` header without which it answers 407. */
  readonly authorization?: string;
  /** Answers every CONNECT with this status instead. */
  readonly status?: number;
  /** Accepts connections and never answers. */
  readonly silent?: boolean;
}

/** A proxy on loopback that opens tunnels (RFC 9110, section 9.3.6) and does nothing else. */
export async function startProxy({
  tls,
  authorization,
  status,
  silent,
}: ConnectProxyOptions = {}): Promise<ConnectProxy> {
  const asked: string[] = [];
  const sockets = new Set<Duplex>();
  const server = tls ? createHttpsServer(tls) : createHttpServer();
  server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => {})));
  server.on('connect', ({ url = '', headers }: IncomingMessage, client: Duplex, head: Buffer) => {
    asked.push(url);
    sockets.add(client.on('error', () => {}));
    if (silent) return;
    const refusal = authorization !== undefined && headers['proxy-authorization'] !== authorization ? 407 : status;
    if (refusal !== undefined) {
      client.end(`HTTP/1.1 ${refusal} No\r\nproxy-authenticate: Basic realm="proxy"\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    const { hostname, port } = new URL(`https://${url}`);
    const target = connect(Number(port || 443), hostname, () => {
      client.write('HTTP/1.1 200 Connected\r\n\r\n');
      target.write(head);
      client.pipe(target).pipe(client);
    });
    sockets.add(target.on('error', () => client.destroy()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http${tls ? 's' : ''}://localhost:${(server.address() as AddressInfo).port}`,
    asked,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
