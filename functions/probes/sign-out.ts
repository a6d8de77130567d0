import { ProbeFailure, UnexpectedResponse } from '../findings/probe-failure.ts';
import { browse } from '../journey/browse.ts';
import { readCallback } from '../journey/sign-in.ts';
import { signInServer } from '../model/org.ts';
import { defineProbe } from '../model/probe.ts';
import { endpointUrl } from '../okta/endpoints.ts';
import { isFromOkta } from '../okta/sender.ts';

/**
 * Signs the user out as an application does (OpenID Connect RP-Initiated Logout 1.0), and asks for a code with what is left
 * of the session: `prompt=none` must be answered with `login_required` again. Runs last, whatever became of the others.
 *
 * Trap: the session is also ended in the other way in any case, so that none is left behind.
 */
export const signOut = defineProbe({
  id: 'sign-out',
  question: 'Does the session end when the user signs out?',
  group: 'journey',
  scope: 'org',
  requires: ['user'],
  inputs: ['session'],
  mayUse: ['idToken'],
  after: ['saml', 'single-sign-on', 'code', 'id-token', 'userinfo', 'user-resource', 'refresh', 'revoke'],
  cleansUp: true,
  requests: ['logout', 'authorize', 'session'],
  addedRequests: { 'web.par': ['par'] },
  timed: false,
  metrics: {},
  async run({ org, fetch, exchanges, credentials, inputs: { session, idToken } }) {
    const server = signInServer(org);
    if (!server) throw new Error(`org ${org.name} has no web client`);
    // The cookies as a thief would have them. A browser forgets its own.
    const before = { ...session, cookies: session.cookies.copy() };
    const visit = session.cookies.through(fetch);
    try {
      if (idToken) {
        const url = new URL(endpointUrl(org.domain, { id: idToken.server }, 'logout'));
        url.searchParams.set('id_token_hint', idToken.value);
        const { status } = await visit(url.href);
        const answer = exchanges.at(-1);
        if (status >= 400 || (answer && !isFromOkta(answer))) throw new UnexpectedResponse();
      } else await credentials.endSession(session, fetch);
      const request = await credentials.requestAuthorization(server, fetch, { prompt: 'none' });
      const answer = await browse(before.cookies.through(fetch), request.url, server.web.redirectUri);
      if (isSignedOut(() => readCallback(answer, request.state, server.web))) return { readings: {} };
      throw new ProbeFailure('sign-out-without-effect', {
        comparisons: [
          { name: 'answer to prompt=none after the sign-out', expected: 'login_required', found: 'a code' },
        ],
      });
    } finally {
      await credentials.endSession(before, fetch);
    }
  },
});

/** Returns whether Okta answered that the user has to sign in. Throws its other errors. */
function isSignedOut(readCode: () => string): boolean {
  try {
    readCode();
    return false;
  } catch (error) {
    const { error: refusal } = error instanceof UnexpectedResponse ? (error.error ?? {}) : {};
    if (refusal === 'login_required' || refusal === 'interaction_required') return true;
    throw error;
  }
}
