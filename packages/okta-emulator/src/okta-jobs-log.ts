import { clientParticipant, oktaSystem } from './log-caller.ts';
import type { Happening, LogParticipant, SystemLog } from './system-log.ts';

const participant =
  (type: string, id: string) =>
  (name: string): readonly LogParticipant[] => [{ id, type, displayName: name, alternateId: 'unknown' }];
const agent = participant('Agent', 'a531agent2of3director');
const eventHook = participant('EventHook', 'who1event2hook3id456');
const inlineHook = participant('InlineHook', 'cal1inline2hook3id45');
const logStream = participant('LogStream', '0oa1log2stream3id456');
const domain = participant('CustomUrlDomain', 'OcD1custom2domain345');
const nothing = (): readonly LogParticipant[] => [];

type Job = readonly [
  eventType: string,
  displayMessage: string,
  targets: (name: string) => readonly LogParticipant[],
  more?: Partial<Happening>,
];

const tokenHook = { inlineHookType: 'com.okta.oauth2.tokens.transform' };

/**
 * The events that Okta itself, its agents and its hooks cause.
 *
 * Trap: no event says that an Active Directory agent is gone. Hooks record failures alone.
 * https://developer.okta.com/docs/reference/api/event-types/
 */
const jobs = {
  'ad-agent-connected': ['system.agent.ad.connect', 'Connect AD agent to Okta', agent],
  'ad-agent-started': ['system.agent.ad.start', 'Start AD agent', agent],
  'ad-agent-deactivated': ['system.agent.ad.deactivate', 'Deactivate AD agent', agent],
  'ldap-agent-disconnected': ['system.agent.ldap.disconnect', 'Disconnect LDAP agent from Okta', agent],
  'ldap-agent-reconnected': ['system.agent.ldap.reconnect', 'Reconnect LDAP agent to Okta', agent],
  'agent-registered': ['system.agent.register', 'Register agent', agent],
  'agent-update-failed': ['system.agent.auto_update', 'Agent auto-update', agent, { failure: 'UPDATE_FAILED' }],
  'event-hook-failed': [
    'event_hook.delivery',
    'Event hook delivery',
    eventHook,
    { failure: 'Unable to connect to the external service' },
  ],
  'inline-hook-failed': [
    'inline_hook.executed',
    'Inline hook executed',
    inlineHook,
    { failure: 'The external service did not respond in time', debugData: tokenHook },
  ],
  'inline-hook-refused': [
    'inline_hook.response.processed',
    'Inline hook response processed',
    inlineHook,
    { failure: 'The response could not be applied', debugData: tokenHook },
  ],
  'log-stream-deactivated': [
    'system.log_stream.lifecycle.deactivate',
    'Deactivate log stream',
    logStream,
    { debugData: { message: 'Partner event source does not exist.' } },
  ],
  'certificate-renewed': ['system.custom_url_domain.cert_renew', 'Renew certificate of custom domain', domain],
  'threat-detected': [
    'security.threat.detected',
    'Request from suspicious actor',
    nothing,
    { result: 'DENY', reason: 'Password Spray', severity: 'WARN', debugData: { threatSuspected: 'true' } },
  ],
  'attack-started': ['security.attack.start', 'Org under attack', nothing, { severity: 'WARN' }],
  'attack-ended': ['security.attack.end', 'Org no longer under attack', nothing],
  'request-blocked': [
    'security.request.blocked',
    'Request blocked',
    nothing,
    { result: 'DENY', reason: 'Blocked by network zone', severity: 'WARN' },
  ],
  'credentials-refused': [
    'app.oauth2.invalid_client_credentials',
    'Multiple requests with invalid client credentials for client id',
    nothing,
    { failure: 'invalid_client' },
  ],
} as const satisfies Record<string, Job>;

export type OktaJob = keyof typeof jobs;

/** Returns a function that records an action of Okta, an agent or a hook. `name` is that of the agent, hook, stream or domain. */
export function createJobsLog(log: SystemLog) {
  return (job: OktaJob, name = 'unnamed', client?: { readonly id: string; readonly name: string }): void => {
    const [eventType, displayMessage, targets, more]: Job = jobs[job];
    const actor = client ? clientParticipant(client.id, client.name) : oktaSystem;
    const happening = { eventType, displayMessage, actor, targets: targets(name), ...more };
    log.recordAll([{ ...happening, ...(client && { clientId: client.id }) }]);
  };
}
