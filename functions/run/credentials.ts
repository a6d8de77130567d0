import {
  type AuthorizationServer,
  type ClientAuth,
  clientCredentialsGrantRequest,
  introspectionRequest,
  processClientCredentialsResponse,
  processIntrospectionResponse,
} from 'oauth4webapi';
import type { Secret, Secrets } from '../aws/secrets.ts';
import { fetchWithToken, ProbeFailure } from '../findings/probe-failure.ts';
import type { ApiCredential, Org, Server, ServiceClient } from '../model/org.ts';
import type { AccessToken, Credentials, Endpoint, Fetch } from '../model/probe.ts';
import { Redacted } from '../model/redacted.ts';
import { bindingProblem } from '../okta/access-token.ts';
import { endpointUrl, issuerOf } from '../okta/endpoints.ts';
import { prepareAuthentication } from './client-authentication.ts';
import { type Authenticate, adapt, authenticateAt, callAsClient, withSecret } from './client-call.ts';
import { type Nonces, openRunKey, withProof } from './dpop.ts';
import { noUserCredentials } from './no-credentials.ts';
import { textOf } from './secret-members.ts';

/** A cached token is renewed this long before it expires. */
const renewBeforeMs = 60_000;

/** And no later than this, so that a key which was rotated or removed is noticed within the hour. */
const renewAfterMs = 30 * 60_000;

/** An access token for the management API. */
interface ApiToken {
  readonly token: Redacted<AccessToken>;
  /** The domain, the client with its scopes, and the version of its secret. */
  readonly issuedFor: string;
  readonly renewAt: number;
}

/**
 * Authenticates the monitor at any org. The secrets do not leave this file.
 *
 * Trap: `fetchToken` requests a new token each time, because its caller tests the token endpoint. Only the token for
 * the management API is cached, with the key that it is bound to. It is used again only for what it was issued for.
 */
export function openCredentials(secrets: Secrets, now: () => number): (org: Org) => Credentials {
  /** By the name of the org: two orgs may share a secret. */
  const apiTokens = new Map<string, ApiToken>();
  const nonces: Nonces = new Map();

  return (org) => {
    const keyOf = openRunKey(nonces);
    /** The authentication made ahead for each client and endpoint, with the secret's value that it was made from. */
    const prepared = new Map<string, { readonly secret: Secret; readonly authentication: ClientAuth }>();

    /** Uses an authentication that was made ahead, once, unless the secret has changed since. */
    function authenticate(service: ServiceClient, endpoint: string): Authenticate {
      const makeNow = authenticateAt(service, endpoint);
      return (secret) => {
        const ahead = prepared.get(preparedKey(service, endpoint));
        prepared.delete(preparedKey(service, endpoint));
        return ahead?.secret === secret ? ahead.authentication : makeNow(secret);
      };
    }

    async function prepareAt(server: Server, endpoint: Endpoint): Promise<void> {
      const service = serviceOf(server);
      const url = endpointUrl(org.domain, server, endpoint);
      const secret = await secrets.read(service.secret);
      const authentication = await authenticateAt(service, url)(secret);
      const client = { client_id: service.clientId };
      const made = await prepareAuthentication(authentication, { issuer: server.issuer }, client);
      prepared.set(preparedKey(service, url), { secret, authentication: made });
    }

    async function requestToken(
      server: Pick<Server, 'id' | 'issuer'>,
      service: ServiceClient,
      fetch: Fetch,
    ): Promise<AccessToken> {
      const endpoint = endpointUrl(org.domain, server, 'token');
      const as: AuthorizationServer = { issuer: server.issuer, token_endpoint: endpoint };
      const client = { client_id: service.clientId };
      const proofKey = await keyOf(service);
      return callAsClient(
        secrets,
        service.secret,
        authenticate(service, endpoint),
        fetch,
        async (authentication, watched) => {
          const parameters = { scope: service.scopes.join(' ') };
          const response = await withProof(proofKey, watched, (options) =>
            clientCredentialsGrantRequest(as, client, authentication, parameters, options),
          );
          const token = await processClientCredentialsResponse(as, client, response);
          return {
            ...{ value: token.access_token, type: token.token_type },
            ...(token.scope !== undefined && { scope: token.scope }),
            ...(token.expires_in !== undefined && { expiresInSeconds: token.expires_in }),
            ...(proofKey && { proofKey }),
          };
        },
      );
    }

    async function apiToken(
      api: ApiCredential & { kind: 'client' },
      fetch: Fetch,
      renew?: Redacted<AccessToken>,
    ): Promise<{ readonly token: Redacted<AccessToken>; readonly isCached: boolean }> {
      const { version } = await secrets.read(api.secret);
      const issuedFor = JSON.stringify([org.domain, { ...api, version }]);
      const cached = apiTokens.get(org.name);
      const isValid = cached?.issuedFor === issuedFor && now() < cached.renewAt;
      if (isValid && cached.token !== renew) return { token: cached.token, isCached: true };
      const server = { id: 'org', issuer: issuerOf(org.domain, 'org') };
      const issued = await requestToken(server, { ...api, authentication: 'private_key_jwt' }, fetch);
      const problem = bindingProblem(issued);
      if (problem) throw new ProbeFailure(problem.code, problem);
      const token = new Redacted(issued);
      const lifetimeMs = (issued.expiresInSeconds ?? 0) * 1000;
      const renewAt = now() + Math.min(renewAfterMs, lifetimeMs - renewBeforeMs);
      apiTokens.set(org.name, { token, issuedFor, renewAt });
      return { token, isCached: false };
    }

    return {
      ...noUserCredentials,
      prepare: (server, endpoint) => prepareAt(server, endpoint).catch(() => {}),
      fetchToken: (server, fetch) => requestToken(server, serviceOf(server), fetch),

      introspect(server, token, fetch) {
        const service = serviceOf(server);
        const endpoint = endpointUrl(org.domain, server, 'introspect');
        const as: AuthorizationServer = { issuer: server.issuer, introspection_endpoint: endpoint };
        const client = { client_id: service.clientId };
        const additionalParameters = { token_type_hint: 'access_token' };
        return callAsClient(
          secrets,
          service.secret,
          authenticate(service, endpoint),
          fetch,
          async (authentication, watched) => {
            const options = { ...adapt(watched), additionalParameters };
            const response = await introspectionRequest(as, client, authentication, token.value, options);
            return processIntrospectionResponse(as, client, response);
          },
        );
      },

      async prepareApi(fetch) {
        const { api } = org;
        if (!api) throw new Error(`org ${org.name} has no API credential`);
        if (api.kind === 'client') await apiToken(api, fetch);
        else textOf(await secrets.read(api.secret), api.secret, 'apiToken');
      },

      async callApi(url, fetch) {
        const { api } = org;
        if (!api) throw new Error(`org ${org.name} has no API credential`);
        const headers = { accept: 'application/json' };
        if (api.kind === 'token') {
          return withSecret(secrets, api.secret, isUnauthorized, (secret) =>
            fetch(url, { headers: { ...headers, authorization: `SSWS ${textOf(secret, api.secret, 'apiToken')}` } }),
          );
        }
        const send = async (token: Redacted<AccessToken>) =>
          await fetchWithToken(token.reveal(), url, { headers }, fetch);
        const { token, isCached } = await apiToken(api, fetch);
        const response = await send(token);
        return isCached && response.status === 401 ? send((await apiToken(api, fetch, token)).token) : response;
      },

      async invokeWorkflow(fetch) {
        const { workflow } = org;
        if (!workflow) throw new Error(`org ${org.name} has no flow of Workflows`);
        const { url, secret: name } = workflow;
        return withSecret(secrets, name, isUnauthorized, (secret) => {
          // Never in the URL, which logs and messages show.
          const headers = { accept: '*/*', 'x-api-client-token': textOf(secret, name, 'clientToken') };
          return fetch(url, { method: 'POST', headers });
        });
      },
    };
  };
}

/** Okta refuses an API token or a client token with 401, and some of its gateways with 403. */
function isUnauthorized(result: PromiseSettledResult<Response>): boolean {
  return result.status === 'fulfilled' && [401, 403].includes(result.value.status);
}

function preparedKey({ clientId, authentication }: ServiceClient, endpoint: string): string {
  return `${clientId} ${authentication} ${endpoint}`;
}

function serviceOf(server: Server): ServiceClient {
  if (!server.service) throw new Error(`server ${server.id} has no service client`);
  return server.service;
}
