import { calculatePKCECodeChallenge, generateRandomCodeVerifier, generateRandomState } from 'oauth4webapi';
import { ProbeFailure, UnexpectedResponse } from '../findings/probe-failure.ts';
import type { Server, WebClient } from '../model/org.ts';
import { defineProbe } from '../model/probe.ts';
import { readAuthorizeAnswer } from '../okta/authorize-answer.ts';
import { endpointUrl } from '../okta/endpoints.ts';
import { parseCallbackError, parseOktaError } from '../okta/okta-error.ts';

/** `interaction_required` is the answer of a client with the interaction code grant, as Okta's sign-in widget uses it. */
const healthyErrors = ['login_required', 'interaction_required', 'account_selection_required'];

/** Returns an authorization request with PKCE (RFC 7636), as a browser would be sent with it. */
export async function authorizationRequest(
  domain: string,
  server: Server,
  more: Readonly<Record<string, string>> = {},
): Promise<{ readonly url: string; readonly state: string; readonly web: WebClient }> {
  const { web } = server;
  if (!web) throw new Error(`server ${server.id} has no web client`);
  const state = generateRandomState();
  const url = new URL(endpointUrl(domain, server, 'authorize'));
  url.search = new URLSearchParams({
    client_id: web.clientId,
    redirect_uri: web.redirectUri,
    response_type: 'code',
    scope: web.scopes.join(' '),
    ...more,
    state,
    code_challenge: await calculatePKCECodeChallenge(generateRandomCodeVerifier()),
    code_challenge_method: 'S256',
  }).toString();
  return { url: url.href, state, web };
}

/**
 * Checks whether users could sign in. `prompt=none` without a session exercises routing, the client, the redirect URI,
 * scopes and the session lookup without a user. A healthy server redirects to the callback with `login_required`.
 *
 * Trap: this function has no secret of the application, so it cannot push the request. An application that demands that
 * answers with `invalid_request`, and only the client and the redirect URI are checked then.
 *
 * Trap: the redirect is not followed and no cookies are kept. A session would change the result.
 * OpenID Connect Core 1.0, 3.1.2.6; RFC 7636.
 */
export const authorize = defineProbe({
  id: 'authorize',
  question: 'Does a sign-in with prompt=none return to the callback with login_required?',
  group: 'flows',
  scope: 'server',
  requires: ['web'],
  provides: 'authorizing',
  requests: ['authorize'],
  timed: true,
  metrics: {},
  async run({ org, server, fetch }) {
    const { url, state, web } = await authorizationRequest(org.domain, server, { prompt: 'none' });
    const response = await fetch(url);
    if (response.status >= 400) throw new UnexpectedResponse();
    const body = await response.text();
    const location = response.headers.get('location');
    const answer = readAuthorizeAnswer({ status: response.status, location, body }, web.redirectUri);
    switch (answer.kind) {
      case 'page': {
        const error = parseOktaError(response.headers, body);
        if (error.reason ?? error.error) throw new UnexpectedResponse(error);
        // Users expect a page there: the sign-in, or what stands before it.
        throw new ProbeFailure('unexpected-page', {
          ...{ severity: 'ticket', detail: `status ${response.status} with an HTML page that does not redirect` },
        });
      }
      case 'elsewhere':
        throw new UnexpectedResponse();
      case 'callback':
        break;
      default:
        answer satisfies never;
    }
    const { parameters } = answer;
    if (parameters.get('state') !== state)
      throw new ProbeFailure('malformed-answer', 'the callback does not return the state that was sent');
    if (!parameters.has('error'))
      throw new ProbeFailure('unrecognised-answer', 'the callback has no error, although login_required was expected');
    const error = parameters.get('error') ?? '';
    const provides = { authorizing: true } as const;
    if (web.par && error === 'invalid_request')
      return {
        provides,
        readings: {},
        notes: ['not checked in full: the application takes pushed requests (PAR) only'],
      };
    if (!healthyErrors.includes(error)) throw new UnexpectedResponse(parseCallbackError(parameters));
    return { provides, readings: {} };
  },
});
