import { randomBytes } from 'node:crypto';
import type { AuthorizationServer } from './authorization-server.ts';
import { errorEnvelope, errorPage } from './error-responses.ts';
import { cookiesOf, htmlResponse, type OktaRequest, type OktaResponse, redirectResponse } from './http-message.ts';
import type { Transaction, Transactions } from './idx-transaction.ts';
import { type OktaErrorCode, oktaError } from './okta-errors.ts';
import type { OrgState } from './org-state.ts';
import type { Login, Sessions } from './sessions.ts';
import { classicSignInPage, signInPage } from './sign-in-page.ts';

/** An authorization request whose user must sign in first. */
export interface PendingAuthorization {
  readonly server: AuthorizationServer['address'];
  /** The provider's id of the request. */
  readonly uid: string;
  readonly client: { readonly id: string; readonly label: string };
}

/** A sign-on whose user must sign in first, and then asks again. */
export interface PendingSignOn {
  /** The path and the query. */
  readonly returnTo: string;
  readonly client: { readonly id: string; readonly label: string };
}

/** What became of a sign-in: it goes on, the user is in, or the user must not get in. */
export type SignInOutcome = 'pending' | 'success' | OktaErrorCode;

const deviceTokenSeconds = 63_072_000;

/** Begins sign-ins. The page is at the URL of the request itself, and at Classic a redirect away. */
export function createSignInStart(origin: string, { settings }: OrgState, transactions: Transactions) {
  function begin(
    request: OktaRequest,
    given: Pick<Transaction, 'issuer' | 'client' | 'finish'>,
    fromURI: string,
  ): OktaResponse {
    const { engine, stateTokenInPage } = settings();
    const cookies = cookiesOf(request).has('DT') ? [] : [deviceCookie()];
    if (engine === 'classic') {
      return redirectResponse(`${origin}/login/login.htm?${new URLSearchParams({ fromURI })}`, {
        'set-cookie': cookies,
      });
    }
    const { startToken } = transactions.begin(given);
    const page = signInPage(origin, stateTokenInPage ? startToken : undefined);
    return { ...page, headers: { ...page.headers, 'set-cookie': cookies } };
  }

  return {
    forAuthorization(request: OktaRequest, { server, uid, client }: PendingAuthorization): OktaResponse {
      const path = `${new URL(server.issuer).pathname.replace(/^\/$/, '/oauth2')}/v1/authorize/redirect`;
      const finish = { kind: 'redirect', server: server.id, uid } as const;
      return begin(
        request,
        { issuer: server.issuer, client, finish },
        `${path}?${new URLSearchParams({ okta_key: uid })}`,
      );
    },

    forSignOn(request: OktaRequest, { returnTo, client }: PendingSignOn): OktaResponse {
      return begin(request, { issuer: origin, client, finish: { kind: 'return', path: returnTo } }, returnTo);
    },
  };
}

/** Identifies the browser to Okta for years. */
function deviceCookie(): string {
  return `DT=DI1${randomBytes(16).toString('base64url')}; Path=/; Max-Age=${deviceTokenSeconds}; Secure; HttpOnly; SameSite=None`;
}

interface SignInEnd {
  readonly origin: string;
  readonly transactions: Transactions;
  readonly sessions: Sessions;
  readonly serverOf: (id: string) => AuthorizationServer | undefined;
  readonly outcome: (transaction: Transaction) => SignInOutcome;
  /** The user whom a session token stands for. */
  readonly redeem: (sessionToken: string) => Login | undefined;
}

/** The redirects that lead from a sign-in back to the application. */
export function createSignInEnd({ origin, transactions, sessions, serverOf, outcome, redeem }: SignInEnd) {
  async function tokenRedirect(request: OktaRequest): Promise<OktaResponse> {
    if (!cookiesOf(request).has('DT')) return forbidden();
    const [id = ''] = (request.query.get('stateToken') ?? '').split('~');
    const transaction = transactions.findById(id);
    if (!transaction || transaction.finish.kind === 'interaction-code') return errorPage(oktaError('request_expired'));
    const { finish } = transaction;
    const became = outcome(transaction);
    if (became === 'pending') return errorPage(oktaError('request_expired'));
    transactions.end(transaction);
    const answer = became === 'success' ? loginOf(transaction) : oktaError(became);
    if (finish.kind === 'return') {
      if (!('accountId' in answer)) return errorPage(answer);
      return redirectResponse(origin + finish.path, { 'set-cookie': sessions.cookie(sessions.start(answer)) });
    }
    const { server, uid } = finish;
    return serverOf(server)?.resume(request, uid, answer) ?? errorPage(oktaError('request_expired'));
  }

  /** Makes a session of a session token, as the page of the Classic engine needs it. */
  function sessionCookieRedirect(request: OktaRequest): OktaResponse {
    const target = new URL(request.query.get('redirectUrl') ?? '/', origin);
    if (target.origin !== origin) return forbidden();
    const login = redeem(request.query.get('token') ?? '');
    if (!login) return redirectResponse(`${origin}/login/login.htm?${new URLSearchParams({ fromURI: target.href })}`);
    return redirectResponse(target.href, { 'set-cookie': sessions.cookie(sessions.start(login)) });
  }

  const routes: Readonly<Record<string, (request: OktaRequest) => OktaResponse | Promise<OktaResponse>>> = {
    '/login/token/redirect': tokenRedirect,
    '/login/sessionCookieRedirect': sessionCookieRedirect,
    '/login/login.htm': ({ query }) => classicSignInPage(origin, query.get('fromURI') ?? '/'),
  };
  return (request: OktaRequest) =>
    routes[request.path]?.(request) ?? errorEnvelope('E0000007', `${request.path} (Path)`);
}

/** The methods of the sign-in in Okta's order (RFC 8176). */
export function loginOf({ user = '', proved }: Transaction): Login {
  const isMultiFactor = proved.has('google_otp') || proved.has('okta_verify');
  return { accountId: user, amr: isMultiFactor ? ['mfa', 'otp', 'pwd'] : ['pwd'] };
}

function forbidden(): OktaResponse {
  return htmlResponse(403, '<!DOCTYPE html>\n<html><head><title>403 Forbidden</title></head><body></body></html>\n');
}
