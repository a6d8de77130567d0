import { ProbeFailure } from '../diagnosis/probe-failure.ts';
import { defineProbe } from '../model/probe.ts';
import { missingIntrospectionMembers } from '../okta/access-token.ts';

/**
 * Does the server stand by the token that it just issued (RFC 7662)? For the Org server this is the only way to
 * judge one.
 *
 * Trap: it must be the server that issued the token; every other one calls it inactive.
 */
export const introspect = defineProbe({
  id: 'introspect',
  question: 'Does the server that issued the fresh token call it active?',
  group: 'flows',
  scope: 'server',
  requires: ['service'],
  inputs: ['token'],
  requests: ['introspect'],
  timed: false,
  metrics: {},
  async run({ server, fetch, credentials, inputs }) {
    const answer = await credentials.introspect(server, inputs.token, fetch);
    if (answer.active !== true) throw new ProbeFailure('token-inactive');
    const missing = missingIntrospectionMembers(answer);
    if (missing.length > 0) throw new ProbeFailure('malformed-answer', `the answer lacks ${missing.join(', ')}`);
    return { readings: {} };
  },
});
