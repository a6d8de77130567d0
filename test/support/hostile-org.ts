import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import type { Org } from '../../functions/model/org.ts';
import type { Probe } from '../../functions/model/probe.ts';
import { probes as allProbes } from '../../functions/probes/index.ts';
import { openCredentials } from '../../functions/run/credentials.ts';
import { deadlineIn } from '../../functions/run/deadline.ts';
import { openHttp } from '../../functions/run/http.ts';
import { type RunReport, run } from '../../functions/run/run.ts';
import { openMemory } from '../../functions/state/memory.ts';
import { fullOrg } from './full-org.ts';
import { answerBytes, type RawReply, type RawRequest, startRawServer } from './raw-server.ts';
import { memorySecrets } from './run-probes.ts';

/** Every path that the probes request from an org with the Org server and `default`. */
export const paths = [
  '/.well-known/okta-organization',
  ...['', '/oauth2/default'].map((server) => `${server}/.well-known/openid-configuration`),
  ...['/oauth2', '/oauth2/default'].flatMap((server) =>
    ['keys', 'authorize', 'token', 'introspect'].map((endpoint) => `${server}/v1/${endpoint}`),
  ),
  '/api/v1/users',
  '/status',
] as const;

export type HostilePath = (typeof paths)[number] | string;

/** How each path answers. A path without a reply answers as a healthy org does. */
export type Replies = Readonly<Record<HostilePath, RawReply | undefined>>;

/** An org whose answers a test writes, byte by byte. Paths without a reply answer as a healthy org does. */
export interface HostileOrg extends AsyncDisposable {
  /** Runs all probes, or those given, once against these replies. One run at a time: a concurrent one needs its own org. */
  runProbes(replies: Replies, options?: RunProbesOptions): Promise<RunReport>;
  /** The answer of a healthy org. */
  healthy(request: RawRequest): Buffer;
  /** Signs a token of `default` with the key in its key set. */
  sign(claims: JWTPayload): Promise<string>;
  /** The claims of a valid token. */
  readonly claims: JWTPayload;
  /** The public key that verifies it. */
  readonly jwk: object;
}

export interface RunProbesOptions {
  /** Five seconds unless given. */
  readonly deadlineMs?: number;
  /** All of them unless given. */
  readonly probes?: readonly Probe[];
}

/** Okta sends it with almost every answer. */
const requestId = ['x-okta-request-id', 'X0f36XVUkCaUNcCqV'] as const;

const json = (value: unknown, headers: readonly (readonly [string, string])[] = []) =>
  answerBytes(200, [['content-type', 'application/json'], requestId, ...headers], JSON.stringify(value));

const limits: readonly [string, string][] = [
  ['x-rate-limit-limit', '600'],
  ['x-rate-limit-remaining', '599'],
  ['x-rate-limit-reset', '1'],
];

/** The orgs of a test file share their keys: an RSA key takes a tenth of a second to generate. */
let keys: ReturnType<typeof generateKeys> | undefined;

async function generateKeys() {
  const [signing, client] = await Promise.all([
    generateKeyPair('RS256'),
    generateKeyPair('ES256', { extractable: true }),
  ]);
  const [jwk, clientJwk] = await Promise.all([exportJWK(signing.publicKey), exportJWK(client.privateKey)]);
  return {
    signingKey: signing.privateKey,
    jwk: { ...jwk, kid: 'signing', use: 'sig', alg: 'RS256' },
    clientJwk: { ...clientJwk, kid: 'client' },
  };
}

/** Starts the org. Its probes wait two seconds for an answer. */
export async function startHostileOrg(): Promise<HostileOrg> {
  let current: Replies = {};
  const server = await startRawServer((socket, request) => {
    const reply = current[request.path];
    if (reply) reply(socket, request);
    else socket.end(healthy(request));
  });
  const origin = `https://${server.domain}`;
  const issuer = `${origin}/oauth2/default`;
  keys ??= generateKeys();
  const { signingKey, jwk, clientJwk } = await keys;
  const now = Math.floor(Date.now() / 1000);
  const claims: JWTPayload = {
    ...{ ver: 1, jti: 'AT.1', iss: issuer, aud: 'api://default', iat: now, exp: now + 3600 },
    ...{ cid: 'service', scp: ['monitor.read'], sub: 'service' },
  };
  const sign = (payload: JWTPayload) =>
    new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid: 'signing' }).sign(signingKey);
  const token = await sign(claims);

  function healthy({ path, query }: RawRequest): Buffer {
    const at = path.includes('/default/') ? `${issuer}/v1` : `${origin}/oauth2/v1`;
    switch (path.split('/').at(-1)) {
      case 'okta-organization':
        return json({ id: '00o1', pipeline: 'idx' });
      case 'openid-configuration':
        return json({
          issuer: path.includes('/default/') ? issuer : origin,
          ...{ authorization_endpoint: `${at}/authorize`, token_endpoint: `${at}/token`, jwks_uri: `${at}/keys` },
          introspection_endpoint: `${at}/introspect`,
        });
      case 'keys':
        return json({ keys: [jwk] }, [['cache-control', 'max-age=3600']]);
      case 'authorize': {
        const back = new URLSearchParams({ state: query.get('state') ?? '', error: 'login_required' });
        return answerBytes(302, [requestId, ...limits, ['location', `${query.get('redirect_uri')}?${back}`]], '');
      }
      case 'token':
        return json(
          { token_type: 'Bearer', access_token: token, expires_in: 3600, scope: 'monitor.read' },
          limits.slice(),
        );
      case 'introspect':
        return json({
          ...{ ...claims, iss: path.includes('/default/') ? issuer : origin, active: true },
          token_type: 'Bearer',
          scope: 'monitor.read',
          client_id: 'service',
        });
      case 'users':
        return json([], limits.slice());
      default:
        return answerBytes(200, [['content-type', 'text/html']], '<span data-id="incidents">[]</span>');
    }
  }

  const org: Org = {
    ...fullOrg,
    domain: server.domain,
    servers: fullOrg.servers.map((each) => ({ ...each, issuer: each.id === 'org' ? origin : issuer })),
    statusPage: { page: `${origin}/status` },
    timeoutMs: 2_000,
  };
  const secrets = memorySecrets(
    new Map([
      ['acme/key', JSON.stringify({ privateKey: clientJwk })],
      ['acme/api', JSON.stringify({ apiToken: 'token' })],
    ]),
  );

  return {
    healthy,
    sign,
    claims,
    jwk,
    async runProbes(replies, { deadlineMs = 5_000, probes = allProbes } = {}) {
      current = replies;
      const deadline = deadlineIn(deadlineMs);
      const http = openHttp({
        signal: deadline.signal,
        now: Date.now,
        ca: server.ca,
        timeoutMs: org.timeoutMs,
      });
      try {
        return await run(org, probes, {
          http,
          credentials: openCredentials(secrets, Date.now)(org),
          now: Date.now,
          canonicalName: async () => undefined,
          memory: openMemory(undefined, Date.now)('acme'),
          deadline,
        });
      } finally {
        await http.close();
      }
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
