import type { PublishCommandInput } from '@aws-sdk/client-sns';
import type { AlarmChange } from './event.ts';
import type { Evidence } from './evidence.ts';
import { type Incident, incidentOf, type Links } from './incident.ts';
import { type Outlet, outlets } from './outlets.ts';
import { renderSubject, renderUnreadableSubject } from './render/subject.ts';

/** A message before it is formatted for an outlet: an incident, or an alarm that could not be read. */
export type Notification = { readonly subject: string; readonly links: Links } & (
  | { readonly kind: 'incident'; readonly incident: Incident }
  | { readonly kind: 'unreadable'; readonly raw: string; readonly why: string }
);

/** What is published, except for the topic. */
export type SnsMessage = Required<Pick<PublishCommandInput, 'Subject' | 'Message' | 'MessageStructure'>>;

/** The message about an alarm's change. */
export function composeMessage(alarm: AlarmChange, evidence: Evidence, links: Links): SnsMessage {
  return composeIncident(incidentOf(alarm, evidence), links);
}

/** The message about an incident. */
export function composeIncident(incident: Incident, links: Links): SnsMessage {
  const subject = renderSubject(incident, links);
  return formatted({ kind: 'incident', subject, links, incident }, `${subject}\n${links.runbook}#${incident.heading}`);
}

/** An alarm that could not be read, passed on as it is: a person may be able to read it. */
export function composeUnreadable(raw: string, why: string, links: Links): SnsMessage {
  const subject = renderUnreadableSubject(links);
  return formatted({ kind: 'unreadable', subject, links, raw, why }, subject);
}

/**
 * The texts of all outlets in one message. SNS gives each subscriber the text for the protocol of the subscription.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-send-custom-platform-specific-payloads-mobile-devices.html
 */
function formatted(notification: Notification, text: string): SnsMessage {
  const formats = new Map(Object.values<Outlet>(outlets).map(({ protocol, format }) => [protocol, format]));
  const texts = [...formats].map(([protocol, format]) => [protocol, format(notification)]);
  return {
    Subject: notification.subject,
    MessageStructure: 'json',
    Message: JSON.stringify({ default: text, ...Object.fromEntries(texts) }),
  };
}
