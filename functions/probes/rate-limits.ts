import { expectJson, expectJsonArray } from '../diagnosis/expect-json.ts';
import { finding } from '../diagnosis/finding.ts';
import { defineProbe } from '../model/probe.ts';
import { endpointUrl } from '../okta/endpoints.ts';

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
  requests: ['users'],
  timed: false,
  metrics: {},
  async run({ org, server, fetch, credentials, exchanges }) {
    const request = () => credentials.callApi(`${endpointUrl(org.domain, server, 'users')}?limit=1`, fetch);
    let response = await request();
    if (response.status === 404) {
      // Only the metadata shows whether there is no org, or only this is missing.
      await expectJson(await fetch(endpointUrl(org.domain, server, 'organization')));
      response = await request();
    }
    await expectJsonArray(response);
    return { readings: {}, warnings: exchanges.at(-1)?.rateLimit ? [] : [finding('headroom-unknown')] };
  },
});
