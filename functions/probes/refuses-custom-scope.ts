import { ProbeFailure } from '../diagnosis/probe-failure.ts';
import { defineProbe } from '../model/probe.ts';

/** No administrator would define it. */
const unknownScope = 'okta-synthetics.contract';

/**
 * Does the Org server refuse a scope that it cannot know? A service that relies on the refusal would otherwise find out
 * from an incident.
 *
 * Trap: a refused token request looks like an attack in the System Log, so this is opt-in and rare.
 */
export const refusesCustomScope = defineProbe({
  id: 'refuses-custom-scope',
  question: 'Does the Org server refuse a custom scope with invalid_scope?',
  group: 'negative-tests',
  scope: 'org',
  requires: ['negativeTests', 'service'],
  requests: ['token'],
  timed: false,
  metrics: {},
  async run({ server, fetch, credentials, exchanges }) {
    const { service } = server;
    if (!service) throw new Error(`server ${server.id} has no service client`);
    try {
      await credentials.fetchToken({ ...server, service: { ...service, scopes: [unknownScope] } }, fetch);
    } catch (error) {
      if (exchanges.at(-1)?.error?.error === 'invalid_scope') return { readings: {} };
      throw error;
    }
    throw new ProbeFailure('negative-test-failed', 'the Org server issued a token for a custom scope');
  },
});
