import { ProbeFailure } from '../diagnosis/probe-failure.ts';
import { defineProbe } from '../model/probe.ts';
import { missingIntrospectionMembers } from '../okta/access-token.ts';

/**
 * Checks that the server reports the token it just issued as active (RFC 7662). For the Org server, introspection is
 * the only way to validate a token.
 *
 * Trap: introspect at the server that issued the token. Every other server reports it as inactive.
 */
export const introspect = defineProbe({
  id: 'introspect',
  question: 'Does introspection report the new token as active?',
  group: 'flows',
  scope: 'server',
  requires: ['service'],
  inputs: ['token'],
  requests: ['introspect'],
  timed: false,
  metrics: {},
  async run({ server, fetch, credentials, inputs }) {
    const claims = await credentials.introspect(server, inputs.token, fetch);
    if (claims.active !== true) throw new ProbeFailure('token-inactive');
    const missing = missingIntrospectionMembers(claims);
    if (missing.length > 0) throw new ProbeFailure('malformed-answer', `the response has no ${missing.join(', ')}`);
    return { readings: {} };
  },
});
