import { expectJson } from '../findings/probe-failure.ts';
import { defineProbe } from '../model/probe.ts';
import { endpointUrl } from '../okta/endpoints.ts';

/**
 * Gets what the other probes of the group call the management API with, once for all of them: an access token if the
 * container has none. If that fails, one finding says so, and the others are skipped.
 */
export const apiAccess = defineProbe({
  id: 'api-access',
  question: 'Can the monitor call the management API?',
  group: 'health',
  scope: 'org',
  requires: ['api', 'health'],
  provides: 'apiAccess',
  requests: ['organization'],
  configuredRequests: {
    words: 'an access token if `api` is a client, in two requests with DPoP',
    of: ({ api }) => (api?.kind === 'client' ? ['token', ...(api.dpop ? ['token' as const] : [])] : []),
  },
  timed: false,
  metrics: {},
  async run({ org, server, credentials, fetch, exchanges }) {
    // The first request of the run: it shows whether there is an org, who answers for it, and with which certificate.
    await expectJson(await fetch(endpointUrl(org.domain, server, 'organization')));
    const { certificate } = exchanges.at(-1) ?? {};
    await credentials.prepareApi(fetch);
    return { readings: {}, provides: { apiAccess: { ...(certificate && { certificate }) } } };
  },
});
