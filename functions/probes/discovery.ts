import { expectJson, ProbeFailure } from '../findings/probe-failure.ts';
import { defineProbe } from '../model/probe.ts';
import { compareDiscovery, otherOrgIn } from '../okta/discovery.ts';
import { endpointUrl } from '../okta/endpoints.ts';

/** Checks the discovery document, from which clients configure themselves. */
export const discovery = defineProbe({
  id: 'discovery',
  question: 'Does the discovery document name the expected issuer and endpoints?',
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
    const other = otherOrgIn(differences, org.domain, server);
    if (other !== undefined)
      throw new ProbeFailure('another-org', {
        detail: `the issuer and all endpoints are those of ${other}`,
        comparisons: [{ name: 'org of the discovery document', expected: org.domain, found: other }],
      });
    if (differences.length > 0) {
      const listed = differences.map(({ member, expected, found }) => `${member} is ${found}, not ${expected}`);
      throw new ProbeFailure('metadata-drifted', {
        detail: listed.join('; '),
        comparisons: differences.map(({ member, expected, found }) => ({
          ...{ name: `${member} in discovery`, expected, found: found ?? 'missing' },
        })),
      });
    }
    return { readings: {} };
  },
});
