import { randomBytes } from 'node:crypto';
import { userParticipant } from './log-caller.ts';
import type { Happening, LogParticipant, PastHappening, SystemLog } from './system-log.ts';
import { passwordUser, type User } from './users.ts';

interface Thing {
  /** In the message of an event. */
  readonly noun: string;
  /** The name of its type in `target`. */
  readonly type: string;
  /** What it has if nobody says. */
  readonly id: string;
  readonly name: string;
  /** What it belongs to, if it is part of something. */
  readonly of?: { readonly type: string; readonly id: string; readonly name: string };
  readonly policyType?: string;
  /** The event of each change. */
  readonly events: Readonly<Record<string, string>>;
}

const lifecycle = <Prefix extends string>(prefix: Prefix) => ({
  create: `${prefix}.create`,
  update: `${prefix}.update`,
  delete: `${prefix}.delete`,
  activate: `${prefix}.activate`,
  deactivate: `${prefix}.deactivate`,
});
const withoutUpdate = <Prefix extends string>(prefix: Prefix) => {
  const { update: _, ...events } = lifecycle(prefix);
  return events;
};
const rule = { ...lifecycle('policy.rule'), create: 'policy.rule.add' };
const created = (prefix: string) => ({
  ...{ create: `${prefix}.created`, update: `${prefix}.updated`, delete: `${prefix}.deleted` },
});

const server = { type: 'AuthorizationServer', id: 'default', name: 'default' };
/** The id of the web application is another one in each org. */
const ofWebApplication = 'web';
const application = { type: 'AppInstance', id: ofWebApplication, name: 'Web application' };
const group = { id: '00g4monitors5group6i', name: 'Monitors' };
const member = { id: passwordUser.id, name: `${passwordUser.firstName} ${passwordUser.lastName}` };
const policyOf = (id: string, name: string) => ({ type: 'PolicyEntity', id, name });

/**
 * What an administrator can change, and the event of each change.
 *
 * The events are those of Okta's catalog, and the types of policies, rules, applications and users those of recorded
 * events. No recorded event shows the types of servers, scopes, claims, keys, zones and features.
 * https://developer.okta.com/docs/reference/api/event-types/
 */
const things = {
  policy: {
    ...{ noun: 'policy', type: 'PolicyEntity', policyType: 'ACCESS_POLICY', events: lifecycle('policy.lifecycle') },
    ...{ id: '00p1application2pol3', name: 'Application policy' },
  },
  'policy-rule': {
    ...{ noun: 'policy rule', type: 'PolicyRule', policyType: 'ACCESS_POLICY', events: rule },
    ...{ id: '0pr1application2rul3', name: 'Two factors', of: policyOf('00p1application2pol3', 'Application policy') },
  },
  'server-policy-rule': {
    ...{ noun: 'policy rule', type: 'PolicyRule', policyType: 'OAuthAuthzPolicy', events: rule },
    ...{ id: '0pr4server5policy6ru', name: 'Monitors', of: policyOf('00p4server5policy6id', 'Clients') },
  },
  'session-policy-rule': {
    ...{ noun: 'policy rule', type: 'PolicyRule', policyType: 'OktaSignOn', events: rule },
    ...{ id: '0pr7session8policy9r', name: 'Default Rule', of: policyOf('00p7session8policy9i', 'Default Policy') },
  },
  'routing-rule': {
    ...{ noun: 'policy rule', type: 'PolicyRule', policyType: 'IdpDiscovery', events: rule },
    ...{ id: '0pr2routing3rule4par', name: 'Partners', of: policyOf('00p2routing3policy45', 'Idp Discovery Policy') },
  },
  'enrollment-policy-rule': {
    ...{ noun: 'policy rule', type: 'PolicyRule', policyType: 'OktaMfaEnroll', events: rule },
    ...{ id: '0pr3enroll4policy5ru', name: 'Default Rule', of: policyOf('00p3enroll4policy5id', 'Default Policy') },
  },
  'password-policy': {
    ...{ noun: 'policy', type: 'PolicyEntity', policyType: 'Password', events: lifecycle('policy.lifecycle') },
    ...{ id: '00p5password6policy7', name: 'Default Policy' },
  },
  server: {
    ...{ noun: 'authorization server', ...server },
    events: { ...created('oauth2.as'), activate: 'oauth2.as.activated', deactivate: 'oauth2.as.deactivated' },
  },
  scope: {
    ...{ noun: 'scope', type: 'Scope', id: 'scp1monitor2read3sco', name: 'monitor.read', of: server },
    events: created('oauth2.scope'),
  },
  claim: {
    ...{ noun: 'claim', type: 'Claim', id: 'ocl1department2claim', name: 'department', of: server },
    events: created('oauth2.claim'),
  },
  application: { noun: 'application', ...application, events: lifecycle('application.lifecycle') },
  credential: {
    ...{ noun: 'client credential', type: 'ClientCredential', id: 'ocs1client2secret345', name: 'Client secret' },
    of: application,
    events: withoutUpdate('app.oauth2.credentials.lifecycle'),
  },
  'application-key': {
    ...{ noun: 'application signing key', ...application },
    events: { create: 'app.keys.generate', update: 'app.keys.rotate', delete: 'app.keys.delete' },
  },
  'server-key': { noun: 'token signing key', ...server, events: { update: 'app.oauth2.as.key.rollover' } },
  'org-key': {
    ...{ noun: 'token signing key', type: 'AuthorizationServer', id: 'org', name: 'Okta' },
    events: { update: 'app.oauth2.key.rollover' },
  },
  grant: {
    ...{ noun: 'consent to a scope', type: 'Scope', id: 'okta.users.read', name: 'okta.users.read', of: application },
    events: { create: 'app.oauth2.admin.consent.grant', delete: 'app.oauth2.admin.consent.revoke' },
  },
  'client-role': {
    ...{ noun: 'admin role of a client', type: 'ROLE', id: 'READ_ONLY_ADMIN', name: 'Read-Only Administrator' },
    of: { type: 'PublicClientApp', id: ofWebApplication, name: 'Web application' },
    events: { create: 'app.oauth2.client.privilege.grant', delete: 'app.oauth2.client.privilege.revoke' },
  },
  'application-group': {
    ...{ noun: 'assignment of an application to a group', type: 'UserGroup', ...group, of: application },
    events: {
      create: 'group.application_assignment.add',
      update: 'group.application_assignment.update',
      delete: 'group.application_assignment.remove',
    },
  },
  'application-user': {
    ...{ noun: 'assignment of an application to a user', type: 'User', ...member, of: application },
    events: {
      create: 'application.user_membership.add',
      update: 'application.user_membership.update',
      delete: 'application.user_membership.remove',
    },
  },
  'application-policy': {
    ...{ noun: 'sign-in policy of an application', ...application },
    events: { update: 'application.policy.sign_on.update' },
  },
  group: {
    ...{ noun: 'group', type: 'UserGroup', ...group },
    events: { create: 'group.lifecycle.create', update: 'group.profile.update', delete: 'group.lifecycle.delete' },
  },
  'group-member': {
    ...{ noun: 'member of a group', type: 'User', ...member, of: { type: 'UserGroup', ...group } },
    events: { create: 'group.user_membership.add', delete: 'group.user_membership.remove' },
  },
  user: {
    ...{ noun: 'user', type: 'User', ...member },
    events: {
      ...{ create: 'user.lifecycle.create', update: 'user.account.update_profile' },
      ...{ delete: 'user.lifecycle.delete.completed', activate: 'user.lifecycle.activate' },
      ...{ deactivate: 'user.lifecycle.deactivate', suspend: 'user.lifecycle.suspend' },
      ...{ unsuspend: 'user.lifecycle.unsuspend', unlock: 'user.account.unlock_by_admin' },
      'reset password of': 'user.account.update_password',
    },
  },
  factor: {
    ...{ noun: 'factor of a user', type: 'User', ...member },
    events: { activate: 'user.mfa.factor.activate', delete: 'user.mfa.factor.deactivate' },
  },
  zone: {
    ...{ noun: 'network zone', type: 'NetworkZone', id: 'nzo1office2network34', name: 'Office' },
    events: lifecycle('zone'),
  },
  feature: {
    ...{ noun: 'feature', type: 'Feature', id: 'ftr1new2sign3in4page', name: 'New sign-in page' },
    events: { activate: 'system.feature.enable', deactivate: 'system.feature.disable' },
  },
  captcha: {
    ...{ noun: 'captcha', type: 'CaptchaInstance', id: 'uco1captcha2of3org45', name: 'Captcha' },
    events: { activate: 'system.org.captcha.activate', deactivate: 'system.org.captcha.deactivate' },
  },
  authenticator: {
    ...{ noun: 'authenticator', type: 'Authenticator', id: 'aut1okta2verify3auth', name: 'Okta Verify' },
    events: {
      update: 'security.authenticator.lifecycle.update',
      activate: 'security.authenticator.lifecycle.activate',
      deactivate: 'security.authenticator.lifecycle.deactivate',
    },
  },
  'identity-provider': {
    ...{ noun: 'identity provider', type: 'IdentityProvider', id: '0oa1emulated2idp3par', name: 'Partner' },
    events: lifecycle('system.idp.lifecycle'),
  },
  'api-token': {
    ...{ noun: 'API token', type: 'Token', id: '00T1monitor2token3id', name: 'monitor' },
    events: { create: 'system.api_token.create', update: 'system.api_token.update', delete: 'system.api_token.revoke' },
  },
  'rate-limits': {
    ...{ noun: 'rate limit configuration', type: 'RateLimitConfiguration', id: 'default', name: 'Rate limits' },
    events: { update: 'system.rate_limit.configuration.update' },
  },
} as const satisfies Record<string, Thing>;

/** What an administrator can change. */
export type ChangedThing = keyof typeof things;
/** How it can change. */
export type ChangeOf<What extends ChangedThing> = keyof (typeof things)[What]['events'];

/** Which one of its kind was changed, and when, if that matters. */
export interface ChangedInstance {
  readonly id?: string;
  readonly name?: string;
  /** The policy, server or application that it belongs to. */
  readonly of?: { readonly id: string; readonly name: string };
  /** How people know it, if not by its name: the login of a user. */
  readonly alternateId?: string;
  /** Of a policy or its rule. */
  readonly policyType?: string;
  /** Epoch milliseconds. Now by default. */
  readonly publishedAt?: number;
}

/** Writes to the System Log what an administrator changed. Nothing else in the org changes by it. */
export type Administer = <What extends ChangedThing>(
  what: What,
  change: ChangeOf<What>,
  instance?: ChangedInstance,
) => void;

/** The event of a change, without who made it. */
export function happeningOf<What extends ChangedThing>(
  what: What,
  change: ChangeOf<What>,
  instance: ChangedInstance = {},
): Omit<Happening, 'actor'> & { readonly targets: readonly LogParticipant[] } {
  const thing: Thing = things[what];
  const { of = thing.of, alternateId = 'unknown' } = instance;
  const { policyType = thing.policyType } = instance;
  const participant = (type: string, id: string, displayName: string): LogParticipant => ({
    ...{ type, id, displayName, alternateId: 'unknown' },
  });
  const target = { ...participant(thing.type, instance.id ?? thing.id, instance.name ?? thing.name), alternateId };
  const detailEntry = policyType === undefined ? null : { policyType };
  return {
    eventType: thing.events[String(change)] ?? '',
    displayMessage: `${capitalized(String(change))} ${thing.noun}`,
    targets: [
      thing.type === 'PolicyEntity' ? { ...target, detailEntry } : target,
      ...(of && thing.of ? [{ ...participant(thing.of.type, of.id, of.name), detailEntry }] : []),
    ],
  };
}

export function createAdministrationLog(log: SystemLog, administrator: () => User | undefined, webClientId: string) {
  /** An event of an administrator, in a request to the Admin Console. */
  function record(happening: Omit<PastHappening, 'actor'>): void {
    const user = administrator();
    if (!user) throw new Error('The org has no administrator.');
    log.recordAll([{ requestId: randomBytes(16).toString('hex'), ...happening, actor: userParticipant(user) }]);
  }

  const administer: Administer = (what, change, instance = {}) => {
    const { targets, ...happening } = happeningOf(what, change, instance);
    const { publishedAt } = instance;
    record({
      ...happening,
      targets: targets.map((target) => ({ ...target, id: target.id === ofWebApplication ? webClientId : target.id })),
      ...(publishedAt !== undefined && { publishedAt }),
    });
  };
  return { administer, record };
}

export type AdministrationLog = ReturnType<typeof createAdministrationLog>;

function capitalized(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}
