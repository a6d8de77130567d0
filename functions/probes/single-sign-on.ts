import { ProbeFailure, UnexpectedResponse } from '../findings/probe-failure.ts';
import { browse } from '../journey/browse.ts';
import { codeOf, readCallback } from '../journey/sign-in.ts';
import { defineProbe } from '../model/probe.ts';

/**
 * Asks for a code with the session of the sign-in and `prompt=none`: what each further application does after the first.
 * OpenID Connect Core 1.0, 3.1.2.1.
 */
export const singleSignOn = defineProbe({
  id: 'single-sign-on',
  question: 'Does a session get a code without signing in again?',
  group: 'journey',
  scope: 'server',
  requires: ['user', 'web'],
  inputs: ['session'],
  provides: 'code',
  once: true,
  requests: ['authorize'],
  addedRequests: { 'web.par': ['par'] },
  timed: false,
  metrics: {},
  async run({ server, fetch, credentials, inputs: { session } }) {
    const { web } = server;
    if (!web) throw new Error(`server ${server.id} has no web client`);
    const request = await credentials.requestAuthorization(server, fetch, { prompt: 'none' });
    const answer = await browse(session.cookies.through(fetch), request.url, web.redirectUri);
    try {
      return { readings: {}, provides: { code: codeOf(request, readCallback(answer, request.state, web)) } };
    } catch (error) {
      const { error: refusal } = error instanceof UnexpectedResponse ? (error.error ?? {}) : {};
      if (refusal !== 'login_required' && refusal !== 'interaction_required') throw error;
      throw new ProbeFailure('session-not-honored', {
        detail: `the callback says ${refusal}`,
        comparisons: [{ name: 'answer to prompt=none with a session', expected: 'a code', found: refusal }],
      });
    }
  },
});
