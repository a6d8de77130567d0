import {
  type AuthorizationServer,
  type ClientAuth,
  clientCredentialsGrantRequest,
  customFetch,
  introspectionRequest,
  processClientCredentialsResponse,
  processIntrospectionResponse,
  ResponseBodyError,
} from 'oauth4webapi';
import type { ApiCredential, Org, Server, ServiceClient } from '../model/org.ts';
import type { AccessToken, Credentials, Fetch } from '../model/probe.ts';
import { endpointUrl, issuerOf } from '../okta/endpoints.ts';
import { clientAuthenticationMakers, text } from './client-authentication.ts';
import { Redacted } from './redacted.ts';
import type { Secret, Secrets } from './secrets.ts';

/** A remembered token is renewed this long before it expires. */
const renewBeforeMs = 60_000;

/**
 * Proves who the monitor is at any org, with secrets that do not leave this file.
 *
 * Trap: `fetchToken` asks anew each time, because the token endpoint is what its caller watches; only the management
 * API's token is remembered, for as long as the container lives.
 */
export function openCredentials(secrets: Secrets, now: () => number): (org: Org) => Credentials {
  const apiTokens = new Map<string, { readonly token: Redacted<string>; readonly renewAt: number }>();

  return (org) => {
    async function call<Result>(
      service: Pick<ServiceClient, 'authentication' | 'secret'>,
      endpoint: string,
      attempt: (authentication: ClientAuth) => Promise<Result>,
    ): Promise<Result> {
      const prove = clientAuthenticationMakers[service.authentication];
      return withSecret(secrets, service.secret, isClientRefused, async (secret) =>
        attempt(await prove(secret, service.secret, endpoint)),
      );
    }

    async function requestToken(
      server: Pick<Server, 'id' | 'issuer'>,
      service: ServiceClient,
      fetch: Fetch,
    ): Promise<AccessToken> {
      const endpoint = endpointUrl(org.domain, server, 'token');
      const as: AuthorizationServer = { issuer: server.issuer, token_endpoint: endpoint };
      const client = { client_id: service.clientId };
      return call(service, endpoint, async (authentication) => {
        const parameters = { scope: service.scopes.join(' ') };
        const response = await clientCredentialsGrantRequest(as, client, authentication, parameters, adapt(fetch));
        const answer = await processClientCredentialsResponse(as, client, response);
        return {
          value: answer.access_token,
          ...(answer.scope !== undefined && { scope: answer.scope }),
          ...(answer.expires_in !== undefined && { expiresInSeconds: answer.expires_in }),
        };
      });
    }

    async function apiToken(
      api: ApiCredential & { kind: 'client' },
      fetch: Fetch,
      renew: boolean,
    ): Promise<Redacted<string>> {
      const known = apiTokens.get(api.secret);
      if (known && !renew && now() < known.renewAt) return known.token;
      const server = { id: 'org', issuer: issuerOf(org.domain, 'org') };
      const { value, expiresInSeconds = 0 } = await requestToken(
        server,
        { ...api, authentication: 'private_key_jwt' },
        fetch,
      );
      const token = new Redacted(value);
      apiTokens.set(api.secret, { token, renewAt: now() + expiresInSeconds * 1000 - renewBeforeMs });
      return token;
    }

    return {
      fetchToken: (server, fetch) => requestToken(server, serviceOf(server), fetch),

      introspect(server, token, fetch) {
        const service = serviceOf(server);
        const endpoint = endpointUrl(org.domain, server, 'introspect');
        const as: AuthorizationServer = { issuer: server.issuer, introspection_endpoint: endpoint };
        const client = { client_id: service.clientId };
        const additionalParameters = { token_type_hint: 'access_token' };
        return call(service, endpoint, async (authentication) => {
          const options = { ...adapt(fetch), additionalParameters };
          const response = await introspectionRequest(as, client, authentication, token.value, options);
          return processIntrospectionResponse(as, client, response);
        });
      },

      async callApi(url, fetch) {
        const { api } = org;
        if (!api) throw new Error(`org ${org.name} has no API credential`);
        const ask = (authorization: string) => fetch(url, { headers: { authorization, accept: 'application/json' } });
        if (api.kind === 'token') {
          return withSecret(secrets, api.secret, isUnauthorized, (secret) =>
            ask(`SSWS ${text(secret, api.secret, 'apiToken')}`),
          );
        }
        const remembered = apiTokens.has(api.secret);
        const response = await ask(`Bearer ${(await apiToken(api, fetch, false)).reveal()}`);
        if (!remembered || response.status !== 401) return response;
        return ask(`Bearer ${(await apiToken(api, fetch, true)).reveal()}`);
      },
    };
  };
}

/**
 * Tries with the secret as remembered and, if it is refused, once more with the secret as it is stored now. It does
 * not try again with the same secret: refused requests look like an attack in the org's log.
 */
async function withSecret<Result>(
  secrets: Secrets,
  name: string,
  refused: (settled: { readonly value: Result } | { readonly error: unknown }) => boolean,
  attempt: (secret: Secret) => Promise<Result>,
): Promise<Result> {
  const secret = await secrets.read(name);
  const settled = await settle(attempt(secret));
  if (refused(settled)) {
    const fresh = await secrets.read(name, { fresh: true });
    if (JSON.stringify(fresh.reveal()) !== JSON.stringify(secret.reveal())) return attempt(fresh);
  }
  if ('error' in settled) throw settled.error;
  return settled.value;
}

function settle<Value>(promise: Promise<Value>): Promise<{ readonly value: Value } | { readonly error: unknown }> {
  return promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
}

const isClientRefused = (settled: object) =>
  'error' in settled && settled.error instanceof ResponseBodyError && settled.error.error === 'invalid_client';

const isUnauthorized = (settled: object) =>
  'value' in settled && settled.value instanceof Response && settled.value.status === 401;

function serviceOf(server: Server): ServiceClient {
  if (!server.service) throw new Error(`server ${server.id} has no service client`);
  return server.service;
}

/** oauth4webapi passes an abort signal and a redirect mode besides; ours follows no redirect and keeps the run's deadline. */
function adapt(fetch: Fetch): { readonly [customFetch]: typeof globalThis.fetch } {
  return {
    [customFetch]: (url, init) =>
      fetch(String(url), {
        ...(init?.method !== undefined && { method: init.method }),
        headers: Object.fromEntries(new Headers(init?.headers)),
        body: (init?.body ?? null) as URLSearchParams | null,
      }),
  };
}
