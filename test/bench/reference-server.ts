/**
 * A process of its own that answers like the OAuth endpoints of an org, and knows how long each answer took. It shares no
 * code with the embedded Okta.
 *
 * The time of a request runs from its head, as Node.js hands it over, until the operating system has the answer. Each answer
 * names its request in `X-Okta-Request-Id`. Where this process was itself late, it does not know the time to the
 * millisecond, and reports the request as uncertain. The parent sends a message to get everything since its last one.
 * That closes idle connections, as a server does while a function sleeps for a minute.
 */
import { createHash, generateKeyPairSync, randomUUID, sign as signAsync } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import type { ReferenceServerOptions, ReferenceServerReading } from './open-bench.ts';

const { cert, key, delayMs } = JSON.parse(process.argv[2] ?? '') as ReferenceServerOptions;
const sign = promisify<string, Buffer, Parameters<typeof signAsync>[2], Buffer>(signAsync);
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const kid = 'reference';

let tookMs: Record<string, number> = {};
let uncertain: string[] = [];
let connections = 0;
let resumed = 0;
/** The claims and the scopes of each issued token, by its digest. */
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

/** Returns the client that an assertion or the header names. Nothing is verified, because nothing is at stake here. */
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
    authorization_endpoint: `${at}/authorize`,
    token_endpoint: `${at}/token`,
    jwks_uri: `${at}/keys`,
    introspection_endpoint: `${at}/introspect`,
  };
}

/** If this process was later than this for a request, the time of its answer is uncertain. */
const toleratedMs = 1;

const tickMs = 1;
let lateMs = 0;
let tickedAt = performance.now();
/** Everything that had arrived by this time was read. */
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

const server = createServer({ cert, key, keepAliveTimeout: 5_000 }, (request, response) => {
  handle(request, response).catch(() => response.destroy());
});
server.on('secureConnection', (socket: TLSSocket) => {
  connections += 1;
  if (socket.isSessionReused()) resumed += 1;
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
process.send?.({ port: (server.address() as AddressInfo).port });

process.on('message', () => {
  const reading: ReferenceServerReading = { tookMs, uncertain, connections, resumed, lateMs };
  server.closeIdleConnections();
  process.send?.(reading);
  [tookMs, uncertain, connections, resumed, lateMs] = [{}, [], 0, 0, 0];
});
// The parent ends this process: it disconnects.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit());
