import type Provider from 'oidc-provider';
import type { OktaErrorCode } from './okta-errors.ts';
import { oktaError } from './okta-errors.ts';
import type { OrgState } from './org-state.ts';

const lifetimeSeconds = 600;
const slowDownSeconds = 5;

interface Issued {
  readonly expiresAtMs: number;
  intervalMs: number;
  /** Before it, polling is too fast. */
  nextPollMs: number;
}

/**
 * The codes of devices whose users sign in elsewhere (RFC 8628). The provider makes them and the tokens. How long they
 * are valid and how often a device may poll follows the clock of the org.
 * https://developer.okta.com/docs/guides/device-authorization-grant/
 */
export function createDeviceCodes(provider: Provider, state: OrgState) {
  const issued = new Map<string, Issued>();

  return {
    /** The answer to a device, as Okta completes the provider's. */
    issue(body: Readonly<Record<string, unknown>>): object {
      const interval = state.settings().devicePollSeconds;
      const nowMs = state.now();
      issued.set(String(body.device_code), {
        expiresAtMs: nowMs + lifetimeSeconds * 1000,
        intervalMs: interval * 1000,
        nextPollMs: nowMs,
      });
      return { ...body, expires_in: lifetimeSeconds, interval };
    },

    /** Why a polling device gets no token, apart from the user's own decision. */
    refusal(deviceCode: string): OktaErrorCode | undefined {
      const code = issued.get(deviceCode);
      const nowMs = state.now();
      if (!code) return 'invalid_device_code';
      if (nowMs >= code.expiresAtMs) return 'expired_token';
      const isTooFast = nowMs < code.nextPollMs;
      if (isTooFast) code.intervalMs += slowDownSeconds * 1000;
      code.nextPollMs = nowMs + code.intervalMs;
      return isTooFast ? 'slow_down' : undefined;
    },

    /** Acts as a user at the page of the code: signs in and allows the device, or denies it. */
    async decide(userCode: string, login: string, decision: 'allow' | 'deny'): Promise<void> {
      const code = await provider.DeviceCode.findByUserCode(userCode.toUpperCase().replace(/\W/g, ''));
      const clientId = String(code?.clientId);
      const user = state.users.find(login);
      if (!code || !user) throw new Error(`There is no code ${userCode}, or no user ${login}.`);
      const atApplication = state.userAt(user.id, clientId);
      const refused =
        decision === 'deny'
          ? oktaError('access_denied')
          : atApplication?.assigned === false
            ? oktaError('user_not_assigned')
            : atApplication?.access === 'DENY'
              ? oktaError('no_matching_policy')
              : undefined;
      if (refused) Object.assign(code, { error: refused.error, errorDescription: refused.description });
      else {
        const grant = new provider.Grant({ clientId, accountId: user.id });
        const scope = String(code.params?.scope);
        grant.addOIDCScope(scope);
        const authTime = Math.floor(Date.now() / 1000);
        Object.assign(code, { accountId: user.id, amr: ['pwd'], authTime, grantId: await grant.save(), scope });
      }
      await code.save();
    },
  };
}
