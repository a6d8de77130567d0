import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { issueCertificates } from '../../packages/okta-emulator/src/index.ts';

/** The first line of a request, which is all that a reply depends on. */
export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
}

/** Answers a request by writing to its connection, or closes it. */
export type RawReply = (socket: TLSSocket, request: RawRequest) => void;

/** Never answers. */
export const silence: RawReply = () => {};

export interface RawServer extends AsyncDisposable {
  /** `localhost` and the port. */
  readonly domain: string;
  readonly ca: string;
}

/** The servers of a test file share one certificate. */
let certificates: ReturnType<typeof issueCertificates> | undefined;

/**
 * A TLS server on loopback that can send any bytes, such as an HTTP library would refuse to send. It reads one request
 * per connection, then hands the socket to the reply.
 */
export async function startRawServer(reply: RawReply): Promise<RawServer> {
  certificates ??= issueCertificates(Date.now());
  const { ca, valid } = await certificates;
  const sockets = new Set<TLSSocket>();
  const server = createServer(valid, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // The client may close the connection at any moment, and mostly does.
    socket.on('error', () => {});
    let received = '';
    const onData = (chunk: Buffer) => {
      received += chunk.toString('latin1');
      const request = readRequest(received);
      if (!request) return;
      socket.off('data', onData);
      socket.resume();
      reply(socket, request);
    };
    socket.on('data', onData);
  });
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    domain: `localhost:${(server.address() as AddressInfo).port}`,
    ca,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function readRequest(received: string): RawRequest | undefined {
  const [head = '', body] = received.split('\r\n\r\n', 2);
  if (body === undefined) return undefined;
  const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0);
  if (body.length < length) return undefined;
  const [method = '', target = ''] = head.split(' ');
  const url = new URL(target, 'https://localhost');
  return { method, path: url.pathname, query: url.searchParams };
}

/** The bytes of an answer. Adds only a `content-length`, and only if no header gives the length. */
export function answerBytes(
  status: number,
  headers: readonly (readonly [name: string, value: string])[],
  body: string | Uint8Array,
): Buffer {
  const bytes = Buffer.from(body);
  const framed = headers.some(([name]) => /^(content-length|transfer-encoding)$/i.test(name));
  const all = [...headers, ...(framed ? [] : [['content-length', String(bytes.length)] as const])];
  const head = [`HTTP/1.1 ${status} Whatever`, ...all.map(([name, value]) => `${name}: ${value}`), '', ''].join('\r\n');
  return Buffer.concat([Buffer.from(head, 'latin1'), bytes]);
}
