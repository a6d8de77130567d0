import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { SecureContextOptions } from 'node:tls';
import {
  calculateJwkThumbprint,
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  decodeJwt,
  EmbeddedJWK,
  errors,
  type FetchImplementation,
  type JSONWebKeySet,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose';
import { Agent, fetch } from 'undici';

/** An authorization server whose tokens the API takes. */
interface TrustedIssuer {
  readonly issuer: string;
  /** The audience that its tokens have for this API. */
  readonly audience: string;
  /** Where it publishes its keys. They are fetched with the first token, and again for an unknown `kid`. */
  readonly jwksUri: string;
}

interface ApiOptions {
  /** A certificate for `localhost` and its private key. */
  readonly identity: SecureContextOptions;
  /** The PEM certificate of the authority that signed those of the issuers. */
  readonly ca: string;
  readonly issuers: readonly TrustedIssuer[];
}

/** The API's expectations of a token, and its answers. Each can be altered while it runs. */
export interface ApiSettings {
  /** The issuer that it expects instead of the one that it trusts. */
  readonly issuer?: string;
  /** The audience that it expects instead of the one that the issuer gives. */
  readonly audience?: string;
  /** The scopes that a token must have. */
  readonly scopes: readonly string[];
  /** Keys that it holds instead of those that the issuer publishes. */
  readonly keys?: JSONWebKeySet;
  /** How far its clock is ahead, also in its `Date` header. */
  readonly clockSkewSeconds: number;
  /** Whether it takes tokens that are bound to a key (RFC 9449). */
  readonly dpop: boolean;
  readonly delayMs: number;
  /** Its answer to any token. */
  readonly answer?: ApiAnswer;
  /** Headers that it adds to every answer. */
  readonly headers: ApiAnswer['headers'];
  /** Whether it ends connections without an answer. */
  readonly disconnects: boolean;
}

interface ApiAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const defaults: ApiSettings = {
  scopes: [],
  clockSkewSeconds: 0,
  dpop: true,
  delayMs: 0,
  headers: {},
  disconnects: false,
};

/** An API that takes the access tokens of authorization servers. Every path is the same resource. */
export interface ResourceApi extends AsyncDisposable {
  readonly url: string;
  /** Changes its settings from now on. Returns a function that ends this, in any order. */
  alter(changes: Partial<ApiSettings>): () => void;
  /** Uses another certificate for new connections. Returns a function that ends this. */
  useIdentity(identity: ApiOptions['identity']): () => void;
}

/** Starts an API on loopback that accepts the access tokens of trusted issuers. It knows nothing of Okta. */
export async function startResourceApi({ identity, ca, issuers }: ApiOptions): Promise<ResourceApi> {
  const dispatcher = new Agent({ connect: { ca } });
  const fetchKeys: FetchImplementation = async (url, { signal }) =>
    (await fetch(url, { signal, dispatcher })) as unknown as Response;
  const trusted = issuers.map(({ jwksUri, ...issuer }) => ({
    ...issuer,
    getKey: createRemoteJWKSet(new URL(jwksUri), { [customFetch]: fetchKeys }) as JWTVerifyGetKey,
  }));
  const changes = new Set<Partial<ApiSettings>>();
  const settings = (): ApiSettings => Object.assign({}, defaults, ...changes);
  const closing = new AbortController();

  async function answer(request: IncomingMessage, { keys, answer: fixed, ...rules }: ApiSettings, now: Date) {
    if (fixed) return fixed;
    const { method = 'GET', headers, url = '/' } = request;
    const named = trusted.find(({ issuer }) => issuer === issuerIn(headers.authorization)) ?? trusted[0];
    if (!named) throw new Error('The API trusts no issuer.');
    const refusal = await checkToken(
      { method, headers, url: `https://${headers.host}${url.replace(/[?#].*/, '')}` },
      { ...rules, issuer: rules.issuer ?? named.issuer, audience: rules.audience ?? named.audience, now },
      keys ? createLocalJWKSet(keys) : named.getKey,
    );
    if (!refusal) return { status: 200, body: '{}', headers: { 'content-type': 'application/json' } };
    return { status: refusal.status, headers: { 'www-authenticate': refusal.challenge } };
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.resume();
    const current = settings();
    if (current.disconnects) {
      request.socket.destroy();
      return;
    }
    const disconnected = new AbortController();
    response.on('close', () => disconnected.abort());
    const signal = AbortSignal.any([closing.signal, disconnected.signal]);
    if (current.delayMs > 0) await wait(current.delayMs, undefined, { signal });
    const now = new Date(Date.now() + current.clockSkewSeconds * 1000);
    const { status, headers, body } = await answer(request, current, now);
    response.writeHead(status, { date: now.toUTCString(), ...headers, ...current.headers }).end(body);
  }

  const server = createServer(identity, (request, response) => {
    serve(request, response).catch((error: unknown) => {
      if (response.destroyed || closing.signal.aborted) response.destroy();
      // The header distinguishes an error of the API itself from a configured answer.
      else response.writeHead(500, { 'x-api-emulator-error': encodeURIComponent(String(error)) }).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}/orders`,
    alter(change) {
      const own = { ...change };
      changes.add(own);
      return () => void changes.delete(own);
    },
    useIdentity(other) {
      server.setSecureContext(other);
      return () => server.setSecureContext(identity);
    },
    async [Symbol.asyncDispose]() {
      closing.abort();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
      await dispatcher.close();
    },
  };
}

/** Which of the trusted issuers a token names. Nothing is verified yet. */
function issuerIn(authorization = ''): string | undefined {
  try {
    return decodeJwt(authorization.replace(/^\w+ +/, '')).iss;
  } catch {
    return undefined;
  }
}

/** The API's demands on a token. */
interface TokenRules {
  readonly issuer: string;
  readonly audience: string;
  /** Each of them must be granted. */
  readonly scopes: readonly string[];
  /** Whether it takes tokens that are bound to a key (RFC 9449). Otherwise it knows Bearer tokens only. */
  readonly dpop: boolean;
  readonly now: Date;
}

/** The request that a token came with. */
interface PresentedRequest {
  readonly method: string;
  /** Without query and fragment. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

/** A refusal: the status, and the challenge for `WWW-Authenticate` (RFC 6750, 3; RFC 9449, 7.1). */
interface Refusal {
  readonly status: 401 | 403;
  readonly challenge: string;
}

/** Of Okta's access tokens, whose lifetime is a day at most. It makes jose refuse an `iat` in the future. */
const maxTokenAge = '24h';
/** The largest tolerance that Okta recommends to APIs. */
const clockTolerance = '2 minutes';
const proofMaxAge = '5m';

/**
 * Checks an access token as a resource server does: signature, issuer, audience, times, scopes, and the proof of a bound
 * token. Returns undefined for a good token. Throws every error that is not about the token, such as unreadable keys.
 */
async function checkToken(
  request: PresentedRequest,
  { issuer, audience, scopes, dpop, now: currentDate }: TokenRules,
  getKey: JWTVerifyGetKey,
): Promise<Refusal | undefined> {
  const [, scheme = '', token = ''] = /^(\w+) +(\S+)$/.exec(request.headers.authorization ?? '') ?? [];
  const isBound = /^dpop$/i.test(scheme) && dpop;
  // A request without a token of a known scheme gets no error code (RFC 6750, 3.1).
  if (!isBound && !/^bearer$/i.test(scheme)) return { status: 401, challenge: 'Bearer realm="api"' };
  const name = isBound ? 'DPoP' : 'Bearer';
  let claims: JWTPayload;
  try {
    claims = (await jwtVerify(token, getKey, { issuer, audience, currentDate, maxTokenAge, clockTolerance })).payload;
  } catch (error) {
    return refused(name, 'invalid_token', error);
  }
  const { jkt } = Object(claims.cnf) as { readonly jkt?: unknown };
  const unproved = isBound ? await checkProof(request, token, jkt, currentDate) : undefined;
  if (unproved) return unproved;
  if (!isBound && dpop && jkt !== undefined) {
    return refusal(401, name, 'invalid_token', 'The token is bound to a key and needs a proof');
  }
  const granted = [claims.scp ?? []].flat();
  if (scopes.every((scope) => granted.includes(scope))) return undefined;
  return refusal(403, name, 'insufficient_scope', 'More scopes are needed', `, scope="${scopes.join(' ')}"`);
}

/** Checks that a proof is for this request, this token and the key that the token is bound to (RFC 9449, 4.3). */
async function checkProof(
  { method, url, headers }: PresentedRequest,
  token: string,
  thumbprint: unknown,
  currentDate: Date,
): Promise<Refusal | undefined> {
  try {
    const { payload, protectedHeader } = await jwtVerify(String(headers.dpop), EmbeddedJWK, {
      typ: 'dpop+jwt',
      algorithms: ['ES256', 'RS256'],
      currentDate,
      clockTolerance,
      maxTokenAge: proofMaxAge,
    });
    const isProof =
      payload.htm === method &&
      payload.htu === url &&
      payload.ath === createHash('sha256').update(token).digest('base64url') &&
      (await calculateJwkThumbprint(protectedHeader.jwk ?? {})) === thumbprint;
    if (isProof) return undefined;
  } catch (error) {
    return refused('DPoP', 'invalid_dpop_proof', error);
  }
  return refusal(401, 'DPoP', 'invalid_dpop_proof', 'It is not a proof for this request and token');
}

/** jose's errors are about the token. Any other error is the API's own. */
function refused(scheme: string, code: string, error: unknown): Refusal {
  if (!(error instanceof errors.JOSEError) || error instanceof errors.JWKSTimeout) throw error;
  return refusal(401, scheme, code, error.message.replaceAll('"', "'"));
}

function refusal(status: Refusal['status'], scheme: string, code: string, description: string, more = ''): Refusal {
  return { status, challenge: `${scheme} error="${code}", error_description="${description}"${more}` };
}
