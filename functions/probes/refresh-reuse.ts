import { ProbeFailure } from '../findings/probe-failure.ts';
import { defineProbe } from '../model/probe.ts';
import { isGrantRefused } from '../okta/okta-error.ts';

/** Okta counts whole seconds, by its own clock. */
const marginMs = 1_000;

/**
 * Uses a refresh token again that has been replaced, after its grace period: it must be refused (RFC 9700, 4.14.2).
 * Otherwise a thief of the token could stay signed in.
 *
 * Only once an hour: the run waits for the end of the grace period, and Okta logs the use as `detect_reuse`, after which
 * it refuses the tokens that came after. So it comes last, and revokes what is left of them.
 * https://developer.okta.com/docs/guides/refresh-tokens/main/#refresh-token-reuse-detection
 */
export const refreshReuse = defineProbe({
  id: 'refresh-reuse',
  question: 'Is a refresh token refused once it has been replaced?',
  group: 'journey',
  scope: 'server',
  requires: ['user', 'web', 'refreshTokenLeeway'],
  inputs: ['userTokens'],
  mayUse: ['refreshed'],
  after: ['refresh', 'revoke', 'sign-out'],
  once: true,
  requests: ['token', 'revoke'],
  timed: false,
  metrics: {},
  async run({ server, fetch, exchanges, credentials, now, wait, isHourly, inputs: { userTokens, refreshed } }) {
    const replaced = userTokens.refresh;
    if (replaced === undefined) return { readings: {}, notes: ['not checked: there was no refresh token'] };
    const left = [refreshed?.replacement ?? replaced];
    try {
      if (refreshed?.replacement === undefined)
        return { readings: {}, notes: ['not checked: the refresh token was not replaced'] };
      if (!isHourly) return { readings: {}, notes: ['not checked in this run, but in the first of each hour'] };
      const leewaySeconds = server.expects?.refreshTokenLeewaySeconds ?? 0;
      const endsAt = refreshed.usedAt + (leewaySeconds > 0 ? leewaySeconds * 1000 + marginMs : 0);
      await wait(Math.max(0, endsAt - now()));
      const redeeming = credentials.redeem(server, { kind: 'refresh_token', token: replaced }, fetch);
      const renewed = await redeeming.catch((error: unknown) => {
        if (isGrantRefused(exchanges)) return undefined;
        throw error;
      });
      if (!renewed) return { readings: {} };
      if (renewed.refresh !== undefined) left.push(renewed.refresh);
      throw new ProbeFailure('replaced-refresh-token-accepted', {
        comparisons: [
          {
            ...{ name: `use of a replaced refresh token after ${leewaySeconds} s` },
            ...{ expected: 'invalid_grant', found: 'new tokens' },
          },
        ],
      });
    } finally {
      for (const token of left) await credentials.revoke(server, token, 'refresh_token', fetch);
    }
  },
});
