import { finding } from '../findings/finding.ts';
import { expectJsonArray } from '../findings/probe-failure.ts';
import { defineProbe } from '../model/probe.ts';
import { endpointUrl } from '../okta/endpoints.ts';
import { proofOfOkta } from '../okta/sender.ts';

/**
 * Checks the management API and its rate limit. Okta reports headroom only in the response headers of requests that
 * count against the same bucket, so the probe makes the cheapest one.
 * https://developer.okta.com/docs/reference/rl2-monitor/
 */
export const rateLimits = defineProbe({
  id: 'rate-limits',
  question: 'Does the management API respond, and how much of its rate limit is left?',
  group: 'limits',
  scope: 'org',
  requires: ['api'],
  requests: ['organization', 'users'],
  timed: false,
  metrics: {},
  async run({ org, server, fetch, credentials, exchanges }) {
    // The metadata is for the diagnosis alone: it shows whether there is an org, and who answers for it.
    await fetch(endpointUrl(org.domain, server, 'organization'));
    await expectJsonArray(await credentials.callApi(`${endpointUrl(org.domain, server, 'users')}?limit=1`, fetch));
    const last = exchanges.at(-1);
    if (!last || last.rateLimit) return { readings: {} };
    const isOkta = proofOfOkta(last).length > 0;
    const warning = isOkta ? finding('headroom-unknown') : finding('unidentified-answer', { severity: 'ticket' });
    return { readings: {}, warnings: [warning] };
  },
});
