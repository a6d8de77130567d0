import { calculatePKCECodeChallenge, generateRandomCodeVerifier, generateRandomState } from 'oauth4webapi';
import { ProbeFailure, RefusedAnswer } from '../diagnosis/probe-failure.ts';
import { defineProbe } from '../model/probe.ts';
import { readAuthorizeAnswer } from '../okta/authorize-answer.ts';
import { endpointUrl } from '../okta/endpoints.ts';
import { parseCallbackError, parseOktaError } from '../okta/okta-error.ts';

/**
 * Would people be let in? `prompt=none` without a session exercises routing, the client, the redirect URI, scopes and
 * the session lookup, and needs no user: the healthy answer is the error `login_required` at the callback.
 *
 * Trap: the answer is judged and never followed, and no cookie is kept; a session would change what is asked.
 * OpenID Connect Core 1.0, 3.1.2.6; RFC 7636.
 */
export const authorize = defineProbe({
  id: 'authorize',
  question: 'Does a sign-in that may not prompt end at the callback with login_required?',
  group: 'flows',
  scope: 'server',
  requires: ['web'],
  requests: ['authorize'],
  timed: true,
  metrics: {},
  async run({ org, server, fetch }) {
    const { web } = server;
    if (!web) throw new Error(`server ${server.id} has no web client`);
    const state = generateRandomState();
    const url = new URL(endpointUrl(org.domain, server, 'authorize'));
    url.search = new URLSearchParams({
      client_id: web.clientId,
      redirect_uri: web.redirectUri,
      response_type: 'code',
      scope: web.scopes.join(' '),
      prompt: 'none',
      state,
      code_challenge: await calculatePKCECodeChallenge(generateRandomCodeVerifier()),
      code_challenge_method: 'S256',
    }).toString();
    const response = await fetch(url.href);
    if (response.status >= 400) throw new RefusedAnswer();
    const body = await response.text();
    const location = response.headers.get('location');
    const answer = readAuthorizeAnswer({ status: response.status, location, body }, web.redirectUri);
    switch (answer.kind) {
      case 'page': {
        const error = parseOktaError(response.headers, body);
        if (error.reason) throw new RefusedAnswer(error);
        throw new ProbeFailure('unexpected-page', `status ${response.status} with a page that leads nowhere`);
      }
      case 'elsewhere':
        throw new ProbeFailure('malformed-answer', 'the redirect does not lead to the redirect URI');
      case 'callback':
        break;
      default:
        answer satisfies never;
    }
    const { parameters } = answer;
    if (parameters.get('state') !== state) throw new ProbeFailure('malformed-answer', 'the callback has another state');
    if (!parameters.has('error'))
      throw new ProbeFailure('unrecognised-answer', 'a callback without an error: nobody was asked to sign in');
    if (parameters.get('error') !== 'login_required') throw new RefusedAnswer(parseCallbackError(parameters));
    return { readings: {} };
  },
});
