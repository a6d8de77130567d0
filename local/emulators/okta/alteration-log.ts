import type { AdministrationLog, ChangedThing, ChangeOf } from './administration-log.ts';
import type { HealthState } from './health-state.ts';
import { userParticipant } from './log-caller.ts';
import { createJobsLog, type OktaJob } from './okta-jobs-log.ts';
import type { SamlApplication, SamlSettings } from './saml-applications.ts';
import type { SignInSettings } from './sign-in-settings.ts';
import type { SystemLog } from './system-log.ts';
import type { User, UserStatus } from './users.ts';

/** What an administrator did to a user, by the status after it. Lockouts are Okta's own. */
const statusEvents: Partial<Record<UserStatus, readonly [eventType: string, displayMessage: string]>> = {
  SUSPENDED: ['user.lifecycle.suspend', 'Suspend Okta user'],
  DEPROVISIONED: ['user.lifecycle.deactivate', 'Deactivate Okta user'],
  PASSWORD_EXPIRED: ['user.account.expire_password', 'Expire user password'],
};

/** What made a user active again, by the status before. */
const recoveryEvents: Partial<Record<UserStatus, readonly [eventType: string, displayMessage: string]>> = {
  SUSPENDED: ['user.lifecycle.unsuspend', 'Unsuspend Okta user'],
  DEPROVISIONED: ['user.lifecycle.activate', 'Activate Okta user'],
  STAGED: ['user.lifecycle.activate', 'Activate Okta user'],
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

type SettingChange = (log: AdministrationLog, isOn: boolean) => void;

type Updatable = { [What in ChangedThing]: 'update' extends ChangeOf<What> ? What : never }[ChangedThing];

const updates =
  (what: Updatable): SettingChange =>
  ({ administer }) =>
    administer(what, 'update');

/**
 * What administrators change when a setting of the sign-in is altered. The other settings are no administrator's: an
 * engine, or something that does not work.
 */
const settingChanges: Partial<Record<keyof SignInSettings, SettingChange>> = {
  passwordOnFirstPage: updates('session-policy-rule'),
  keepMeSignedInPrompt: updates('session-policy-rule'),
  maxAttempts: updates('password-policy'),
  lockoutShown: updates('password-policy'),
  expireWarnDays: updates('password-policy'),
  enrollment: updates('enrollment-policy-rule'),
  captcha: ({ administer }, isOn) => administer('captcha', isOn ? 'activate' : 'deactivate'),
  identityProvider: updates('routing-rule'),
  deviceChallenge: updates('authenticator'),
  consent: updates('application'),
  interactionCode: updates('application'),
  pushedRequestsRequired: updates('application'),
  refreshTokenRotation: updates('application'),
  refreshTokenLeewaySeconds: updates('application'),
  idToken: updates('application'),
  customClaims: updates('claim'),
};

/** What Okta records when something stops to work, or works again. Of a directory's agent that is gone, it records nothing. */
const healthEvents: Partial<
  Record<keyof HealthState, { readonly stops?: OktaJob; readonly works?: OktaJob; readonly isWorking: IsWorking }>
> = {
  agents: { works: 'ad-agent-connected', isWorking: ({ operationalStatus }) => operationalStatus === 'OPERATIONAL' },
  eventHooks: { stops: 'event-hook-failed', isWorking: ({ status }) => status === 'ACTIVE' },
  inlineHooks: { stops: 'inline-hook-failed', isWorking: ({ status }) => status === 'ACTIVE' },
  logStreams: { stops: 'log-stream-deactivated', isWorking: ({ status }) => status === 'ACTIVE' },
};

type IsWorking = (state: Readonly<Record<string, unknown>>) => boolean;

/** Writes to the System Log what administrators, or Okta, must have done for a user or a setting to be as it is now. */
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
      for (const [name, change] of Object.entries(settingChanges)) {
        const key = name as keyof SignInSettings;
        if (JSON.stringify(before[key]) !== JSON.stringify(after[key])) change(administration, Boolean(after[key]));
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

/** Alters something, and tells what it was before and after, and again when the alteration ends. */
export function altering<Value>(
  read: () => Value,
  alter: () => () => void,
  altered: (before: Value, after: Value) => void,
): () => void {
  const telling = <Result>(change: () => Result): Result => {
    const before = read();
    const result = change();
    altered(before, read());
    return result;
  };
  const restore = telling(alter);
  return () => telling(restore);
}
