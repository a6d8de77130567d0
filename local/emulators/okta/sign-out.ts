import { compactVerify, decodeJwt } from 'jose';
import type { ClientMetadata } from 'oidc-provider';
import { errorPage } from './error-responses.ts';
import { htmlResponse, noStore, type OktaRequest, type OktaResponse, redirectResponse } from './http-message.ts';
import { oktaError } from './okta-errors.ts';
import type { ServerAddress } from './org.ts';
import { clearedCookie, type Sessions } from './sessions.ts';
import type { ServerKeys } from './signing-keys.ts';

/**
 * /logout: ends the session of the browser and sends it back to the application
 * (OpenID Connect RP-Initiated Logout 1.0). It does so without a session too.
 *
 * Trap: the tokens of the session stay valid.
 */
export function createSignOut(
  { issuer }: ServerAddress,
  keys: ServerKeys,
  clients: readonly ClientMetadata[],
  sessions: Sessions,
) {
  /** The client of an ID token that this server issued, however long ago. */
  async function clientOf(hint: string): Promise<ClientMetadata | undefined> {
    for (const { publicKey } of keys.published) {
      try {
        await compactVerify(hint, publicKey);
        const { iss, aud } = decodeJwt(hint);
        return iss === issuer ? clients.find(({ client_id }) => client_id === aud) : undefined;
      } catch {
        // Another key may have signed it.
      }
    }
    return undefined;
  }

  return async (request: OktaRequest): Promise<OktaResponse> => {
    const given = request.method === 'POST' ? new URLSearchParams(request.body) : request.query;
    const hint = given.get('id_token_hint');
    const target = given.get('post_logout_redirect_uri');
    const state = given.get('state');
    const client =
      hint === null ? clients.find(({ client_id }) => client_id === given.get('client_id')) : await clientOf(hint);
    if (hint !== null && !client) return errorPage(oktaError('id_token_invalid'));
    if (target !== null && !client?.post_logout_redirect_uris?.includes(target)) {
      return errorPage(oktaError('illegal_post_logout_redirect_uri'));
    }
    sessions.end(request);
    const headers = { 'set-cookie': clearedCookie, ...noStore };
    if (target === null) {
      return htmlResponse(200, '<!DOCTYPE html>\n<html><body>Signed out</body></html>\n', headers);
    }
    const url = new URL(target);
    if (state !== null) url.searchParams.set('state', state);
    return redirectResponse(url.href, headers);
  };
}
