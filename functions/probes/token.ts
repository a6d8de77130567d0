import type { Problem } from '../findings/probe-failure.ts';
import { ProbeFailure } from '../findings/probe-failure.ts';
import type { Server } from '../model/org.ts';
import { type AccessToken, defineProbe } from '../model/probe.ts';
import { bindingProblem, lifetimeProblem, scopeProblem } from '../okta/access-token.ts';

/**
 * Checks that /token issues a token (RFC 6749, 4.4). Each run requests a new one, because it tests the endpoint.
 *
 * Trap: the Org server requires a service application with a key and granted okta.* scopes. A custom server requires
 * a scope of that server and a policy rule that allows client credentials.
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
  addedRequests: { 'service.dpop': ['token'] },
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

/** Returns the problem of the token response's members, if there is one. */
function assess(issued: AccessToken, { service, expects }: Server): Problem | undefined {
  const { scope, expiresInSeconds } = issued;
  const misbound = bindingProblem(issued);
  if (misbound) return misbound;
  const ungranted = scope === undefined ? undefined : scopeProblem(service?.scopes ?? [], scope.split(' '));
  if (ungranted) return ungranted;
  const lifetime = expiresInSeconds ?? Number.POSITIVE_INFINITY;
  if (lifetime <= 0)
    return {
      ...{ code: 'token-expired', detail: `"expires_in" is ${lifetime}` },
      comparisons: [{ name: 'expires_in', expected: 'more than 0 s', found: `${lifetime} s` }],
    };
  return lifetimeProblem(lifetime, expects?.minLifetimeSeconds);
}
