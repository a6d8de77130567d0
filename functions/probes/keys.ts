import { expectJson, ProbeFailure } from '../findings/probe-failure.ts';
import { defineProbe } from '../model/probe.ts';
import { endpointUrl } from '../okta/endpoints.ts';
import { cacheSeconds, parseKeySet, signingKeyIds } from '../okta/key-set.ts';

/**
 * Checks the keys for verifying signatures. Every service that validates tokens depends on them.
 * https://developer.okta.com/docs/concepts/key-rotation/
 */
export const keys = defineProbe({
  id: 'keys',
  question: 'Does the key set contain usable signing keys?',
  group: 'flows',
  scope: 'server',
  provides: 'keys',
  requests: ['keys'],
  timed: false,
  metrics: {},
  async run({ org, server, fetch }) {
    const response = await fetch(endpointUrl(org.domain, server, 'keys'));
    const keySet = parseKeySet(await expectJson(response));
    if (!keySet) throw new ProbeFailure('malformed-answer', '"keys" is missing or is not a list');
    const ids = signingKeyIds(keySet);
    if (ids.length === 0)
      throw new ProbeFailure('keys-unusable', `none of the ${keySet.keys.length} keys can verify RSA signatures`);
    const cachedFor = cacheSeconds(response.headers);
    return {
      readings: {},
      notes: [
        `${ids.length} signing keys`,
        ...(cachedFor === undefined
          ? []
          : [`cacheable for ${cachedFor} s, which decreases as a key rotation approaches`]),
      ],
      provides: { keys: keySet },
    };
  },
});
