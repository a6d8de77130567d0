import { ProbeFailure } from '../findings/probe-failure.ts';
import { defineProbe } from '../model/probe.ts';

/**
 * Revokes the tokens, and asks whether they are inactive then (RFC 7009, RFC 7662). A sign-out relies on that.
 *
 * Trap: Okta answers every revocation with 200, so only introspection shows whether it did anything.
 */
export const revoke = defineProbe({
  id: 'revoke',
  question: 'Are revoked tokens inactive?',
  group: 'journey',
  scope: 'server',
  requires: ['user', 'web'],
  inputs: ['userTokens'],
  after: ['id-token', 'userinfo', 'user-resource', 'refresh'],
  requests: ['revoke', 'introspect'],
  timed: false,
  metrics: {},
  async run({ server, fetch, credentials, inputs: { userTokens } }) {
    const { access, refresh } = userTokens;
    // A refresh token first: Okta revokes the access tokens with it. One that `refresh-reuse` needs is left to it.
    const isUsedAgain = server.expects?.refreshTokenLeewaySeconds !== undefined;
    if (refresh !== undefined && !isUsedAgain) await credentials.revoke(server, refresh, 'refresh_token', fetch);
    await credentials.revoke(server, access.value, 'access_token', fetch);
    const { active } = await credentials.introspectForUser(server, access.value, 'access_token', fetch);
    if (typeof active !== 'boolean') throw new ProbeFailure('malformed-answer', 'the response has no usable active');
    if (active)
      throw new ProbeFailure('revoked-token-active', {
        comparisons: [{ name: 'active', expected: 'false', found: 'true' }],
      });
    return { readings: {} };
  },
});
