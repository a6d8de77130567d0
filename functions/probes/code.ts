import { decodeJwt } from 'jose';
import type { Problem } from '../findings/probe-failure.ts';
import { ProbeFailure } from '../findings/probe-failure.ts';
import { kindOf, type Server } from '../model/org.ts';
import { type AccessToken, defineProbe } from '../model/probe.ts';
import { bindingProblem, confirmationProblem, scopeProblem } from '../okta/access-token.ts';
import { isGrantRefused } from '../okta/okta-error.ts';

/**
 * Exchanges the code for tokens, with PKCE (RFC 6749, 4.1.3; RFC 7636).
 *
 * Trap: a code is good once, so this is never tried twice. Okta gives a used and an expired code the same words.
 */
export const code = defineProbe({
  id: 'code',
  question: 'Does the token endpoint exchange a code for tokens?',
  group: 'journey',
  scope: 'server',
  requires: ['user', 'web'],
  inputs: ['code'],
  provides: 'userTokens',
  once: true,
  requests: ['token'],
  addedRequests: { 'web.dpop': ['token'] },
  timed: false,
  metrics: {},
  async run({ server, fetch, exchanges, credentials, inputs }) {
    const redeeming = credentials.redeem(server, { kind: 'authorization_code', code: inputs.code }, fetch);
    const { access, id, refresh } = await redeeming.catch((error: unknown) => {
      throw isGrantRefused(exchanges) ? new ProbeFailure('code-refused', 'invalid_grant for a new code') : error;
    });
    const misbound = bindingProblem(access) ?? keyProblem(access, server);
    if (misbound) throw new ProbeFailure(misbound.code, misbound);
    const { scopes = [] } = server.web ?? {};
    const ungranted = access.scope === undefined ? undefined : scopeProblem(scopes, access.scope.split(' '));
    if (ungranted) throw new ProbeFailure(ungranted.code, ungranted);
    if (id === undefined)
      throw new ProbeFailure('id-token-missing', {
        comparisons: [{ name: 'id_token', expected: 'present', found: 'missing' }],
      });
    const { clockOffsetSeconds } = exchanges.at(-1) ?? {};
    return {
      readings: {},
      provides: {
        userTokens: {
          ...{ id, nonce: inputs.code.nonce },
          access: { ...access, ...(clockOffsetSeconds !== undefined && { clockOffsetSeconds }) },
          ...(refresh !== undefined && { refresh }),
        },
      },
    };
  },
});

/** Returns the problem of the key that the token names. The Org server's tokens are for Okta alone to read. */
function keyProblem(access: AccessToken, server: Server): Problem | undefined {
  if (kindOf(server) === 'org') return undefined;
  try {
    return confirmationProblem(decodeJwt(access.value).cnf, access);
  } catch {
    // It is encrypted, or no JWT.
    return undefined;
  }
}
