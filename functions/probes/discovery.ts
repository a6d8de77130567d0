import { expectJson } from '../diagnosis/expect-json.ts';
import { ProbeFailure } from '../diagnosis/probe-failure.ts';
import { defineProbe } from '../model/probe.ts';
import { compareDiscovery } from '../okta/discovery.ts';
import { endpointUrl } from '../okta/endpoints.ts';

/** Does the server describe itself as its kind demands? Clients configure themselves from this document. */
export const discovery = defineProbe({
  id: 'discovery',
  question: 'Does discovery name the issuer and endpoints that this server must have?',
  group: 'flows',
  scope: 'server',
  requests: ['discovery'],
  timed: false,
  metrics: {},
  async run({ org, server, fetch }) {
    const document = await expectJson(await fetch(endpointUrl(org.domain, server, 'discovery')));
    const differences = compareDiscovery(document, org.domain, server);
    const missing = differences.filter(({ found }) => found === undefined).map(({ member }) => member);
    if (missing.length > 0) throw new ProbeFailure('malformed-answer', `the document has no ${missing.join(', ')}`);
    if (differences.length > 0) {
      const listed = differences.map(({ member, expected, found }) => `${member} is ${found}, not ${expected}`);
      throw new ProbeFailure('metadata-drifted', listed.join('; '));
    }
    return { readings: {} };
  },
});
