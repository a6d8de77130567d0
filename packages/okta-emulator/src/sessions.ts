import { compactVerify, decodeJwt } from 'jose';
import type { ClientMetadata } from 'oidc-provider';
import { errorEnvelope, errorPage } from './error-responses.ts';
import {
  cookiesOf,
  emptyResponse,
  htmlResponse,
  noStore,
  type OktaRequest,
  type OktaResponse,
  redirectResponse,
  setCookies,
} from './http-message.ts';
import { oktaError } from './okta-errors.ts';
import { oktaId, type ServerAddress } from './org.ts';
import type { OrgState } from './org-state.ts';
import type { SignInLog } from './sign-in-log.ts';
import type { ServerKeys } from './signing-keys.ts';

/** Who signed in, and by what: `pwd`, or `mfa`, `otp` and `pwd` (RFC 8176). */
export interface Login {
  readonly accountId: string;
  readonly amr: readonly string[];
}

const lifetimeSeconds = 7200;

/** The cookie that the provider keeps a session in. It is that of Identity Engine. */
export const sessionCookie = 'idx';
/** The cookie of a session at the Classic engine. */
export const classicCookie = 'sid';

const keyOf = (id: string) => `Session:${id}`;

/** The sessions of an org's users in browsers. */
export function createSessions({ sessions, users, settings }: OrgState, log: SignInLog) {
  /** The session whose cookie a request carries. */
  function find(request: OktaRequest) {
    const id = cookiesOf(request).get(sessionCookie);
    const stored = id === undefined ? undefined : sessions.get(keyOf(id));
    return stored && stored.expiresAtMs > Date.now() ? stored.payload : undefined;
  }

  return {
    find,

    /** Starts a session. Returns its id, which is the value of the cookie. */
    start({ accountId, amr }: Login): string {
      const jti = oktaId('', 21);
      const iat = Math.floor(Date.now() / 1000);
      const exp = iat + lifetimeSeconds;
      const payload = {
        ...{ accountId, amr: [...amr], loginTs: iat, uid: oktaId('', 21), jti, iat, exp, kind: 'Session' },
      };
      sessions.set(keyOf(jti), { payload, expiresAtMs: exp * 1000 });
      return jti;
    },

    /** Forgets a session that no browser has. */
    discard(id: string): void {
      sessions.delete(keyOf(id));
    },

    /** Ends the session of a request. Returns whether there was one. */
    end(request: OktaRequest): boolean {
      const session = find(request);
      const user = users.find(session?.accountId ?? '');
      if (!session || !user) return false;
      if (settings().signOutEffective) sessions.delete(keyOf(String(session.jti)));
      log.signedOut(request, user);
      return true;
    },

    /** The cookie of a session, as a response sets it. */
    cookie: (id: string) => `${sessionCookie}=${id}; path=/; samesite=none; secure; httponly`,
  };
}

export type Sessions = ReturnType<typeof createSessions>;

/** Removes the cookie of a session. */
const clearedCookie = `${sessionCookie}=; path=/; max-age=0; secure; httponly`;

/**
 * `DELETE /api/v1/sessions/me`, by which a browser ends its own session. It needs the cookie and no credentials.
 *
 * Trap: it is deprecated, and answers 404 if there is no session.
 */
export function endOwnSession(sessions: Sessions, request: OktaRequest): OktaResponse {
  if (request.method !== 'DELETE') return errorEnvelope('E0000022');
  if (!sessions.end(request)) return errorEnvelope('E0000007', 'me (Session)');
  return emptyResponse(204, { 'set-cookie': clearedCookie });
}

/**
 * Names the session's cookie as the engine does. Inside, the provider knows only that of Identity Engine. A cookie of
 * the other engine means nothing.
 */
export function renameSessionCookie(request: OktaRequest, isClassic: boolean) {
  if (!isClassic) return (response: OktaResponse) => response;
  const cookies = cookiesOf(request);
  const sid = cookies.get(classicCookie);
  cookies.delete(sessionCookie);
  if (sid !== undefined) cookies.set(sessionCookie, sid);
  setCookies(request, cookies);
  return (response: OktaResponse): OktaResponse => {
    const { 'set-cookie': set, ...headers } = response.headers;
    if (set === undefined) return response;
    const renamed = [set].flat().map((cookie) => cookie.replace(/^idx=/, `${classicCookie}=`));
    return { ...response, headers: { ...headers, 'set-cookie': renamed } };
  };
}

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
