import { ProbeFailure, UnexpectedResponse } from '../findings/probe-failure.ts';
import { defineProbe } from '../model/probe.ts';
import { readAuthorizeAnswer } from '../okta/authorize-answer.ts';
import { endpointUrl } from '../okta/endpoints.ts';
import { isRateLimited } from '../okta/rate-limit.ts';
import { isFromOkta } from '../okta/sender.ts';

/** `.invalid` never resolves (RFC 6761), so a browser that followed this redirect would reach no server. */
const unregistered = 'https://okta-synthetics.invalid/callback';

/**
 * Checks that Okta does not redirect to an unregistered URI, which would let an attacker steal authorization codes
 * (RFC 9700, 4.1).
 *
 * Trap: a rejected sign-in looks like an attack in the System Log, so this probe is opt-in and runs rarely.
 */
export const refusesUnknownRedirectUri = defineProbe({
  id: 'refuses-unknown-redirect-uri',
  question: 'Does /authorize reject an unregistered redirect URI?',
  group: 'negative-tests',
  scope: 'org',
  requires: ['negativeTests', 'web'],
  requests: ['authorize'],
  timed: false,
  metrics: {},
  async run({ org, server, fetch, exchanges }) {
    const { web } = server;
    if (!web) throw new Error(`server ${server.id} has no web client`);
    const url = new URL(endpointUrl(org.domain, server, 'authorize'));
    url.search = new URLSearchParams({
      client_id: web.clientId,
      redirect_uri: unregistered,
      response_type: 'code',
      scope: web.scopes.join(' '),
      prompt: 'none',
      state: 'negative-test',
    }).toString();
    const response = await fetch(url.href);
    const location = response.headers.get('location');
    const answer = readAuthorizeAnswer(
      { status: response.status, location, body: await response.text() },
      unregistered,
    );
    if (answer.kind !== 'page') {
      throw new ProbeFailure('negative-test-failed', 'Okta redirects although the redirect URI is not registered');
    }
    // Something in between that refuses the request shows nothing about Okta.
    const last = exchanges.at(-1);
    const isRejectedByOkta = last !== undefined && isFromOkta(last) && !isRateLimited(last);
    if (response.status < 400 || response.status >= 500 || !isRejectedByOkta) throw new UnexpectedResponse();
    return { readings: {} };
  },
});
