import { domainLabels } from '../faults.ts';
import type { Incident, Links } from '../incident.ts';
import { clip } from '../read.ts';
import { formatDuration, joinFirst } from './text.ts';

/** SNS wants fewer than 100 characters. */
const most = 99;

/**
 * One line for the lock screen of a phone: how urgent, which org, what, whose fault, and only then the rest, which is
 * what is cut where it is too long: `PAGE acme: internal-error - Okta's fault - token@default, token@org`.
 *
 * Trap: SNS refuses a subject that is longer, begins with a blank, or holds line breaks; mail programs and gateways
 * spoil what is not ASCII. https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
 */
export function renderSubject(incident: Incident, { route }: Links): string {
  const { org = 'monitor', code, domain, alarm } = incident;
  const urgency = alarm.kind === 'rose' ? route.toUpperCase() : 'RECOVERED';
  return oneLine(`${urgency} ${clip(org, 32)}: ${clip(code, 32)} - ${domainLabels[domain]}${rest(incident)}`);
}

/** What SNS takes as a subject, whatever it was. */
export function oneLine(value: string): string {
  return clip(value.replaceAll(/[^ -~]/g, '?'), most);
}

function rest(incident: Incident): string {
  const { alarm, occurrences, since, until, oktaStatus, monitorErrors } = incident;
  const places = joinFirst(occurrences[0]?.targets.map(({ target }) => target) ?? [], 2);
  const told = [
    ...(alarm.kind === 'recovered' ? [`lasted ${formatDuration(until - since)}`] : []),
    ...(oktaStatus?.state === 'announced' && alarm.kind === 'rose' ? ['Okta announces it'] : []),
    ...(places === '' ? [] : [places]),
    ...(alarm.subject.kind === 'not-running' && alarm.kind === 'rose' ? ['nothing is known of Okta'] : []),
    ...(alarm.subject.kind === 'monitor' && monitorErrors[0] ? [monitorErrors[0].name] : []),
  ];
  return told.map((part) => ` - ${part}`).join('');
}
