import {
  type ClientAuth,
  genericTokenEndpointRequest,
  introspectionRequest,
  None,
  pushedAuthorizationRequest,
  revocationRequest,
} from 'oauth4webapi';
import type { Secrets } from '../aws/secrets.ts';
import { expectJson, ProbeFailure, UnexpectedResponse } from '../findings/probe-failure.ts';
import { authorizationParameters, endSession, signIn } from '../journey/sign-in.ts';
import { openSignInMemory, type SignInStore } from '../journey/sign-in-memory.ts';
import type { Org, Server, WebClient } from '../model/org.ts';
import type { Endpoint, Fetch, Grant, TokenResponse, UserCredentials } from '../model/probe.ts';
import { endpointUrl } from '../okta/endpoints.ts';
import { adapt, authenticateAt, callAsClient } from './client-call.ts';
import { type Nonces, openRunKey, withProof } from './dpop.ts';

/** Signs the test user in, and acts as the web application that it signs in to. The secrets do not leave this file. */
export function openUserCredentials(
  secrets: Secrets,
  store: SignInStore,
  now: () => number,
): (org: Org) => UserCredentials {
  const memoryOf = openSignInMemory(store);
  const nonces: Nonces = new Map();
  return (org) => {
    const keyOf = openRunKey(nonces);
    const memory = memoryOf(org);

    /** Calls an endpoint as the web application. A public client only says who it is. */
    async function call(
      server: Server,
      endpoint: Endpoint,
      fetch: Fetch,
      attempt: (client: { readonly client_id: string }, how: ClientAuth, fetch: Fetch) => Promise<Response>,
    ): Promise<Response> {
      const { clientId, secret, authentication = 'client_secret_basic' } = webOf(server);
      const client = { client_id: clientId };
      if (secret === undefined) return attempt(client, None(), fetch);
      const url = endpointUrl(org.domain, server, endpoint);
      return callAsClient(secrets, secret, authenticateAt({ authentication, secret }, url), fetch, (how, watched) =>
        attempt(client, how, watched),
      );
    }

    const metadata = (server: Server, name: string, endpoint: Endpoint) => ({
      issuer: server.issuer,
      [name]: endpointUrl(org.domain, server, endpoint),
    });

    /** Pushes the parameters of an authorization request (RFC 9126). Returns the reference to them. */
    async function push(server: Server, parameters: Record<string, string>, fetch: Fetch): Promise<string> {
      const response = await call(server, 'par', fetch, (client, how, watched) => {
        const as = metadata(server, 'pushed_authorization_request_endpoint', 'par');
        return pushedAuthorizationRequest(as, client, how, parameters, adapt(watched));
      });
      // Okta documents 200, and the RFC demands 201.
      const { request_uri } = await expectJson(response, [200, 201]);
      if (typeof request_uri !== 'string' || request_uri === '')
        throw new ProbeFailure('malformed-answer', 'the response has no request_uri');
      return request_uri;
    }

    const requestAuthorization: UserCredentials['requestAuthorization'] = async (server, fetch, more = {}) => {
      const web = webOf(server);
      const { parameters, ...expected } = await authorizationParameters(web, more);
      const url = new URL(endpointUrl(org.domain, server, 'authorize'));
      const sent = web.par
        ? { client_id: web.clientId, request_uri: await push(server, parameters, fetch) }
        : parameters;
      url.search = new URLSearchParams(sent).toString();
      return { ...expected, url: url.href };
    };

    return {
      signIn: (fetch, exchanges) => signIn({ org, secrets, memory, fetch, exchanges, now, requestAuthorization }),

      requestAuthorization,

      endSession: ({ cookies }, fetch) => endSession(org, cookies, fetch),

      async redeem(server, grant, fetch) {
        const web = webOf(server);
        const proofKey = await keyOf(web);
        const as = metadata(server, 'token_endpoint', 'token');
        const response = await call(server, 'token', fetch, (client, how, watched) =>
          withProof(proofKey, watched, (options) =>
            genericTokenEndpointRequest(as, client, how, grant.kind, parametersOf(grant, web), options),
          ),
        );
        const { access, ...others } = readTokens(await expectJson(response));
        return { ...others, access: { ...access, ...(proofKey && { proofKey }) } };
      },

      async revoke(server, token, hint, fetch) {
        const additionalParameters = { token_type_hint: hint };
        const { status } = await call(server, 'revoke', fetch, (client, how, watched) => {
          const as = metadata(server, 'revocation_endpoint', 'revoke');
          return revocationRequest(as, client, how, token, { ...adapt(watched), additionalParameters });
        });
        if (status !== 200) throw new UnexpectedResponse();
      },

      async introspectForUser(server, token, hint, fetch) {
        const additionalParameters = { token_type_hint: hint };
        const response = await call(server, 'introspect', fetch, (client, how, watched) => {
          const as = metadata(server, 'introspection_endpoint', 'introspect');
          return introspectionRequest(as, client, how, token, { ...adapt(watched), additionalParameters });
        });
        return expectJson(response);
      },
    };
  };
}

function webOf(server: Server): WebClient {
  if (!server.web) throw new Error(`server ${server.id} has no web client`);
  return server.web;
}

function parametersOf(grant: Grant, { redirectUri }: WebClient): Record<string, string> {
  return grant.kind === 'refresh_token'
    ? { refresh_token: grant.token }
    : { code: grant.code.value, redirect_uri: redirectUri, code_verifier: grant.code.verifier };
}

/** RFC 6749, 5.1. */
function readTokens(body: Readonly<Record<string, unknown>>): TokenResponse {
  const { access_token, token_type, expires_in, scope, id_token, refresh_token } = body;
  if (typeof access_token !== 'string' || typeof token_type !== 'string')
    throw new ProbeFailure('malformed-answer', 'the response has no access_token, or no token_type');
  return {
    access: {
      ...{ value: access_token, type: token_type.toLowerCase() },
      ...(typeof scope === 'string' && { scope }),
      ...(typeof expires_in === 'number' && { expiresInSeconds: expires_in }),
    },
    ...(typeof id_token === 'string' && { id: id_token }),
    ...(typeof refresh_token === 'string' && { refresh: refresh_token }),
  };
}
