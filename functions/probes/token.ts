import { ProbeFailure } from '../diagnosis/probe-failure.ts';
import { defineProbe } from '../model/probe.ts';

/**
 * Checks that /token issues a token (RFC 6749, 4.4). Each run requests a new one, because it tests the endpoint.
 *
 * Trap: the Org server requires a service application with a key and granted okta.* scopes. A custom server requires
 * one of its own scopes and a policy rule that allows client credentials.
 * https://developer.okta.com/docs/guides/implement-grant-type/clientcreds/main/
 */
export const token = defineProbe({
  id: 'token',
  question: 'Does the token endpoint issue an access token?',
  group: 'flows',
  scope: 'server',
  requires: ['service'],
  provides: 'token',
  requests: ['token'],
  timed: true,
  metrics: {},
  async run({ server, fetch, credentials, exchanges }) {
    const issued = await credentials.fetchToken(server, fetch);
    const granted = issued.scope?.split(' ');
    const ungranted = granted ? (server.service?.scopes ?? []).filter((scope) => !granted.includes(scope)) : [];
    if (ungranted.length > 0) throw new ProbeFailure('scope-missing', `not granted: ${ungranted.join(' ')}`);
    const { minLifetimeSeconds = 0 } = server.expects ?? {};
    if ((issued.expiresInSeconds ?? Number.POSITIVE_INFINITY) < minLifetimeSeconds) {
      throw new ProbeFailure(
        'token-lifetime-short',
        `it expires in ${issued.expiresInSeconds} s, the configured minimum is ${minLifetimeSeconds} s`,
      );
    }
    const { clockOffsetSeconds } = exchanges.at(-1) ?? {};
    return {
      readings: {},
      provides: { token: { ...issued, ...(clockOffsetSeconds !== undefined && { clockOffsetSeconds }) } },
    };
  },
});
