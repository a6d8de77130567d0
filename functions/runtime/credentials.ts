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
import { authenticationFactories } from './client-authentication.ts';
import { Redacted } from './redacted.ts';
import { textOf } from './secret-members.ts';
import type { Secret, Secrets } from './secrets.ts';

/** A cached token is renewed this long before it expires. */
const renewBeforeMs = 60_000;

/** And no later than this, so that a key which was rotated or removed is noticed within the hour. */
const renewAfterMs = 30 * 60_000;

/**
 * Authenticates the monitor at any org. The secrets do not leave this file.
 *
 * Trap: `fetchToken` requests a new token each time, because its caller tests the token endpoint. Only the token for
 * the management API is cached, for the lifetime of the container.
 */
export function openCredentials(secrets: Secrets, now: () => number): (org: Org) => Credentials {
  const apiTokens = new Map<string, { readonly token: Redacted<string>; readonly renewAt: number }>();

  return (org) => {
    async function call<Result>(
      service: Pick<ServiceClient, 'authentication' | 'secret'>,
      endpoint: string,
      fetch: Fetch,
      attempt: (authentication: ClientAuth, fetch: Fetch) => Promise<Result>,
    ): Promise<Result> {
      const authenticate = authenticationFactories[service.authentication];
      let status: number | undefined;
      const watched: Fetch = async (...request) => {
        const response = await fetch(...request);
        ({ status } = response);
        return response;
      };
      const isRejected = (result: PromiseSettledResult<Result>) => status === 401 || isInvalidClient(result);
      return withSecret(secrets, service.secret, isRejected, async (secret) =>
        attempt(await authenticate(secret, service.secret, endpoint), watched),
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
      return call(service, endpoint, fetch, async (authentication, watched) => {
        const parameters = { scope: service.scopes.join(' ') };
        const response = await clientCredentialsGrantRequest(as, client, authentication, parameters, adapt(watched));
        const token = await processClientCredentialsResponse(as, client, response);
        return {
          ...{ value: token.access_token, type: token.token_type },
          ...(token.scope !== undefined && { scope: token.scope }),
          ...(token.expires_in !== undefined && { expiresInSeconds: token.expires_in }),
        };
      });
    }

    async function apiToken(
      api: ApiCredential & { kind: 'client' },
      fetch: Fetch,
      renew: boolean,
    ): Promise<Redacted<string>> {
      const cached = apiTokens.get(api.secret);
      if (cached && !renew && now() < cached.renewAt) return cached.token;
      const server = { id: 'org', issuer: issuerOf(org.domain, 'org') };
      const { value, expiresInSeconds = 0 } = await requestToken(
        server,
        { ...api, authentication: 'private_key_jwt' },
        fetch,
      );
      const token = new Redacted(value);
      apiTokens.set(api.secret, {
        token,
        renewAt: now() + Math.min(renewAfterMs, expiresInSeconds * 1000 - renewBeforeMs),
      });
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
        return call(service, endpoint, fetch, async (authentication, watched) => {
          const options = { ...adapt(watched), additionalParameters };
          const response = await introspectionRequest(as, client, authentication, token.value, options);
          return processIntrospectionResponse(as, client, response);
        });
      },

      async callApi(url, fetch) {
        const { api } = org;
        if (!api) throw new Error(`org ${org.name} has no API credential`);
        const send = (authorization: string) => fetch(url, { headers: { authorization, accept: 'application/json' } });
        if (api.kind === 'token') {
          return withSecret(secrets, api.secret, isUnauthorized, (secret) =>
            send(`SSWS ${textOf(secret, api.secret, 'apiToken')}`),
          );
        }
        const wasCached = apiTokens.has(api.secret);
        const response = await send(`Bearer ${(await apiToken(api, fetch, false)).reveal()}`);
        if (!wasCached || response.status !== 401) return response;
        return send(`Bearer ${(await apiToken(api, fetch, true)).reveal()}`);
      },
    };
  };
}

/**
 * Calls `attempt` with the cached secret. If it is rejected, in whatever words (RFC 6749, 5.2 asks for 401 and a challenge),
 * reads the secret again and, if it changed, retries once.
 * It does not retry with the same secret, because rejected requests look like an attack in the org's System Log.
 */
async function withSecret<Result>(
  secrets: Secrets,
  name: string,
  isRejected: (result: PromiseSettledResult<Result>) => boolean,
  attempt: (secret: Secret) => Promise<Result>,
): Promise<Result> {
  const secret = await secrets.read(name);
  const [result] = await Promise.allSettled([attempt(secret)]);
  if (isRejected(result)) {
    const fresh = await secrets.read(name, { fresh: true });
    if (JSON.stringify(fresh.reveal()) !== JSON.stringify(secret.reveal())) return attempt(fresh);
  }
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}

/** Whether the answer was OAuth's `invalid_client`, which Okta sends with 400 as well as 401. */
function isInvalidClient(result: PromiseSettledResult<unknown>): boolean {
  if (result.status === 'fulfilled') return false;
  return result.reason instanceof ResponseBodyError && result.reason.error === 'invalid_client';
}

/** Okta refuses an API token with 401, and some of its gateways with 403. */
function isUnauthorized(result: PromiseSettledResult<Response>): boolean {
  return result.status === 'fulfilled' && [401, 403].includes(result.value.status);
}

function serviceOf(server: Server): ServiceClient {
  if (!server.service) throw new Error(`server ${server.id} has no service client`);
  return server.service;
}

/** Drops oauth4webapi's abort signal and redirect mode: our `fetch` has the run's deadline and never redirects. */
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
