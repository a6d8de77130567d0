import { oneLine } from '../model/text.ts';
import type { AlarmChange } from './event.ts';
import type { Evidence } from './evidence.ts';
import { type Incident, incidentOf, type Links } from './incident.ts';
import { renderSubject, renderUnreadableSubject } from './render/subject.ts';

/** A message before it is formatted for an outlet: an incident, or an alarm that could not be read. */
export type Notification = { readonly subject: string; readonly links: Links } & (
  | { readonly kind: 'incident'; readonly incident: Incident }
  | { readonly kind: 'unreadable'; readonly raw: string; readonly why: string }
);

/** The message about an alarm's change. */
export function composeMessage(alarm: AlarmChange, evidence: Evidence, links: Links): Notification {
  return composeIncident(incidentOf(alarm, evidence), links);
}

/** The message about an incident. */
export function composeIncident(incident: Incident, links: Links): Notification {
  return { kind: 'incident', subject: renderSubject(incident, links), links, incident };
}

/** An alarm that could not be read, passed on as it is: a person may be able to read it. */
export function composeUnreadable(raw: string, why: string, links: Links): Notification {
  const lines = raw.split('\n').map(oneLine).join('\n');
  return { kind: 'unreadable', subject: renderUnreadableSubject(links), links, raw: lines, why };
}
