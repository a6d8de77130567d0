/**
 * A process of its own that answers like the OAuth endpoints of an org, and knows what each answer took. It shares
 * no code with the embedded Okta.
 *
 * What a request took is the time from its head, as Node.js hands it over, to when the operating system has the answer. Each answer
 * names its request in `X-Okta-Request-Id`. Where this process was itself not on time for a request, it does not know what the answer took to the
 * millisecond, and says that. The parent asks with `read` and gets everything since it last asked. Connections
 * that are idle then are closed, as those of a function that sleeps for a minute are.
 */
import { createHash, generateKeyPairSync, randomUUID, sign as signAsync } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import type { ReferenceServerOptions, ReferenceServerReading } from './start-reference-server.ts';

const { cert, key, delayMs, origins } = JSON.parse(process.argv[2] ?? '') as ReferenceServerOptions;
const sign = promisify<string, Buffer, Parameters<typeof signAsync>[2], Buffer>(signAsync);
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const kid = 'reference';

let tookMs: Record<string, number> = {};
let uncertain: string[] = [];
let connections = 0;
let resumed = 0;
const sockets = new Set<Socket>();
/** The client and the scopes of each token that was issued, by its digest. */
const issued = new Map<string, { readonly claims: object; readonly scope: string }>();

const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const digest = (token: string) => createHash('sha256').update(token).digest('base64url');

async function issue(issuer: string, client: string, scope: string): Promise<object> {
  const iat = Math.floor(Date.now() / 1000);
  const subject = { ver: 1, jti: randomUUID(), iss: issuer, sub: client, cid: client };
  const claims = { ...subject, aud: `${issuer}/api`, iat, exp: iat + 3600, scp: scope.split(' ') };
  const signed = `${base64url({ kid, alg: 'RS256' })}.${base64url(claims)}`;
  const token = `${signed}.${(await sign('sha256', Buffer.from(signed), privateKey)).toString('base64url')}`;
  issued.set(digest(token), { claims, scope });
  if (issued.size > 10_000) issued.clear();
  return { token_type: 'Bearer', expires_in: 3600, access_token: token, scope };
}

function introspect(token: string, client: string): object {
  const known = issued.get(digest(token));
  if (!known) return { active: false };
  return {
    active: true,
    ...known.claims,
    scope: known.scope,
    client_id: client,
    token_type: 'Bearer',
    username: client,
  };
}

async function bodyOf(request: IncomingMessage): Promise<URLSearchParams> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return new URLSearchParams(text);
}

/** The client of a request: of its assertion, or of its header. Nothing is verified, because nothing here is at stake. */
function clientOf(request: IncomingMessage, body: URLSearchParams): string {
  const assertion = body.get('client_assertion')?.split('.')[1];
  if (assertion) return JSON.parse(Buffer.from(assertion, 'base64url').toString()).sub;
  const basic = request.headers.authorization?.replace('Basic ', '') ?? '';
  return Buffer.from(basic, 'base64').toString().split(':')[0] || body.get('client_id') || '';
}

async function answer(request: IncomingMessage, url: URL): Promise<object | URL> {
  const { origin, pathname, searchParams } = url;
  const [, base = ''] = /^(\/oauth2(?:\/[^/]+)?)\/v1\//.exec(pathname) ?? [];
  const issuer = `${origin}${base === '/oauth2' ? '' : base}`;
  if (pathname.endsWith('/v1/keys')) {
    return { keys: [{ ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' }] };
  }
  if (pathname.endsWith('/v1/token')) {
    const body = await bodyOf(request);
    return issue(issuer, clientOf(request, body), body.get('scope') ?? '');
  }
  if (pathname.endsWith('/v1/introspect')) {
    const body = await bodyOf(request);
    return introspect(body.get('token') ?? '', clientOf(request, body));
  }
  if (pathname.endsWith('/v1/authorize')) {
    const target = new URL(searchParams.get('redirect_uri') ?? '');
    target.searchParams.set('state', searchParams.get('state') ?? '');
    target.searchParams.set('error', 'login_required');
    return target;
  }
  if (pathname === '/.well-known/okta-organization') return { id: '00oreference', pipeline: 'idx' };
  const server = pathname.replace('/.well-known/openid-configuration', '');
  const at = `${origin}${server || '/oauth2'}/v1`;
  return {
    issuer: `${origin}${server}`,
    ...{ authorization_endpoint: `${at}/authorize`, token_endpoint: `${at}/token`, jwks_uri: `${at}/keys` },
    introspection_endpoint: `${at}/introspect`,
  };
}

/** An answer about which this process knows less than that is no measure. */
const toleratedMs = 1;

const tickMs = 1;
let lateMs = 0;
let tickedAt = performance.now();
/** Until then, everything that had arrived was read. */
let onTimeAt = tickedAt;
setInterval(() => {
  const now = performance.now();
  lateMs = Math.max(lateMs, now - tickedAt - tickMs);
  if (now - tickedAt <= 2 * tickMs) onTimeAt = now;
  tickedAt = now;
}, tickMs);

const sinceOnTime = (now: number) => Math.max(0, now - onTimeAt - tickMs);

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const receivedAt = performance.now();
  const receivedLateMs = sinceOnTime(receivedAt);
  const id = randomUUID();
  const content = await answer(request, new URL(request.url ?? '', `https://${request.headers.host}`));
  const text = content instanceof URL ? '' : JSON.stringify(content);
  const send = () => {
    const sendingAt = performance.now();
    response.writeHead(content instanceof URL ? 302 : 200, {
      'x-okta-request-id': id,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
      ...(content instanceof URL && { location: content.href }),
    });
    response.end(text);
    const sentAt = performance.now();
    tookMs[id] = sentAt - receivedAt;
    if (receivedLateMs + (sentAt - sendingAt) > toleratedMs) uncertain.push(id);
  };
  setTimeout(send, Math.max(0, delayMs - (performance.now() - receivedAt)));
}

/** Listens on a port of its own. Resolves to the server. */
async function listen() {
  const server = createServer({ cert, key, keepAliveTimeout: 5_000 }, (request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('secureConnection', (socket: TLSSocket) => {
    connections += 1;
    if (socket.isSessionReused()) resumed += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

const servers = await Promise.all(Array.from({ length: origins }, listen));
process.send?.({ ports: servers.map((server) => (server.address() as AddressInfo).port) });

process.on('message', () => {
  const reading: ReferenceServerReading = { tookMs, uncertain, connections, resumed, open: sockets.size, lateMs };
  for (const server of servers) server.closeIdleConnections();
  process.send?.(reading);
  [tookMs, uncertain, connections, resumed, lateMs] = [{}, [], 0, 0, 0];
});
// The parent decides when it is over, and disconnects.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit());
