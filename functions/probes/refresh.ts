import { ProbeFailure } from '../findings/probe-failure.ts';
import { defineProbe, type TokenResponse } from '../model/probe.ts';
import { bindingProblem } from '../okta/access-token.ts';
import { isGrantRefused } from '../okta/okta-error.ts';

/**
 * Exchanges the refresh token for new tokens (RFC 6749, 6). Skipped where none was issued: only the scope `offline_access`
 * asks for one.
 *
 * Trap: never tried twice. Where refresh tokens rotate, a second use of one may revoke all of the user's tokens.
 * https://developer.okta.com/docs/guides/refresh-tokens/main/
 */
export const refresh = defineProbe({
  id: 'refresh',
  question: 'Does the token endpoint renew the tokens?',
  group: 'journey',
  scope: 'server',
  requires: ['user', 'web'],
  inputs: ['userTokens'],
  after: ['id-token', 'userinfo'],
  once: true,
  provides: 'refreshed',
  requests: ['token', 'revoke'],
  timed: false,
  metrics: {},
  async run({ server, fetch, exchanges, credentials, now, inputs: { userTokens } }) {
    const { web, expects } = server;
    const asked = web?.scopes.includes('offline_access') ?? false;
    if (userTokens.refresh === undefined) {
      if (asked) throw new ProbeFailure('refresh-token-missing', 'offline_access was requested and granted');
      return {
        readings: {},
        provides: { refreshed: { usedAt: now() } },
        notes: ['not checked: the web application does not request offline_access'],
      };
    }
    const redeeming = credentials.redeem(server, { kind: 'refresh_token', token: userTokens.refresh }, fetch);
    const renewed = await redeeming.catch((error: unknown) => {
      throw isGrantRefused(exchanges) ? new ProbeFailure('refresh-refused', 'invalid_grant for a new token') : error;
    });
    const usedAt = now();
    const replacement = renewed.refresh === userTokens.refresh ? undefined : renewed.refresh;
    const problem = problemOf(renewed, replacement !== undefined, expects?.refreshTokenRotation);
    const isUsedAgain = expects?.refreshTokenLeewaySeconds !== undefined && !problem;
    // Nothing else would ever revoke it.
    if (replacement !== undefined && !isUsedAgain) {
      await credentials.revoke(server, replacement, 'refresh_token', fetch);
    }
    if (problem) throw problem;
    const refreshed = { usedAt, ...(isUsedAgain && replacement !== undefined && { replacement }) };
    return { readings: {}, provides: { refreshed } };
  },
});

function problemOf(
  renewed: TokenResponse,
  isReplaced: boolean,
  isExpected: boolean | undefined,
): ProbeFailure | undefined {
  const misbound = bindingProblem(renewed.access);
  if (misbound) return new ProbeFailure(misbound.code, misbound);
  if (isExpected === undefined || isReplaced === isExpected) return undefined;
  return new ProbeFailure('refresh-rotation-unexpected', {
    comparisons: [{ name: 'refresh token after its use', expected: wordOf(isExpected), found: wordOf(isReplaced) }],
  });
}

function wordOf(isRotated: boolean): string {
  return isRotated ? 'a new one' : 'the same one';
}
