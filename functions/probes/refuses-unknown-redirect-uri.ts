import { ProbeFailure, RefusedAnswer } from '../diagnosis/probe-failure.ts';
import { defineProbe } from '../model/probe.ts';
import { readAuthorizeAnswer } from '../okta/authorize-answer.ts';
import { endpointUrl } from '../okta/endpoints.ts';

/** A host that can never exist (RFC 6761): a browser that were sent there would go nowhere. */
const unregistered = 'https://okta-synthetics.invalid/callback';

/**
 * Does Okta refuse to redirect to an address that nobody registered? If it did redirect, codes could be stolen
 * (RFC 9700, 4.1).
 *
 * Trap: a refused sign-in looks like an attack in the System Log, so this is opt-in and rare.
 */
export const refusesUnknownRedirectUri = defineProbe({
  id: 'refuses-unknown-redirect-uri',
  question: 'Does /authorize refuse a redirect URI that is not registered?',
  group: 'negative-tests',
  scope: 'org',
  requires: ['negativeTests', 'web'],
  requests: ['authorize'],
  timed: false,
  metrics: {},
  async run({ org, server, fetch }) {
    const { web } = server;
    if (!web) throw new Error(`server ${server.id} has no web client`);
    const url = new URL(endpointUrl(org.domain, server, 'authorize'));
    url.search = new URLSearchParams({
      client_id: web.clientId,
      redirect_uri: unregistered,
      response_type: 'code',
      scope: web.scopes.join(' '),
      prompt: 'none',
      state: 'contract',
    }).toString();
    const response = await fetch(url.href);
    const location = response.headers.get('location');
    const answer = readAuthorizeAnswer(
      { status: response.status, location, body: await response.text() },
      unregistered,
    );
    if (answer.kind !== 'page') {
      throw new ProbeFailure('negative-test-failed', 'Okta redirects to an address that is not registered');
    }
    if (response.status < 400 || response.status >= 500 || response.status === 429) throw new RefusedAnswer();
    return { readings: {} };
  },
});
