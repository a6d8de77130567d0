import type { Change, ChangedThing } from '../model/org-log.ts';

/** How a one-time code or a request to confirm reaches a person. */
export const codeWays = ['sms', 'voice', 'email', 'push'] as const;

export type CodeWay = (typeof codeWays)[number];

/** The monitor's reading of an event type. */
export type EventReading =
  | {
      readonly kind: 'rate-limit';
      readonly limit: 'warning' | 'burst' | 'violation' | 'notification' | 'concurrency';
      readonly scope: 'org' | 'client' | 'operation';
    }
  | { readonly kind: 'sign-in' | 'sign-on' | 'factor' | 'lockout' | 'policy' | 'credentials' }
  | { readonly kind: 'token'; readonly step: 'authorize' | 'request' | 'access_token' | 'id_token' | 'refresh_token' }
  /** `isRefusal`: it happens although its result is a failure, as that of what a safeguard stops. */
  | { readonly kind: 'change'; readonly what: ChangedThing; readonly change: Change; readonly isRefusal?: true }
  | {
      readonly kind: 'system';
      readonly part: 'agent' | 'event-hook' | 'inline-hook' | 'certificate';
      readonly state: 'up' | 'down' | 'changed' | 'failed';
    }
  /** Somebody else checks the password: a directory by its agent, or another provider. */
  | { readonly kind: 'directory'; readonly through: string }
  | { readonly kind: 'code-sent'; readonly way: CodeWay }
  | { readonly kind: 'provisioning' }
  /** One person loses access to something. There may be thousands. */
  | { readonly kind: 'removal'; readonly what: string }
  | { readonly kind: 'threat'; readonly sign: 'detected' | 'attack-started' | 'attack-ended' | 'blocked' };

/** The only result that is read of an event type. The others are too many to request. */
type Wanted = { readonly only?: 'FAILURE' | 'DENY' };

type Row = EventReading & Wanted;

const limit = (
  name: Extract<EventReading, { kind: 'rate-limit' }>['limit'],
  scope: Extract<EventReading, { kind: 'rate-limit' }>['scope'] = 'org',
): Row => ({ kind: 'rate-limit', limit: name, scope });

const lifecycle = {
  create: 'created',
  update: 'updated',
  delete: 'deleted',
  activate: 'activated',
  deactivate: 'deactivated',
} as const;
const past = {
  created: 'created',
  updated: 'updated',
  deleted: 'deleted',
  activated: 'activated',
  deactivated: 'deactivated',
} as const;

/** The changes of one thing: `policy.rule` and `add` make `policy.rule.add`. */
function changes(what: ChangedThing, prefix: string, names: Readonly<Record<string, Change>>): Record<string, Row> {
  return Object.fromEntries(
    Object.entries(names).map(([name, change]) => [`${prefix}.${name}`, { kind: 'change', what, change }]),
  );
}

/** Custom servers have the events of the Org server under another name. */
function ofServers(rows: Readonly<Record<string, Row>>): Record<string, Row> {
  return Object.fromEntries(
    Object.entries(rows).flatMap(([name, row]) => [
      [`app.oauth2.${name}`, row],
      [`app.oauth2.as.${name}`, row],
    ]),
  );
}

const { create: _, ...withoutCreate } = lifecycle;
const { update: __, ...withoutUpdate } = lifecycle;
const { delete: ___, ...withoutDelete } = lifecycle;
const createdUpdatedDeleted = { created: 'created', updated: 'updated', deleted: 'deleted' } as const;

/**
 * The event types that the monitor reads, from Okta's catalog.
 *
 * Traps: there is no event of an Active Directory agent that is gone, and hooks have events of failures alone. An event
 * of a rate limit stands for a window of it, not for a request. At Identity Engine `user.authentication.auth_via_mfa` is
 * the password too, so a wrong one is both that and a failed `user.session.start`.
 * https://developer.okta.com/docs/reference/api/event-types/
 */
export const eventTypes: Readonly<Record<string, Row>> = {
  'system.org.rate_limit.warning': limit('warning'),
  'system.org.rate_limit.burst': limit('burst'),
  'system.org.rate_limit.violation': limit('violation'),
  'core.concurrency.org.limit.violation': limit('concurrency'),
  'system.client.rate_limit.violation': limit('violation', 'client'),
  'system.client.rate_limit.notification': limit('notification', 'client'),
  'system.client.concurrency_rate_limit.violation': limit('concurrency', 'client'),
  'system.client.concurrency_rate_limit.notification': limit('notification', 'client'),
  'app.oauth2.client_id_rate_limit_warning': limit('warning', 'client'),
  'system.operation.rate_limit.warning': limit('warning', 'operation'),
  'system.operation.rate_limit.violation': limit('violation', 'operation'),
  'system.operation.concurrency_limit.violation': limit('concurrency', 'operation'),

  'user.session.start': { kind: 'sign-in' },
  'user.authentication.sso': { kind: 'sign-on', only: 'FAILURE' },
  // Successes too: they show which of the codes that were sent arrived.
  'user.authentication.auth_via_mfa': { kind: 'factor' },
  'user.authentication.auth_via_AD_agent': { kind: 'directory', through: 'Active Directory' },
  'user.authentication.auth_via_LDAP_agent': { kind: 'directory', through: 'LDAP' },
  'user.authentication.auth_via_radius': { kind: 'directory', through: 'RADIUS' },
  'user.authentication.auth_via_IDP': { kind: 'directory', through: 'another identity provider' },
  'system.sms.send_factor_verify_message': { kind: 'code-sent', way: 'sms' },
  'system.voice.send_mfa_challenge_call': { kind: 'code-sent', way: 'voice' },
  'system.email.send_factor_verify_message': { kind: 'code-sent', way: 'email' },
  'system.push.send_factor_verify_push': { kind: 'code-sent', way: 'push' },
  'application.integration.authentication_failure': { kind: 'provisioning' },
  'application.integration.rate_limit_exceeded': { kind: 'provisioning' },
  'application.user_membership.remove': { kind: 'removal', what: 'users removed from an application' },
  'application.user_membership.deprovision': { kind: 'removal', what: 'users deprovisioned in an application' },
  'group.user_membership.remove': { kind: 'removal', what: 'users removed from groups' },
  'user.lifecycle.deactivate': { kind: 'removal', what: 'users deactivated' },
  'user.lifecycle.suspend': { kind: 'removal', what: 'users suspended' },
  'user.account.lock': { kind: 'lockout' },
  'user.account.lock.limit': { kind: 'lockout' },
  'policy.evaluate_sign_on': { kind: 'policy', only: 'DENY' },
  'application.policy.sign_on.deny_access': { kind: 'policy' },

  ...ofServers({
    'authorize.code': { kind: 'token', step: 'authorize', only: 'FAILURE' },
    'token.grant': { kind: 'token', step: 'request', only: 'FAILURE' },
    'token.grant.access_token': { kind: 'token', step: 'access_token' },
    'token.grant.id_token': { kind: 'token', step: 'id_token' },
    'token.grant.refresh_token': { kind: 'token', step: 'refresh_token' },
    'token.detect_reuse': { kind: 'token', step: 'request' },
    'key.rollover': { kind: 'change', what: 'server-key', change: 'updated' },
  }),
  'app.oauth2.invalid_client_credentials': { kind: 'credentials' },

  ...changes('policy', 'policy.lifecycle', { ...lifecycle, overwrite: 'updated' }),
  ...changes('policy-rule', 'policy.rule', { ...withoutCreate, add: 'created' }),
  ...changes('server', 'oauth2.as', past),
  ...changes('scope', 'oauth2.scope', createdUpdatedDeleted),
  ...changes('claim', 'oauth2.claim', createdUpdatedDeleted),
  ...changes('application', 'application.lifecycle', lifecycle),
  ...changes('policy-rule', 'application.policy.sign_on', {
    ...{ update: 'updated', 'rule.create': 'created', 'rule.delete': 'deleted' },
  }),
  ...changes('client', 'app.oauth2.client.lifecycle', lifecycle),
  ...changes('client', 'app.oauth2.client.privilege', { grant: 'updated', revoke: 'updated' }),
  ...changes('credential', 'app.oauth2.credentials.lifecycle', withoutUpdate),
  ...changes('application-key', 'app.keys', {
    ...{ generate: 'created', rotate: 'updated', delete: 'deleted', clone: 'created' },
  }),
  ...changes('zone', 'zone', { ...lifecycle, make_blacklist: 'updated', remove_blacklist: 'updated' }),
  ...changes('feature', 'system.feature', { enable: 'activated', disable: 'deactivated' }),
  ...changes('authenticator', 'security.authenticator.lifecycle', withoutDelete),
  ...changes('identity-provider', 'system.idp.lifecycle', lifecycle),
  ...changes('identity-provider', 'system.idp.key', { create: 'created', update: 'updated', delete: 'deleted' }),
  ...changes('captcha', 'system.org.captcha', { activate: 'activated', deactivate: 'deactivated' }),
  ...changes('api-token', 'system.api_token', { create: 'created', update: 'updated', revoke: 'deleted' }),
  ...changes('domain', 'system.custom_url_domain', { update: 'updated', delete: 'deleted', cert_upload: 'updated' }),
  ...changes('hook', 'event_hook', past),
  ...changes('hook', 'inline_hook', past),
  ...changes('log-stream', 'system.log_stream.lifecycle', lifecycle),
  ...changes('assignment of a group', 'group.application_assignment', {
    ...{ add: 'created', update: 'updated', remove: 'deleted' },
  }),
  ...changes('group', 'group.lifecycle', { delete: 'deleted' }),
  ...changes('administrator role', 'user.account.privilege', { grant: 'created', revoke: 'deleted' }),
  ...changes('administrator role', 'group.privilege', { grant: 'created', revoke: 'deleted' }),
  'system.import.roadblock': {
    ...{ kind: 'change', what: 'import', change: 'stopped', isRefusal: true },
  },
  ...changes('rate-limits', 'system.rate_limit.configuration', { update: 'updated' }),
  ...changes('rate-limits', 'application.configuration', { update_rate_limits: 'updated' }),

  'system.agent.ad.connect': { kind: 'system', part: 'agent', state: 'up' },
  'system.agent.ad.start': { kind: 'system', part: 'agent', state: 'up' },
  'system.agent.ad.reactivate': { kind: 'system', part: 'agent', state: 'up' },
  'system.agent.ad.deactivate': { kind: 'system', part: 'agent', state: 'down' },
  'system.agent.ad.delete': { kind: 'system', part: 'agent', state: 'down' },
  'system.agent.ldap.reconnect': { kind: 'system', part: 'agent', state: 'up' },
  'system.agent.ldap.disconnect': { kind: 'system', part: 'agent', state: 'down' },
  'system.agent.register': { kind: 'system', part: 'agent', state: 'changed' },
  'system.agent.auto_update': { kind: 'system', part: 'agent', state: 'changed' },
  'event_hook.delivery': { kind: 'system', part: 'event-hook', state: 'failed' },
  'inline_hook.executed': { kind: 'system', part: 'inline-hook', state: 'failed', only: 'FAILURE' },
  'inline_hook.response.processed': { kind: 'system', part: 'inline-hook', state: 'failed', only: 'FAILURE' },
  'system.custom_url_domain.cert_renew': { kind: 'system', part: 'certificate', state: 'changed' },

  'security.threat.detected': { kind: 'threat', sign: 'detected' },
  'security.request.blocked': { kind: 'threat', sign: 'blocked' },
  'security.attack.start': { kind: 'threat', sign: 'attack-started' },
  'security.attack.end': { kind: 'threat', sign: 'attack-ended' },
};

/** Types of which there are too many to name: what Okta writes to applications. */
const provisioningPrefix = 'application.provision.';

/** How an event type is read. Undefined if it is not. */
export function readingOf(type: string): Row | undefined {
  if (type.startsWith(provisioningPrefix)) return { kind: 'provisioning' };
  return Object.hasOwn(eventTypes, type) ? eventTypes[type] : undefined;
}

/**
 * Beginnings that stand for all types below them. Each has few other types, and those are rare, so what they cost is less
 * than the length of the names that they save.
 */
const families = [
  ...['system.org.rate_limit.', 'system.client.', 'system.operation.', 'user.account.lock', 'policy.lifecycle.'],
  ...['policy.rule.', 'oauth2.', 'application.lifecycle.', 'application.policy.sign_on.', 'app.oauth2.client'],
  ...[
    'app.oauth2.credentials.lifecycle.',
    'app.keys.',
    'zone.',
    'system.feature.',
    'security.authenticator.lifecycle.',
  ],
  ...['security.attack.', 'system.idp.', 'system.org.captcha.', 'system.api_token.', 'system.custom_url_domain.'],
  ...[provisioningPrefix, 'application.integration.', 'group.application_assignment.'],
  ...['event_hook.', 'system.log_stream.lifecycle.', 'app.oauth2.token.grant', 'app.oauth2.as.token.grant'],
];

/**
 * The `filter` of a query of the System Log that selects all event types that are read, and few others.
 *
 * Okta limits keywords of `q`, to ten of 40 characters, and documents no limit of `filter`. But a server may refuse a URL
 * of more than 8 KB, so types with the same beginning are asked for at once (`sw`). Results that are too many to read are
 * left out: successful sign-ons and factors, and policies that allow.
 * https://developer.okta.com/docs/reference/system-log-query/#expression-filter
 */
export const logFilter: string = [
  ...families.map((family) => `eventType sw "${family}"`),
  ...Object.entries(eventTypes)
    .filter(([type]) => !families.some((family) => type.startsWith(family)))
    .map(([type, { only }]) =>
      only === undefined ? `eventType eq "${type}"` : `(eventType eq "${type}" and outcome.result eq "${only}")`,
    ),
].join(' or ');
