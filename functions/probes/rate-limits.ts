import { expectJsonArray } from '../diagnosis/expect-json.ts';
import { ProbeFailure } from '../diagnosis/probe-failure.ts';
import { defineProbe } from '../model/probe.ts';
import { endpointUrl } from '../okta/endpoints.ts';

/**
 * Does the management API answer, and how much of its rate limit is left? Okta tells headroom only in the headers of
 * a request that spends from the same bucket, so the cheapest one is made.
 * https://developer.okta.com/docs/reference/rl2-monitor/
 */
export const rateLimits = defineProbe({
  id: 'rate-limits',
  question: 'Does the management API answer, and what is left of its rate limit?',
  group: 'limits',
  scope: 'org',
  requires: ['api'],
  requests: ['users'],
  timed: false,
  metrics: {},
  async run({ org, server, fetch, credentials, exchanges }) {
    const response = await credentials.callApi(`${endpointUrl(org.domain, server, 'users')}?limit=1`, fetch);
    await expectJsonArray(response);
    if (!exchanges.at(-1)?.rateLimit)
      throw new ProbeFailure('malformed-answer', 'the answer has no usable rate-limit headers');
    return { readings: {} };
  },
});
