import { errorEnvelope } from './error-responses.ts';
import type { OktaRequest, OktaResponse } from './http-message.ts';
import { oktaSystem, userParticipant } from './log-caller.ts';
import type { CodeVerdict, PasswordVerdict } from './sign-in-checks.ts';
import type { Happening, LogParticipant, SystemLog } from './system-log.ts';
import type { Factor, User } from './users.ts';

/** The policies that decide about a sign-in, with their rules, as events name them. */
const appPolicy = policyTargets('00p1application2pol3', 'Application policy', '0pr1application2rul3', 'Two factors');
const sessionPolicy = policyTargets('00p7session8policy9i', 'Default Policy', '0pr7session8policy9r', 'Default Rule');

/** Writes the events of sign-ins to the System Log, named as in Okta's catalog of events. */
export function createSignInLog(log: SystemLog, engine: () => 'idx' | 'classic') {
  const actorOf = (user: User | undefined, login: string): LogParticipant =>
    user ? userParticipant(user) : { id: 'unknown', type: 'User', alternateId: login, displayName: 'unknown' };
  const passwordEvent = () => (engine() === 'idx' ? 'user.authentication.auth_via_mfa' : 'user.authentication.auth');
  /** Writes an event whose actor is a user. */
  const write = (
    request: OktaRequest,
    user: User,
    [eventType, displayMessage]: readonly [string, string],
    more: Omit<Happening, 'eventType' | 'displayMessage' | 'actor'> = {},
  ) => log.record(request, { eventType, displayMessage, actor: userParticipant(user), ...more });

  return {
    password(request: OktaRequest, login: string, verdict: PasswordVerdict): void {
      const actor = actorOf(verdict.user, login);
      const isRefused = verdict.kind === 'refused';
      const isLocked = isRefused && verdict.user?.status === 'LOCKED_OUT' && !verdict.lockedNow;
      const failure = isLocked ? 'LOCKED_OUT' : 'INVALID_CREDENTIALS';
      log.record(request, {
        eventType: passwordEvent(),
        displayMessage: 'Authentication of user via MFA',
        actor,
        targets: [authenticator('Password')],
        ...(isRefused && { failure }),
        debugData: { factor: 'PASSWORD_AS_FACTOR' },
      });
      if (!isRefused) return;
      log.record(request, { eventType: 'user.session.start', displayMessage: 'User login to Okta', actor, failure });
      if (verdict.lockedNow) {
        const words = { eventType: 'user.account.lock', displayMessage: 'Max sign in attempts exceeded' };
        log.record(request, { ...words, actor, targets: [actor], failure: 'LOCKED_OUT' });
      }
    },

    /** The refusal of an address by ThreatInsight. It does not say which user. */
    suspicious(request: OktaRequest): OktaResponse {
      log.record(request, {
        eventType: 'security.threat.detected',
        displayMessage: 'Request from suspicious actor',
        actor: { id: '127.0.0.1', type: 'IP address', displayName: 'unknown' },
        result: 'DENY',
        debugData: { threatDetections: '{"Login failures":"HIGH"}' },
      });
      return errorEnvelope('E0000006');
    },

    /** Records the first refusal of a known user by a limit of requests in a window in milliseconds. */
    limited(request: OktaRequest, user: User | undefined, limit: number, windowMs: number): void {
      const seconds = String(windowMs / 1000);
      log.record(request, {
        eventType: 'system.org.rate_limit.violation',
        displayMessage: 'Rate limit violation',
        severity: 'WARN',
        actor: user ? userParticipant(user) : oktaSystem,
        targets: [{ id: request.path, type: 'URL Pattern', displayName: null }],
        debugData: {
          rateLimitScopeType: 'USER',
          rateLimitSecondsToReset: seconds,
          threshold: String(limit),
          timeSpan: seconds,
          timeUnit: 'SECONDS',
          urlPattern: request.path,
          ...(user && { userId: user.id }),
        },
      });
    },

    policy(request: OktaRequest, user: User, result: 'ALLOW' | 'CHALLENGE' | 'DENY'): void {
      const targets = engine() === 'idx' ? appPolicy : sessionPolicy;
      const reason = `Sign-on policy evaluation resulted in ${result}`;
      const words = ['policy.evaluate_sign_on', 'Evaluation of sign-on policy'] as const;
      write(request, user, words, { targets, result, reason });
    },

    code(request: OktaRequest, user: User, { provider }: Factor, verdict: CodeVerdict): void {
      const isGoogle = provider === 'GOOGLE';
      write(request, user, ['user.authentication.auth_via_mfa', 'Authentication of user via MFA'], {
        targets: [authenticator(isGoogle ? 'Google Authenticator' : 'Okta Verify')],
        ...(verdict !== 'accepted' && { failure: 'INVALID_CREDENTIALS' }),
        debugData: { factor: isGoogle ? 'GOOGLE_OTP' : 'OKTA_SOFT_TOKEN' },
      });
    },

    signedIn: (request: OktaRequest, user: User): void =>
      write(request, user, ['user.session.start', 'User login to Okta']),

    singleSignOn(
      request: OktaRequest,
      user: User,
      { id, label }: { readonly id: string; readonly label: string },
      failure?: string,
    ): void {
      write(request, user, ['user.authentication.sso', 'User single sign on to app'], {
        targets: [
          { id, type: 'AppInstance', alternateId: label, displayName: label },
          { ...userParticipant(user), type: 'AppUser' },
        ],
        ...(failure !== undefined && { failure }),
      });
    },

    signedOut: (request: OktaRequest, user: User): void =>
      write(request, user, ['user.session.end', 'User logout from Okta']),
  };
}

export type SignInLog = ReturnType<typeof createSignInLog>;

function authenticator(displayName: string): LogParticipant {
  return { id: 'unknown', type: 'AuthenticatorEnrollment', displayName, alternateId: 'unknown' };
}

function policyTargets(policyId: string, policy: string, ruleId: string, rule: string): readonly LogParticipant[] {
  const detailEntry = { policyType: policy === 'Default Policy' ? 'OktaSignOn' : 'ACCESS_POLICY' };
  return [
    { id: policyId, type: 'PolicyEntity', displayName: policy, alternateId: 'unknown', detailEntry },
    { id: ruleId, type: 'PolicyRule', displayName: rule, alternateId: policyId },
  ];
}
