import { ProbeFailure } from '../diagnosis/probe-failure.ts';
import type { Server } from '../model/org.ts';
import { type AccessToken, defineProbe } from '../model/probe.ts';
import { lifetimeProblem, type Mismatch, scopeProblem } from '../okta/access-token.ts';

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
    const problem = assess(issued, server);
    if (problem) throw new ProbeFailure(problem.code, problem);
    const { clockOffsetSeconds } = exchanges.at(-1) ?? {};
    return {
      readings: {},
      provides: { token: { ...issued, ...(clockOffsetSeconds !== undefined && { clockOffsetSeconds }) } },
    };
  },
});

/** The problem, if any, of what the response says about the token. */
function assess({ type, scope, expiresInSeconds }: AccessToken, { service, expects }: Server): Mismatch | undefined {
  const compare = (name: string, expected: string, found: string) => [{ name, expected, found }];
  // RFC 6749, 7.1: a client must not use a token of a type that it does not know.
  if (type !== 'bearer')
    return {
      ...{ code: 'unexpected-token-type', detail: `"token_type" is ${type}, not Bearer` },
      comparisons: compare('token type', 'Bearer', type),
    };
  const ungranted = scope === undefined ? undefined : scopeProblem(service?.scopes ?? [], scope.split(' '));
  if (ungranted) return ungranted;
  const lifetime = expiresInSeconds ?? Number.POSITIVE_INFINITY;
  if (lifetime <= 0)
    return {
      ...{ code: 'token-expired', detail: `"expires_in" is ${lifetime}` },
      comparisons: compare('expires_in', 'more than 0 s', `${lifetime} s`),
    };
  return lifetimeProblem(lifetime, expects?.minLifetimeSeconds);
}
