import { defineProbe } from '../model/probe.ts';

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
  requests: [],
  configuredRequests: {
    words: 'an access token if `api` is a client, in two requests with DPoP',
    of: ({ api }) => (api?.kind === 'client' ? ['token', ...(api.dpop ? ['token' as const] : [])] : []),
  },
  timed: false,
  metrics: {},
  async run({ credentials, fetch }) {
    await credentials.prepareApi(fetch);
    return { readings: {}, provides: { apiAccess: true } };
  },
});
