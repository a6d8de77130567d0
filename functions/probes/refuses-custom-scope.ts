import { ProbeFailure } from '../findings/probe-failure.ts';
import { defineProbe } from '../model/probe.ts';
import { isFromOkta } from '../okta/sender.ts';

/** A scope that no administrator would define. */
const unknownScope = 'okta-synthetics.negative-test';

/**
 * Checks that the Org server rejects a custom scope, because services may rely on it.
 *
 * Trap: a rejected token request looks like an attack in the System Log, so this probe is opt-in and runs rarely.
 */
export const refusesCustomScope = defineProbe({
  id: 'refuses-custom-scope',
  question: 'Does the Org server reject a custom scope with invalid_scope?',
  group: 'negative-tests',
  scope: 'org',
  requires: ['negativeTests', 'service'],
  requests: ['token'],
  addedRequests: { 'service.dpop': ['token'] },
  timed: false,
  metrics: {},
  async run({ server, fetch, credentials, exchanges }) {
    const { service } = server;
    if (!service) throw new Error(`server ${server.id} has no service client`);
    try {
      await credentials.fetchToken({ ...server, service: { ...service, scopes: [unknownScope] } }, fetch);
    } catch (error) {
      const last = exchanges.at(-1);
      if (last?.error?.error === 'invalid_scope' && isFromOkta(last)) return { readings: {} };
      throw error;
    }
    throw new ProbeFailure('negative-test-failed', 'the Org server issued a token for a custom scope');
  },
});
