import { randomBytes } from 'node:crypto';
import type { OktaRequest } from './http-message.ts';

const lifetimeSeconds = 3600;

/** What authenticates the client is not part of the request that it pushes. */
const credentials = ['client_secret', 'client_assertion', 'client_assertion_type'];

/**
 * The pushed authorization requests of one server (RFC 9126).
 *
 * The provider checks them, but it keeps them for a minute at most, and Okta for an hour. So they are kept here.
 */
export function createPushedRequests() {
  const requests = new Map<
    string,
    { parameters: URLSearchParams; clientId: string | undefined; expiresAtMs: number }
  >();
  return {
    /** Keeps a request, and returns the response to it. */
    push(form: string, clientId: string | undefined) {
      const parameters = new URLSearchParams(form);
      for (const name of credentials) parameters.delete(name);
      if (clientId !== undefined) parameters.set('client_id', clientId);
      const request_uri = `urn:okta:${randomBytes(32).toString('base64url')}`;
      requests.set(request_uri, { parameters, clientId, expiresAtMs: Date.now() + lifetimeSeconds * 1000 });
      return { request_uri, expires_in: lifetimeSeconds };
    },

    /** The parameters of a request at /authorize: those that were pushed, if it refers to them. */
    resolve(given: URLSearchParams): URLSearchParams {
      const pushed = requests.get(given.get('request_uri') ?? '');
      const isUsable = pushed && pushed.expiresAtMs > Date.now() && pushed.clientId === given.get('client_id');
      const parameters = new URLSearchParams(isUsable ? pushed.parameters : given);
      parameters.delete(pushedMark);
      if (isUsable) parameters.set(pushedMark, 'true');
      return parameters;
    },
  };
}

/** The request with other parameters, wherever it has them: in the query, or in the form of a POST. */
export function withParameters(request: OktaRequest, change: (given: URLSearchParams) => URLSearchParams): OktaRequest {
  if (request.method === 'POST') return { ...request, body: change(new URLSearchParams(request.body)).toString() };
  const query = change(request.query);
  request.raw.url = query.size > 0 ? `${request.path}?${query}` : request.path;
  return { ...request, query };
}

/** An extra parameter that marks a request that was pushed, or is being pushed. */
export const pushedMark = 'okta_pushed';

/** An extra parameter by which the provider keeps that a request asked for `offline_access`. */
export const offlineMark = 'okta_offline_access';

/**
 * Marks an authorization request for `offline_access`.
 *
 * Trap: the provider drops the scope unless `prompt` is `consent` (OpenID Connect Core, 11), but Okta asks no user for
 * consent. By the mark, `checkScopes` knows that it must add the scope again.
 */
export function markOfflineAccess(given: URLSearchParams): URLSearchParams {
  const marked = new URLSearchParams(given);
  marked.delete(offlineMark);
  if (given.get('scope')?.split(' ').includes('offline_access')) marked.set(offlineMark, 'true');
  return marked;
}
