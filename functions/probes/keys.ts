import { expectJson } from '../diagnosis/expect-json.ts';
import { ProbeFailure } from '../diagnosis/probe-failure.ts';
import { defineProbe } from '../model/probe.ts';
import { endpointUrl } from '../okta/endpoints.ts';
import { cacheSeconds, parseKeySet, signingKeyIds } from '../okta/key-set.ts';

/**
 * Are there keys to verify signatures with? Every service that checks a token depends on this answer.
 * https://developer.okta.com/docs/concepts/key-rotation/
 */
export const keys = defineProbe({
  id: 'keys',
  question: 'Does the key set hold usable signing keys?',
  group: 'flows',
  scope: 'server',
  provides: 'keys',
  requests: ['keys'],
  timed: false,
  metrics: {},
  async run({ org, server, fetch }) {
    const response = await fetch(endpointUrl(org.domain, server, 'keys'));
    const keySet = parseKeySet(await expectJson(response));
    if (!keySet) throw new ProbeFailure('malformed-answer', 'the document has no list of "keys"');
    const ids = signingKeyIds(keySet);
    if (ids.length === 0)
      throw new ProbeFailure('keys-unusable', `${keySet.keys.length} keys, none for RSA signatures`);
    const cachedFor = cacheSeconds(response.headers);
    return {
      readings: {},
      notes: [
        `${ids.length} signing keys`,
        ...(cachedFor === undefined ? [] : [`may be cached for ${cachedFor} s: less as a rotation comes near`]),
      ],
      provides: { keys: keySet },
    };
  },
});
