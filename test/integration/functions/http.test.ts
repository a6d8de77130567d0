import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { brotliCompressSync, deflateRawSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { diagnose } from '../../../functions/findings/diagnose.ts';
import type { Exchange } from '../../../functions/model/exchange.ts';
import { type HttpOptions, openHttp } from '../../../functions/run/http.ts';
import { issueCertificates, type OktaEmulator, startOktaEmulator } from '../../../packages/okta-emulator/src/index.ts';
import { fullOrg } from '../../support/full-org.ts';

let okta: OktaEmulator;
beforeAll(async () => {
  okta = await startOktaEmulator();
});
afterAll(() => okta.close());

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** Sends one request. Returns the response or the finding code, and the exchanges. */
async function send(url: string, options: Partial<HttpOptions> = {}) {
  const exchanges: Exchange[] = [];
  const http = openHttp({
    signal: AbortSignal.timeout(10_000),
    now: Date.now,
    ca: okta.ca,
    timeoutMs: 10_000,
    ...options,
  });
  try {
    const response = await http.send(url, {}, (exchange) => exchanges.push(exchange));
    return { exchanges, response };
  } catch (error) {
    return { exchanges, code: diagnose(error, exchanges, { org: fullOrg, server: { id: 'org', issuer: '' } })?.code };
  } finally {
    await http.close();
  }
}

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  closing.push(
    () => server.closeAllConnections(),
    () => server.close(),
  );
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/?state=canary`;
}

async function serveRaw(onConnection: (socket: Socket) => void): Promise<string> {
  const server = createTcpServer(onConnection).listen(0, '127.0.0.1');
  closing.push(() => server.close());
  await once(server, 'listening');
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('an exchange', () => {
  it('records the phases, the certificate, the request id and the clock of the server', async () => {
    const { exchanges } = await send(`${okta.origin}/.well-known/okta-organization`);
    expect(exchanges).toHaveLength(1);
    const [exchange] = exchanges;
    expect(Object.keys(exchange?.phases ?? {}).sort()).toEqual(['bodyMs', 'dnsMs', 'firstByteMs', 'tcpMs', 'tlsMs']);
    for (const milliseconds of Object.values(exchange?.phases ?? {})) expect(milliseconds).toBeGreaterThanOrEqual(0);
    expect(exchange).toMatchObject({ status: 200, requestId: expect.any(String) });
    // `Date` has whole seconds, and the response takes a moment to arrive.
    expect(Math.abs(exchange?.clockOffsetSeconds ?? 9)).toBeLessThanOrEqual(1);
    expect(Date.parse(exchange?.certificate?.validTo ?? '')).toBeGreaterThan(Date.now());
  });

  it('records the connection phases only for the request that opened the connection', async () => {
    const exchanges: Exchange[] = [];
    const http = openHttp({ signal: AbortSignal.timeout(10_000), now: Date.now, ca: okta.ca, timeoutMs: 10_000 });
    const url = `${okta.origin}/oauth2/v1/keys`;
    await http.send(url, {}, (exchange) => exchanges.push(exchange));
    // The connection is free once the end of the response was seen.
    await setImmediate();
    await http.send(url, {}, (exchange) => exchanges.push(exchange));
    await http.close();
    expect(exchanges.map(({ phases }) => phases.tlsMs !== undefined)).toEqual([true, false]);
  });

  it('opens a new connection for requests of fresh()', async () => {
    const exchanges: Exchange[] = [];
    const http = openHttp({ signal: AbortSignal.timeout(10_000), now: Date.now, ca: okta.ca, timeoutMs: 10_000 });
    const url = `${okta.origin}/oauth2/v1/keys`;
    await http.send(url, {}, (exchange) => exchanges.push(exchange));
    // A connection is free once the end of the response was seen.
    await setImmediate();
    const fresh = http.fresh();
    await fresh.send(url, {}, (exchange) => exchanges.push(exchange));
    await setImmediate();
    await fresh.send(url, {}, (exchange) => exchanges.push(exchange));
    await http.close();
    expect(exchanges.map(({ phases }) => phases.tlsMs !== undefined)).toEqual([true, true, false]);
  });

  it('closes all connections, including those of fresh()', async () => {
    const closed: Promise<unknown>[] = [];
    const url = await serve((request, response) => {
      closed.push(once(request.socket, 'close'));
      response.end();
    });
    const http = openHttp({ signal: AbortSignal.timeout(10_000), now: Date.now, timeoutMs: 10_000 });
    for (const each of [http, http.fresh(), http.fresh()]) await each.send(url, {}, () => {});
    await http.close();
    expect(closed).toHaveLength(3);
    await Promise.all(closed);
  });

  it('does not record the query, which may carry a state or a code', async () => {
    const { exchanges } = await send(await serve((_, response) => response.end()));
    expect(JSON.stringify(exchanges)).not.toContain('canary');
  });

  it('does not follow redirects', async () => {
    const { response } = await send(
      await serve((_, answer) => answer.writeHead(302, { location: '/elsewhere' }).end()),
    );
    expect(response?.status).toBe(302);
  });

  it('measures the offset of a wrong server clock', async () => {
    const date = new Date(Date.now() - 300_000).toUTCString();
    const { exchanges } = await send(await serve((_, answer) => answer.writeHead(200, { date }).end()));
    expect(exchanges[0]?.clockOffsetSeconds).toBeLessThanOrEqual(-299);
  });
});

/** Whether a promise is still pending after so many turns of the event loop. */
async function isPending(promise: Promise<unknown>, turns: number): Promise<boolean> {
  let isSettled = false;
  promise.finally(() => {
    isSettled = true;
  });
  for (let turn = 0; turn < turns; turn += 1) await setImmediate();
  return !isSettled;
}

describe('connections that are opened ahead', () => {
  const open = (timeoutMs = 10_000) =>
    openHttp({ signal: AbortSignal.timeout(10_000), now: Date.now, ca: okta.ca, timeoutMs });

  it('resume the TLS session of the first one, whose certificate is that of the run', async () => {
    const { ca, valid } = await issueCertificates(Date.now());
    const server = createTlsServer(valid, (_, response) => response.end()).listen(0, '127.0.0.1');
    closing.push(() => server.close());
    await once(server, 'listening');
    const origin = `https://localhost:${(server.address() as AddressInfo).port}`;
    const http = openHttp({ signal: AbortSignal.timeout(10_000), now: Date.now, ca, timeoutMs: 10_000 });
    const exchanges: Exchange[] = [];
    await http.prepare(origin, 3);
    const sends = ['one', 'two', 'anew'].map((path) =>
      http.send(`${origin}/${path}`, { anew: path === 'anew' }, (exchange) => exchanges.push(exchange)),
    );
    await Promise.all(sends);
    await http.close();
    expect(exchanges.filter(({ certificate }) => certificate).map(({ url }) => url)).toEqual([`${origin}/anew`]);
    expect(exchanges.filter(({ resumed }) => resumed)).toHaveLength(2);
  });

  it('carry one request after another', async () => {
    const http = open();
    const exchanges: Exchange[] = [];
    await http.prepare(okta.origin, 2);
    const url = `${okta.origin}/oauth2/v1/keys`;
    await Promise.all([1, 2, 3, 4].map(() => http.send(url, {}, (exchange) => exchanges.push(exchange))));
    await http.close();
    expect(exchanges.filter(({ phases }) => phases.tlsMs !== undefined)).toHaveLength(2);
  });

  it('that cannot be opened say why to the request that gets them', async () => {
    const http = open();
    await http.prepare('http://127.0.0.1:1', 2);
    const failure = await http.send('http://127.0.0.1:1/', {}, () => {}).catch((error: unknown) => error);
    await http.close();
    expect(failure).toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('that are cut while they open are not opened again, and the request has the first reason', async () => {
    let connections = 0;
    const address = await serveRaw((socket) => {
      connections += 1;
      socket.on('error', () => {}).once('data', () => connections === 1 && socket.resetAndDestroy());
    });
    const http = open(1_000);
    const exchanges: Exchange[] = [];
    await http.prepare(`https://${address}`, 2);
    await http.send(`https://${address}/`, {}, (exchange) => exchanges.push(exchange)).catch(() => {});
    await http.close();
    expect(exchanges).toMatchObject([{ failure: { code: 'ECONNRESET' }, phases: { tcpMs: expect.any(Number) } }]);
    expect(connections).toBe(1);
  });

  it('end what waits for them when the run is over', async () => {
    const address = await serveRaw((socket) => socket.on('error', () => {}));
    const http = open();
    http.prepare(`https://${address}`, 1);
    const waiting = http.send(`https://${address}/`, {}, () => {}).catch((error: unknown) => error);
    while (!(await isPending(waiting, 20))) await setImmediate();
    await http.close();
    expect(await waiting).toMatchObject({ code: 'ECONNABORTED' });
  });

  it('do not hold back requests if one of them hangs', async () => {
    let connections = 0;
    const address = await serveRaw((socket) => {
      connections += 1;
      const isFirst = connections === 1;
      socket.on('error', () => {}).once('data', () => isFirst || socket.destroy());
    });
    const http = open(4_000);
    await http.prepare(`https://${address}`, 2);
    const failure = await http.send(`https://${address}/`, {}, () => {}).catch((error: unknown) => error);
    await http.close();
    expect(failure).toMatchObject({ code: 'ECONNRESET' });
  });
});

describe('a connection that was used before', () => {
  const answerOnce = (then: (socket: Socket) => void) => (socket: Socket) => {
    socket
      .on('error', () => {})
      .once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}');
        socket.once('data', () => then(socket));
      });
  };

  it.each([
    ['is closed before anything comes back', true, (socket: Socket) => socket.destroy()],
    ['stays silent', false, () => {}],
  ])('and %s is kept: %s', async (_, isOfKeptConnection, then) => {
    const address = await serveRaw(answerOnce(then));
    const http = openHttp({ signal: AbortSignal.timeout(10_000), now: Date.now, timeoutMs: 500 });
    await http.send(`http://${address}/`, {}, () => {});
    const failure = await http.send(`http://${address}/`, {}, () => {}).catch((error: unknown) => error);
    await http.close();
    expect(failure).toMatchObject({ isOfKeptConnection });
  });
});

it('a connection that the server has closed in the meantime is opened again', async () => {
  const sockets: Socket[] = [];
  const closed: Promise<unknown>[] = [];
  const url = await serve((request, response) => {
    if (!sockets.includes(request.socket)) closed.push(once(request.socket, 'close'));
    sockets.push(request.socket);
    response.end();
  });
  const http = openHttp({ signal: AbortSignal.timeout(10_000), now: Date.now, timeoutMs: 10_000 });
  const exchanges: Exchange[] = [];
  await http.send(url, {}, (exchange) => exchanges.push(exchange));
  sockets[0]?.resetAndDestroy();
  await closed[0];
  await setImmediate();
  await http.send(url, {}, (exchange) => exchanges.push(exchange));
  await http.close();
  expect(exchanges.map(({ status }) => status)).toEqual([200, 200]);
  expect(new Set(sockets).size).toBe(2);
});

it.each([
  ['101 without another protocol', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
  ['101 to another protocol', 'HTTP/1.1 101 X\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n'],
  ['000', 'HTTP/1.1 000 X\r\ncontent-length: 0\r\n\r\n'],
  ['600', 'HTTP/1.1 600 X\r\ncontent-length: 0\r\n\r\n'],
])('the status %s, which ends no request in HTTP, is one exchange with a failure', async (_, answer) => {
  const address = await serveRaw((socket) =>
    socket.on('error', () => {}).once('data', () => void socket.write(answer)),
  );
  const { exchanges } = await send(`http://${address}/`);
  expect(exchanges.map(({ failure }) => failure?.code)).toEqual(['HPE_INVALID_STATUS']);
});

it.each([
  ['a body with a length', 'content-length: 9\r\n', '{', 'ECONNRESET', 'connection-reset'],
  ['a body in chunks', 'transfer-encoding: chunked\r\n', '5\r\nab', 'ECONNRESET', 'connection-reset'],
  ['a malformed body in chunks', 'transfer-encoding: chunked\r\n', 'z', 'HPE_INVALID_CHUNK_SIZE', 'malformed-answer'],
  ['malformed headers', 'content-length: 2\r\n\u0001: x\r\n', '{}', 'HPE_INVALID', 'unidentified-answer'],
])(
  'the code of %s that ends with its connection is the same as of any other',
  async (_, headers, body, code, finding) => {
    for (const connection of ['connection: close\r\n', '']) {
      const answer = `HTTP/1.1 200 OK\r\nx-okta-request-id: X0f36XVUkCaUNcCqV\r\n${connection}${headers}\r\n${body}`;
      const address = await serveRaw((socket) =>
        socket.on('error', () => {}).once('data', () => void socket.end(answer)),
      );
      const { exchanges, code: found } = await send(`http://${address}/`);
      expect([exchanges[0]?.failure?.code, found]).toEqual([code, finding]);
    }
  },
);

it('a body that cannot be decoded does not end the request that got its connection', async () => {
  const url = await serve(({ url: path }, answer) => {
    if (path?.startsWith('/broken')) answer.writeHead(200, { 'content-encoding': 'gzip' }).end('{}');
    else setTimeout(() => answer.end('{}'), 50);
  });
  const { origin } = new URL(url);
  const http = openHttp({ signal: AbortSignal.timeout(10_000), now: Date.now, timeoutMs: 10_000 });
  await http.prepare(origin, 1);
  const [broken, sound] = await Promise.allSettled(
    ['broken', 'sound'].map((path) => http.send(`${origin}/${path}`, {}, () => {})),
  );
  await http.close();
  expect([broken?.status, sound?.status]).toEqual(['rejected', 'fulfilled']);
});

it('bytes after the end of an answer are not taken for the answer to the next request', async () => {
  let connections = 0;
  const address = await serveRaw((socket) => {
    connections += 1;
    const answer = `HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n${connections}`;
    socket
      .on('error', () => {})
      .once('data', () => void socket.write(`${answer}HTTP/1.1 500 X\r\ncontent-length: 0\r\n\r\n`));
  });
  const http = openHttp({ signal: AbortSignal.timeout(10_000), now: Date.now, timeoutMs: 10_000 });
  const first = await http.send(`http://${address}/`, {}, () => {});
  const second = await http.send(`http://${address}/`, {}, () => {});
  await http.close();
  expect([await first.text(), await second.text()]).toEqual(['1', '2']);
});

it('an answer that came before any request is not taken for the answer to one', async () => {
  let connections = 0;
  const address = await serveRaw((socket) => {
    connections += 1;
    socket.on('error', () => {});
    if (connections === 1) socket.end('HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\n\r\n');
    else socket.once('data', () => void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}'));
  });
  const http = openHttp({ signal: AbortSignal.timeout(10_000), now: Date.now, timeoutMs: 10_000 });
  await http.prepare(`http://${address}`, 1);
  while (connections === 0) await setImmediate();
  for (let turn = 0; turn < 20; turn += 1) await setImmediate();
  const response = await http.send(`http://${address}/`, {}, () => {});
  await http.close();
  expect(response.status).toBe(200);
});

it('an origin that is none does not end the process that prepares for it', async () => {
  const http = openHttp({ signal: AbortSignal.timeout(10_000), now: Date.now, timeoutMs: 10_000 });
  await expect(http.prepare('https://a b', 1)).resolves.toBeUndefined();
  await http.close();
});

it('a header that comes twice has both of its values', async () => {
  const url = await serve((_, answer) =>
    answer
      .writeHead(
        200,
        [
          ['x-one', 'a'],
          ['X-One', 'b'],
        ].flat(),
      )
      .end(),
  );
  expect((await send(url)).response?.headers.get('x-one')).toBe('a, b');
});

describe('what arrived before a response broke off', () => {
  const cut = (status: number, headers: string) => (socket: Socket) =>
    void socket.once('data', () => socket.end(`HTTP/1.1 ${status} X\r\n${headers}content-length: 99\r\n\r\n{`));
  const requestId = 'x-okta-request-id: X0f36XVUkCaUNcCqV\r\n';

  it('is evidence: a 429 of Okta is a matter of quota, and a 503 is Okta’s fault', async () => {
    const limits = 'x-rate-limit-limit: 600\r\nx-rate-limit-remaining: 0\r\nx-rate-limit-reset: 1\r\n';
    const limited = await serveRaw(cut(429, requestId + limits));
    const { exchanges, code } = await send(`http://${limited}/oauth2/v1/token`);
    expect(code).toBe('rate-limit-exhausted');
    expect(exchanges[0]).toMatchObject({ status: 429, requestId: 'X0f36XVUkCaUNcCqV', rateLimit: { limit: 600 } });
    expect((await send(`http://${await serveRaw(cut(503, requestId))}/oauth2/v1/token`)).code).toBe('gateway-error');
  });

  it('shows who sent it', async () => {
    const address = await serveRaw(cut(503, 'server: cloudflare\r\n'));
    expect((await send(`http://${address}/oauth2/v1/token`)).code).toBe('intercepted');
    expect((await send(`http://${await serveRaw(cut(503, ''))}/oauth2/v1/token`)).code).toBe('unidentified-answer');
  });

  it('is too slow, and the run not out of time, if the parts of a body never end', async () => {
    const url = await serve((_, answer) => {
      answer.writeHead(200, { 'x-okta-request-id': 'X0f36XVUkCaUNcCqV' });
      const timer = setInterval(() => answer.write(' '), 20);
      answer.on('close', () => clearInterval(timer));
    });
    const { exchanges, code } = await send(url, { timeoutMs: 600 });
    expect(code).toBe('no-answer');
    expect(exchanges[0]?.phases.bodyMs).toBeGreaterThan(0);
  });

  it('is too slow, and the run not out of time, if the headers never end', async () => {
    const address = await serveRaw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const timer = setInterval(() => socket.write('x: y\r\n'), 20);
      socket.on('close', () => clearInterval(timer)).on('error', () => {});
    });
    expect((await send(`http://${address}/`, { timeoutMs: 600 })).code).toBe('no-answer');
  });
});

describe('a legal response in an unusual form', () => {
  it.each(['gzip', 'deflate', 'br'] as const)('is decoded if it is compressed by %s', async (encoding) => {
    const compress = { gzip: gzipSync, deflate: deflateRawSync, br: brotliCompressSync }[encoding];
    const url = await serve((_, answer) => {
      answer.writeHead(200, { 'content-encoding': encoding }).end(compress('{"keys":[]}'));
    });
    expect(await (await send(url)).response?.json()).toEqual({ keys: [] });
  });

  it.each(['gzip', 'deflate', 'br'] as const)('is refused if %s makes too much of it', async (encoding) => {
    const compress = { gzip: gzipSync, deflate: deflateRawSync, br: brotliCompressSync }[encoding];
    const url = await serve((_, answer) => {
      answer.writeHead(200, { 'content-encoding': encoding }).end(compress(Buffer.alloc(3 * 1024 * 1024)));
    });
    expect((await send(url)).exchanges[0]?.failure?.code).toBe('ERR_BODY_UNDECODABLE');
  });

  it('was changed on the way if it says that it is compressed, and is not', async () => {
    const headers = { 'content-encoding': 'gzip', 'x-okta-request-id': 'X0f36XVUkCaUNcCqV' };
    const url = await serve((_, answer) => void answer.writeHead(200, headers).end('{}'));
    expect((await send(url)).code).toBe('changed-on-the-way');
  });

  it.each([
    ['in one packet', ['HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}']],
    [
      'twice, and with a header',
      [
        'HTTP/1.1 100 Continue\r\nx: y\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n',
        'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}',
      ],
    ],
    ['in two packets', ['HTTP/1.1 100 Con', 'tinue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}']],
  ])('is read after 100 Continue %s', async (_, packets) => {
    const address = await serveRaw((socket) =>
      socket.setNoDelay().once('data', async () => {
        for (const packet of packets) {
          socket.write(packet);
          // Each packet arrives before the next one is sent.
          await setImmediate();
          await setImmediate();
        }
      }),
    );
    expect((await send(`http://${address}/`)).response?.status).toBe(200);
  });

  it('shows the clock of the server although a cache stored it for a while', async () => {
    const headers = { date: new Date(Date.now() - 300_000).toUTCString(), age: '300' };
    const { exchanges } = await send(await serve((_, answer) => answer.writeHead(200, headers).end()));
    expect(Math.abs(exchanges[0]?.clockOffsetSeconds ?? 99)).toBeLessThanOrEqual(2);
  });
});

describe('a request without a response', () => {
  it('reports dns-not-resolved if the name does not resolve', async () => {
    // DNS labels have at most 63 characters, so this fails at once on every network, without a query.
    expect((await send(`http://${'a'.repeat(64)}.invalid/`)).code).toBe('dns-not-resolved');
  });

  it('reports connection-refused if the connection is refused', async () => {
    // Another test may by now use a port that was free a moment ago. Nothing listens on port 1.
    expect((await send('http://127.0.0.1:1/')).code).toBe('connection-refused');
  });

  it('reports connection-reset if the connection closes before the headers', async () => {
    const address = await serveRaw((socket) => socket.once('data', () => socket.destroy()));
    expect((await send(`http://${address}/`)).code).toBe('connection-reset');
  });

  it('reports certificate-untrusted if the certificate is not trusted', async () => {
    const { exchanges, code } = await send(`${okta.origin}/`, { ca: undefined });
    expect(code).toBe('certificate-untrusted');
    expect(exchanges[0]).toMatchObject({
      failure: { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' },
      certificate: { subject: 'localhost', validTo: expect.any(String) },
      phases: { dnsMs: expect.any(Number), tcpMs: expect.any(Number) },
    });
  });

  it('reports tls-handshake-failed if the server does not speak TLS', async () => {
    const address = await serveRaw((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    expect((await send(`https://${address}/`)).code).toBe('tls-handshake-failed');
  });

  it('gives up a connection that does not open before it would give up waiting for an answer', async () => {
    const address = await serveRaw((socket) => socket.on('error', () => {}));
    const { exchanges } = await send(`https://${address}/`, { timeoutMs: 500 });
    expect(exchanges).toMatchObject([{ failure: { code: 'ETIMEDOUT' } }]);
  });

  it('reports no-answer if no headers arrive', async () => {
    const url = await serve(() => {});
    expect((await send(url, { timeoutMs: 500 })).code).toBe('no-answer');
  });

  it('reports no-answer if the body stalls', async () => {
    const url = await serve((_, answer) => answer.writeHead(200, { 'content-length': '10' }).write('x'));
    const { exchanges, code } = await send(url, { timeoutMs: 1_000 });
    expect(code).toBe('no-answer');
    expect(exchanges[0]).toMatchObject({ status: 200, failure: { code: 'ERR_BODY_TIMEOUT' } });
  });

  it('reports malformed-answer if Okta sends a body that is too large', async () => {
    const url = await serve((_, answer) => {
      answer.setHeader('x-okta-request-id', 'X0f36XVUkCaUNcCqV');
      const write = () => {
        while (!answer.destroyed && answer.write(Buffer.alloc(65_536)));
      };
      answer.on('drain', write);
      write();
    });
    expect((await send(url)).code).toBe('malformed-answer');
  });

  it('reports unidentified-answer if the response is not HTTP', async () => {
    const address = await serveRaw((socket) => socket.once('data', () => socket.end('220 smtp ready\r\n')));
    expect((await send(`http://${address}/`)).code).toBe('unidentified-answer');
  });

  it('reports out-of-time if the run reaches its deadline', async () => {
    const url = await serve(() => {});
    expect((await send(url, { signal: AbortSignal.timeout(50) })).code).toBe('out-of-time');
  });
});
