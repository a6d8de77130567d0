import type { AdministrationLog, ChangedThing, ChangeOf } from './administration-log.ts';
import type { HealthState } from './health-state.ts';
import { userParticipant } from './log-caller.ts';
import { createJobsLog, type OktaJob } from './okta-jobs-log.ts';
import type { SamlApplication, SamlSettings } from './saml-applications.ts';
import type { SignInSettings } from './sign-in-settings.ts';
import type { SystemLog } from './system-log.ts';
import type { User, UserStatus } from './users.ts';

type Words = readonly [eventType: string, displayMessage: string];

const activated: Words = ['user.lifecycle.activate', 'Activate Okta user'];

/** The actions of an administrator by the status of the user after them. Lockouts are Okta's own. */
const statusEvents: Partial<Record<UserStatus, Words>> = {
  SUSPENDED: ['user.lifecycle.suspend', 'Suspend Okta user'],
  DEPROVISIONED: ['user.lifecycle.deactivate', 'Deactivate Okta user'],
  PASSWORD_EXPIRED: ['user.account.expire_password', 'Expire user password'],
};

/** The actions that made a user active again, by the status before them. */
const recoveryEvents: Partial<Record<UserStatus, Words>> = {
  SUSPENDED: ['user.lifecycle.unsuspend', 'Unsuspend Okta user'],
  DEPROVISIONED: activated,
  STAGED: activated,
  LOCKED_OUT: ['user.account.unlock_by_admin', 'Unlock user account by admin'],
};

const profileAttributes = [
  'login',
  'email',
  'firstName',
  'lastName',
  'locale',
  'zoneinfo',
  'department',
  'costCenter',
] as const;

type Updatable = { [What in ChangedThing]: 'update' extends ChangeOf<What> ? What : never }[ChangedThing];

/**
 * The things that administrators change when a setting of the sign-in is altered. They switch the captcha, and update the
 * others. No administrator changes the settings that are not here: an engine, or something that does not work.
 */
const settingChanges: Partial<Record<keyof SignInSettings, Updatable | 'captcha'>> = {
  passwordOnFirstPage: 'session-policy-rule',
  keepMeSignedInPrompt: 'session-policy-rule',
  maxAttempts: 'password-policy',
  lockoutShown: 'password-policy',
  expireWarnDays: 'password-policy',
  enrollment: 'enrollment-policy-rule',
  captcha: 'captcha',
  identityProvider: 'routing-rule',
  deviceChallenge: 'authenticator',
  consent: 'application',
  interactionCode: 'application',
  pushedRequestsRequired: 'application',
  refreshTokenRotation: 'application',
  refreshTokenLeewaySeconds: 'application',
  idToken: 'application',
  customClaims: 'claim',
};

/** The events that Okta records when something stops working, or works again. The loss of a directory's agent has none. */
const healthEvents: Partial<
  Record<keyof HealthState, { readonly stops?: OktaJob; readonly works?: OktaJob; readonly isWorking: IsWorking }>
> = {
  agents: { works: 'ad-agent-connected', isWorking: ({ operationalStatus }) => operationalStatus === 'OPERATIONAL' },
  eventHooks: { stops: 'event-hook-failed', isWorking: ({ status }) => status === 'ACTIVE' },
  inlineHooks: { stops: 'inline-hook-failed', isWorking: ({ status }) => status === 'ACTIVE' },
  logStreams: { stops: 'log-stream-deactivated', isWorking: ({ status }) => status === 'ACTIVE' },
};

type IsWorking = (state: Readonly<Record<string, unknown>>) => boolean;

/** Writes to the System Log what administrators or Okta must have done to alter a user or a setting. */
export function createAlterationLog(log: SystemLog, administration: AdministrationLog) {
  const recordJob = createJobsLog(log);

  function user(before: User | undefined, after: User | undefined): void {
    if (!before || !after) return;
    const target = userParticipant(after);
    const did = (eventType: string, displayMessage: string) =>
      administration.record({ eventType, displayMessage, targets: [target] });
    if (before.status !== after.status) {
      const event =
        statusEvents[after.status] ?? (after.status === 'ACTIVE' ? recoveryEvents[before.status] : undefined);
      if (event) did(...event);
      if (after.status === 'LOCKED_OUT') {
        const words = { eventType: 'user.account.lock', displayMessage: 'Max sign in attempts exceeded' };
        log.recordAll([{ ...words, actor: target, targets: [target], failure: 'LOCKED_OUT' }]);
      }
    }
    if (before.assigned !== after.assigned) {
      const how = after.assigned ? (['add', 'Add user to'] as const) : (['remove', 'Remove user from'] as const);
      did(`application.user_membership.${how[0]}`, `${how[1]} application membership`);
    }
    if (before.access !== after.access || before.factorMode !== after.factorMode) {
      administration.administer('policy-rule', 'update');
    }
    if (before.password !== after.password) did('user.account.update_password', 'User update password for Okta');
    if (profileAttributes.some((name) => before[name] !== after[name])) {
      did('user.account.update_profile', 'Update user profile for Okta');
    }
    factors(before, after, did);
  }

  return {
    user,
    settings(before: SignInSettings, after: SignInSettings): void {
      for (const [name, what] of Object.entries(settingChanges)) {
        const key = name as keyof SignInSettings;
        if (JSON.stringify(before[key]) === JSON.stringify(after[key])) continue;
        if (what === 'captcha') administration.administer(what, after[key] ? 'activate' : 'deactivate');
        else administration.administer(what, 'update');
      }
    },
    health(
      kind: keyof HealthState,
      name: string,
      before: Readonly<Record<string, unknown>>,
      after: Readonly<Record<string, unknown>>,
    ): void {
      const { stops, works, isWorking } = healthEvents[kind] ?? { isWorking: () => true };
      if (isWorking(before) && !isWorking(after) && stops) recordJob(stops, name);
      if (!isWorking(before) && isWorking(after) && works) recordJob(works, name);
      const { status, rotationMode } = before;
      if (kind === 'servers' && (status !== after.status || rotationMode !== after.rotationMode))
        administration.administer('server', 'update', { id: name, name });
    },
    samlApp({ id, label }: SamlApplication, before: SamlSettings, after: SamlSettings): void {
      const { certificateDays, unpublishedKey, clockSkewSeconds: _, assigned, ...rest } = after;
      const of = { id, name: label };
      if (before.certificateDays !== certificateDays || before.unpublishedKey !== unpublishedKey) {
        administration.administer('application-key', 'update', of);
      }
      const isChanged = Object.entries(rest).some(
        ([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name as keyof typeof rest]),
      );
      if (isChanged || before.assigned !== assigned) administration.administer('application', 'update', of);
    },
  };
}

function factors(before: User, after: User, did: (eventType: string, displayMessage: string) => void): void {
  const isIn = (user: User, id: string) => user.factors.some((factor) => factor.id === id);
  const removed = before.factors.filter(({ id }) => !isIn(after, id));
  const added = after.factors.filter(({ id }) => !isIn(before, id));
  if (removed.length > 0) did('user.mfa.factor.deactivate', 'Reset factor for user');
  if (added.length > 0) did('user.mfa.factor.activate', 'Activate factor for user');
  for (const factor of after.factors) {
    const was = before.factors.find(({ id }) => id === factor.id);
    if (!was || was.status === factor.status) continue;
    if (factor.status === 'SUSPENDED') did('user.mfa.factor.suspend', 'Suspend factor for user');
    else did('user.mfa.factor.unsuspend', 'Unsuspend factor for user');
  }
}

/** Alters a value, and passes the values before and after to `altered`, then again when the alteration ends. */
export function altering<Value>(
  read: () => Value,
  alter: () => () => void,
  altered: (before: Value, after: Value) => void,
): () => void {
  const reporting = <Result>(change: () => Result): Result => {
    const before = read();
    const result = change();
    altered(before, read());
    return result;
  };
  const restore = reporting(alter);
  return () => reporting(restore);
}
