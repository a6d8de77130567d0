import { randomBytes } from 'node:crypto';
import { userParticipant } from './log-caller.ts';
import type { Happening, LogParticipant, PastHappening, SystemLog } from './system-log.ts';
import { passwordUser, type User, userName } from './users.ts';

/** One kind of thing that administrators change, as the System Log shows it. */
interface Thing {
  /** In the message of an event. */
  readonly noun: string;
  /** The name of its type in `target`. */
  readonly type: string;
  /** The id and name of an instance without its own. */
  readonly id: string;
  readonly name: string;
  /** The event of each change. */
  readonly events: Readonly<Record<string, string>>;
  /** The thing that it is part of. */
  readonly of?: Owner;
  readonly policyType?: string;
}

interface Owner {
  readonly type: string;
  readonly id: string;
  readonly name: string;
}

const thing = <const Events extends Thing['events']>(
  noun: string,
  { type, id, name }: Owner,
  events: Events,
  part: Pick<Thing, 'of' | 'policyType'> = {},
) => ({ noun, type, id, name, events, ...part });

const owner = (type: string, id: string, name: string): Owner => ({ type, id, name });

const lifecycle = <Prefix extends string>(prefix: Prefix) => ({
  create: `${prefix}.create`,
  update: `${prefix}.update`,
  delete: `${prefix}.delete`,
  activate: `${prefix}.activate`,
  deactivate: `${prefix}.deactivate`,
});
const created = (prefix: string) => ({
  create: `${prefix}.created`,
  update: `${prefix}.updated`,
  delete: `${prefix}.deleted`,
});
const switched = (prefix: string) => ({ activate: `${prefix}.activate`, deactivate: `${prefix}.deactivate` });
const membership = (prefix: string) => ({
  create: `${prefix}.add`,
  update: `${prefix}.update`,
  delete: `${prefix}.remove`,
});

const ruleEvents = { ...lifecycle('policy.rule'), create: 'policy.rule.add' };
const rule = (policyType: string, id: string, name: string, policyId: string, policyName: string) =>
  thing('policy rule', owner('PolicyRule', id, name), ruleEvents, {
    of: owner('PolicyEntity', policyId, policyName),
    policyType,
  });
const policy = (policyType: string, id: string, name: string) =>
  thing('policy', owner('PolicyEntity', id, name), lifecycle('policy.lifecycle'), { policyType });

const server = owner('AuthorizationServer', 'default', 'default');
/** Stands for the id of the web application, which differs from org to org. */
const ofWebApplication = 'web';
const application = owner('AppInstance', ofWebApplication, 'Web application');
const group = owner('UserGroup', '00g4monitors5group6i', 'Monitors');
const member = owner('User', passwordUser.id, userName(passwordUser));

/**
 * The things that an administrator can change, and the event of each change.
 *
 * The events are those of Okta's catalog, and the types of policies, rules, applications and users those of recorded
 * events. No recorded event shows the types of servers, scopes, claims, keys, zones and features.
 * https://developer.okta.com/docs/reference/api/event-types/
 */
const things = {
  policy: policy('ACCESS_POLICY', '00p1application2pol3', 'Application policy'),
  'password-policy': policy('Password', '00p5password6policy7', 'Default Policy'),
  'policy-rule': rule(
    'ACCESS_POLICY',
    '0pr1application2rul3',
    'Two factors',
    '00p1application2pol3',
    'Application policy',
  ),
  'server-policy-rule': rule('OAuthAuthzPolicy', '0pr4server5policy6ru', 'Monitors', '00p4server5policy6id', 'Clients'),
  'session-policy-rule': rule(
    'OktaSignOn',
    '0pr7session8policy9r',
    'Default Rule',
    '00p7session8policy9i',
    'Default Policy',
  ),
  'routing-rule': rule(
    'IdpDiscovery',
    '0pr2routing3rule4par',
    'Partners',
    '00p2routing3policy45',
    'Idp Discovery Policy',
  ),
  'enrollment-policy-rule': rule(
    'OktaMfaEnroll',
    '0pr3enroll4policy5ru',
    'Default Rule',
    '00p3enroll4policy5id',
    'Default Policy',
  ),
  server: thing('authorization server', server, {
    ...created('oauth2.as'),
    activate: 'oauth2.as.activated',
    deactivate: 'oauth2.as.deactivated',
  }),
  scope: thing('scope', owner('Scope', 'scp1monitor2read3sco', 'monitor.read'), created('oauth2.scope'), {
    of: server,
  }),
  claim: thing('claim', owner('Claim', 'ocl1department2claim', 'department'), created('oauth2.claim'), { of: server }),
  application: thing('application', application, lifecycle('application.lifecycle')),
  credential: thing(
    'client credential',
    owner('ClientCredential', 'ocs1client2secret345', 'Client secret'),
    {
      create: 'app.oauth2.credentials.lifecycle.create',
      delete: 'app.oauth2.credentials.lifecycle.delete',
      ...switched('app.oauth2.credentials.lifecycle'),
    },
    { of: application },
  ),
  'application-key': thing('application signing key', application, {
    create: 'app.keys.generate',
    update: 'app.keys.rotate',
    delete: 'app.keys.delete',
  }),
  'server-key': thing('token signing key', server, { update: 'app.oauth2.as.key.rollover' }),
  'org-key': thing('token signing key', owner('AuthorizationServer', 'org', 'Okta'), {
    update: 'app.oauth2.key.rollover',
  }),
  grant: thing(
    'consent to a scope',
    owner('Scope', 'okta.users.read', 'okta.users.read'),
    { create: 'app.oauth2.admin.consent.grant', delete: 'app.oauth2.admin.consent.revoke' },
    { of: application },
  ),
  'client-role': thing(
    'admin role of a client',
    owner('ROLE', 'READ_ONLY_ADMIN', 'Read-Only Administrator'),
    { create: 'app.oauth2.client.privilege.grant', delete: 'app.oauth2.client.privilege.revoke' },
    { of: owner('PublicClientApp', ofWebApplication, 'Web application') },
  ),
  'application-group': thing(
    'assignment of an application to a group',
    group,
    membership('group.application_assignment'),
    { of: application },
  ),
  'application-user': thing(
    'assignment of an application to a user',
    member,
    membership('application.user_membership'),
    {
      of: application,
    },
  ),
  'application-policy': thing('sign-in policy of an application', application, {
    update: 'application.policy.sign_on.update',
  }),
  group: thing('group', group, {
    create: 'group.lifecycle.create',
    update: 'group.profile.update',
    delete: 'group.lifecycle.delete',
  }),
  'group-member': thing(
    'member of a group',
    member,
    { create: 'group.user_membership.add', delete: 'group.user_membership.remove' },
    { of: group },
  ),
  user: thing('user', member, {
    create: 'user.lifecycle.create',
    update: 'user.account.update_profile',
    delete: 'user.lifecycle.delete.completed',
    ...switched('user.lifecycle'),
    suspend: 'user.lifecycle.suspend',
    unsuspend: 'user.lifecycle.unsuspend',
    unlock: 'user.account.unlock_by_admin',
    'reset password of': 'user.account.update_password',
  }),
  factor: thing('factor of a user', member, {
    activate: 'user.mfa.factor.activate',
    delete: 'user.mfa.factor.deactivate',
  }),
  zone: thing('network zone', owner('NetworkZone', 'nzo1office2network34', 'Office'), lifecycle('zone')),
  feature: thing('feature', owner('Feature', 'ftr1new2sign3in4page', 'New sign-in page'), {
    activate: 'system.feature.enable',
    deactivate: 'system.feature.disable',
  }),
  captcha: thing(
    'captcha',
    owner('CaptchaInstance', 'uco1captcha2of3org45', 'Captcha'),
    switched('system.org.captcha'),
  ),
  authenticator: thing('authenticator', owner('Authenticator', 'aut1okta2verify3auth', 'Okta Verify'), {
    update: 'security.authenticator.lifecycle.update',
    ...switched('security.authenticator.lifecycle'),
  }),
  'identity-provider': thing(
    'identity provider',
    owner('IdentityProvider', '0oa1emulated2idp3par', 'Partner'),
    lifecycle('system.idp.lifecycle'),
  ),
  'api-token': thing('API token', owner('Token', '00T1monitor2token3id', 'monitor'), {
    create: 'system.api_token.create',
    update: 'system.api_token.update',
    delete: 'system.api_token.revoke',
  }),
  'rate-limits': thing('rate limit configuration', owner('RateLimitConfiguration', 'default', 'Rate limits'), {
    update: 'system.rate_limit.configuration.update',
  }),
} as const satisfies Record<string, Thing>;

/** A thing that an administrator can change. */
export type ChangedThing = keyof typeof things;
/** A change of it. */
export type ChangeOf<What extends ChangedThing> = keyof (typeof things)[What]['events'];

/** The thing that was changed, and when. By default, an instance of the org and now. */
export interface ChangedInstance {
  readonly id?: string;
  readonly name?: string;
  /** The policy, server or application that it is part of. */
  readonly of?: { readonly id: string; readonly name: string };
  /** Another name that people know it by: the login of a user. */
  readonly alternateId?: string;
  /** Of a policy or its rule. */
  readonly policyType?: string;
  /** Epoch milliseconds. Now by default. */
  readonly publishedAt?: number;
}

/** Records in the System Log that an administrator changed something. The org itself stays as it is. */
export type Administer = <What extends ChangedThing>(
  what: What,
  change: ChangeOf<What>,
  instance?: ChangedInstance,
) => void;

/** Returns the event of a change, without its actor. */
export function happeningOf<What extends ChangedThing>(
  what: What,
  change: ChangeOf<What>,
  instance: ChangedInstance = {},
): Omit<Happening, 'actor'> & { readonly targets: readonly LogParticipant[] } {
  const changed: Thing = things[what];
  const { of = changed.of, alternateId = 'unknown', policyType = changed.policyType } = instance;
  const participant = (type: string, id: string, displayName: string): LogParticipant => ({
    type,
    id,
    displayName,
    alternateId: 'unknown',
  });
  const target = {
    ...participant(changed.type, instance.id ?? changed.id, instance.name ?? changed.name),
    alternateId,
  };
  const detailEntry = policyType === undefined ? null : { policyType };
  return {
    eventType: changed.events[String(change)] ?? '',
    displayMessage: `${capitalized(String(change))} ${changed.noun}`,
    targets: [
      changed.type === 'PolicyEntity' ? { ...target, detailEntry } : target,
      ...(of && changed.of ? [{ ...participant(changed.of.type, of.id, of.name), detailEntry }] : []),
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
