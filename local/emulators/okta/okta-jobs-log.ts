import { clientParticipant, oktaSystem } from './log-caller.ts';
import type { Happening, LogParticipant, SystemLog } from './system-log.ts';

const one =
  (type: string, id: string) =>
  (name: string): readonly LogParticipant[] => [{ id, type, displayName: name, alternateId: 'unknown' }];
const agent = one('Agent', 'a531agent2of3director');
const eventHook = one('EventHook', 'who1event2hook3id456');
const inlineHook = one('InlineHook', 'cal1inline2hook3id45');
const logStream = one('LogStream', '0oa1log2stream3id456');
const domain = one('CustomUrlDomain', 'OcD1custom2domain345');
const nothing = (): readonly LogParticipant[] => [];

interface Kind extends Omit<Happening, 'actor' | 'targets'> {
  readonly targets: (name: string) => readonly LogParticipant[];
}

/**
 * What Okta itself, its agents and its hooks record.
 *
 * Trap: no event says that an Active Directory agent is gone. Hooks record failures alone.
 * https://developer.okta.com/docs/reference/api/event-types/
 */
const kinds = {
  'ad-agent-connected': {
    eventType: 'system.agent.ad.connect',
    displayMessage: 'Connect AD agent to Okta',
    targets: agent,
  },
  'ad-agent-started': { eventType: 'system.agent.ad.start', displayMessage: 'Start AD agent', targets: agent },
  'ad-agent-deactivated': {
    ...{ eventType: 'system.agent.ad.deactivate', displayMessage: 'Deactivate AD agent', targets: agent },
  },
  'ldap-agent-disconnected': {
    ...{ eventType: 'system.agent.ldap.disconnect', displayMessage: 'Disconnect LDAP agent from Okta', targets: agent },
  },
  'ldap-agent-reconnected': {
    ...{ eventType: 'system.agent.ldap.reconnect', displayMessage: 'Reconnect LDAP agent to Okta', targets: agent },
  },
  'agent-registered': { eventType: 'system.agent.register', displayMessage: 'Register agent', targets: agent },
  'agent-update-failed': {
    ...{ eventType: 'system.agent.auto_update', displayMessage: 'Agent auto-update', targets: agent },
    failure: 'UPDATE_FAILED',
  },
  'event-hook-failed': {
    ...{ eventType: 'event_hook.delivery', displayMessage: 'Event hook delivery', targets: eventHook },
    failure: 'Unable to connect to the external service',
  },
  'inline-hook-failed': {
    ...{ eventType: 'inline_hook.executed', displayMessage: 'Inline hook executed', targets: inlineHook },
    failure: 'The external service did not respond in time',
    debugData: { inlineHookType: 'com.okta.oauth2.tokens.transform' },
  },
  'inline-hook-refused': {
    ...{ eventType: 'inline_hook.response.processed', displayMessage: 'Inline hook response processed' },
    ...{ targets: inlineHook, failure: 'The response could not be applied' },
    debugData: { inlineHookType: 'com.okta.oauth2.tokens.transform' },
  },
  'log-stream-deactivated': {
    ...{ eventType: 'system.log_stream.lifecycle.deactivate', displayMessage: 'Deactivate log stream' },
    ...{ targets: logStream, debugData: { message: 'Partner event source does not exist.' } },
  },
  'certificate-renewed': {
    ...{ eventType: 'system.custom_url_domain.cert_renew', displayMessage: 'Renew certificate of custom domain' },
    targets: domain,
  },
  'threat-detected': {
    ...{ eventType: 'security.threat.detected', displayMessage: 'Request from suspicious actor', targets: nothing },
    ...{ result: 'DENY', reason: 'Password Spray', severity: 'WARN', debugData: { threatSuspected: 'true' } },
  },
  'attack-started': {
    ...{ eventType: 'security.attack.start', displayMessage: 'Org under attack', targets: nothing, severity: 'WARN' },
  },
  'attack-ended': { eventType: 'security.attack.end', displayMessage: 'Org no longer under attack', targets: nothing },
  'request-blocked': {
    ...{ eventType: 'security.request.blocked', displayMessage: 'Request blocked', targets: nothing },
    ...{ result: 'DENY', reason: 'Blocked by network zone', severity: 'WARN' },
  },
  'credentials-refused': {
    ...{ eventType: 'app.oauth2.invalid_client_credentials', targets: nothing, failure: 'invalid_client' },
    displayMessage: 'Multiple requests with invalid client credentials for client id',
  },
} as const satisfies Record<string, Kind>;

export type OktaJob = keyof typeof kinds;

/** Records what Okta, an agent or a hook did. `name` is that of the agent, the hook, the stream or the domain. */
export function createJobsLog(log: SystemLog) {
  return (job: OktaJob, name = 'unnamed', client?: { readonly id: string; readonly name: string }): void => {
    const { targets, ...happening }: Kind = kinds[job];
    const actor = client ? clientParticipant(client.id, client.name) : oktaSystem;
    log.recordAll([{ ...happening, actor, targets: targets(name), ...(client && { clientId: client.id }) }]);
  };
}
