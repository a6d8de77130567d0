import { randomBytes } from 'node:crypto';
import { pushedMark } from './request-parameters.ts';

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
