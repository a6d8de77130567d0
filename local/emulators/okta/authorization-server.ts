import type { ClientMetadata } from 'oidc-provider';
import { type AccessTokens, createAccessTokens } from './access-token.ts';
import { type Answer, emptyAnswer, jsonAnswer } from './answer.ts';
import { errorEnvelope } from './error-envelope.ts';
import { introspectionResponse } from './introspection-response.ts';
import { type MetadataDocument, oktaMetadata } from './metadata.ts';
import type { OktaError } from './okta-errors.ts';
import type { OktaRequest } from './okta-request.ts';
import { asSent, authorized, oauthError, refused, uncached } from './provider-answers.ts';
import { createProviderBridge, type ProviderBridge, type ProviderResult } from './provider-bridge.ts';
import { providerConfiguration } from './provider-configuration.ts';
import type { ServerKeys } from './server-keys.ts';
import type { ServerAddress } from './servers.ts';
import { translateError } from './translate-error.ts';

export interface AuthorizationServer {
  readonly address: ServerAddress;
  readonly keys: ServerKeys;
  readonly accessTokens: AccessTokens;
  readonly bridge: ProviderBridge;
  answer(request: OktaRequest): Promise<Answer>;
}

interface Surroundings {
  readonly clients: readonly ClientMetadata[];
  readonly now: () => number;
  /** Epoch milliseconds. */
  readonly nextRotation: number;
}

/** One of Okta's authorization servers: an oidc-provider that asks and answers as Okta does. */
export function createAuthorizationServer(
  address: ServerAddress,
  keys: ServerKeys,
  { clients, now, nextRotation }: Surroundings,
): AuthorizationServer {
  const bridge = createProviderBridge(address, providerConfiguration(address, clients, keys.published));
  const accessTokens = createAccessTokens(address, bridge.provider, keys.accessTokens);

  /** Okta's JWT out, the provider's token in. Where there is none, one that no provider ever issued. */
  const swap = async (jwt: string) => (await accessTokens.open(jwt)) ?? (jwt.includes('.') ? 'unknown' : jwt);

  async function toProvider(request: OktaRequest): Promise<OktaRequest> {
    if (/\/(introspect|revoke)$/.test(request.path)) {
      const form = new URLSearchParams(request.body);
      const token = form.get('token');
      if (!token) return request;
      form.set('token', await swap(token));
      return { ...request, body: form.toString() };
    }
    if (request.path.endsWith('/userinfo')) {
      const [scheme, token] = request.raw.headers.authorization?.split(' ') ?? [];
      if (token) request.raw.headers.authorization = `${scheme} ${await swap(token)}`;
    }
    return request;
  }

  /** What is sent where the provider succeeded, by its name of the endpoint. */
  const successes: Record<string, (result: ProviderResult, request: OktaRequest) => Answer | Promise<Answer>> = {
    async token({ body, headers }) {
      const { token_type, expires_in, access_token, scope, ...rest } = body as Record<string, string>;
      const sealed = await accessTokens.seal(String(access_token));
      return jsonAnswer(
        200,
        { token_type, expires_in, access_token: sealed, scope, ...rest },
        { ...headers, ...uncached },
      );
    },
    async introspection({ body }, request) {
      const token = new URLSearchParams(request.body).get('token') ?? '';
      const { active } = body as { active: boolean };
      const verdict = active ? await accessTokens.judge(token) : undefined;
      if (verdict?.kind === 'active') return jsonAnswer(200, introspectionResponse(verdict.claims), uncached);
      return jsonAnswer(200, active ? body : { active: false }, uncached);
    },
    revocation: () => emptyAnswer(200, uncached),
    jwks({ body }) {
      const maxAge = Math.max(0, Math.floor((nextRotation - now()) / 1000));
      return jsonAnswer(200, body, {
        'cache-control': maxAge > 0 ? `max-age=${maxAge}, must-revalidate` : 'no-cache, no-store',
        expires: new Date(now() + maxAge * 1000).toUTCString(),
      });
    },
    discovery({ body }, request) {
      const document: MetadataDocument = request.path.includes('/openid-configuration')
        ? 'openid-configuration'
        : 'oauth-authorization-server';
      return jsonAnswer(200, oktaMetadata(body as Record<string, unknown>, address, document), {
        'cache-control': 'max-age=86400, must-revalidate',
        expires: new Date(now() + 86_400_000).toUTCString(),
        'access-control-allow-origin': '*',
      });
    },
    authorization: authorized,
    resume: authorized,
  };

  const failures: Record<string, (error: OktaError, result: ProviderResult) => Answer> = {
    authorization: refused,
    resume: refused,
    userinfo: ({ status, error, description }) =>
      emptyAnswer(status, { 'www-authenticate': `Bearer error="${error}", error_description="${description}"` }),
  };

  return {
    address,
    keys,
    accessTokens,
    bridge,
    async answer(request) {
      const asked = await toProvider(request);
      const result = await bridge.ask(asked);
      if (result.route === undefined) return notThere(request);
      if (!result.failure) {
        const succeed = successes[result.route];
        return succeed ? succeed(result, request) : asSent(result);
      }
      const error = translateError(result.failure, detailFor(result));
      const fail = failures[result.route];
      return fail ? fail(error, result) : oauthError(error, result.headers);
    },
  };
}

/** What Okta fills into the texts that have a gap. */
function detailFor({ params }: ProviderResult): string {
  if (params.resource !== undefined) return String(params.resource);
  if (params.response_type !== undefined) return 'code, id_token, code id_token';
  return 'authorization_code, client_credentials, refresh_token';
}

function notThere({ method, path }: OktaRequest): Answer {
  const known = /\/v1\/(authorize|token|introspect|revoke|par|userinfo|keys|logout)$/.test(path);
  return known ? errorEnvelope('E0000022') : errorEnvelope('E0000007', `${method} ${path}`);
}
