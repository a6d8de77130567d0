import { domainLabels } from '../../model/fault-domain.ts';
import type { Incident, Links } from '../incident.ts';
import { clip } from '../read.ts';
import { formatDuration, joinFirst } from './text.ts';

/** SNS accepts fewer than 100 characters. */
const most = 99;

/**
 * One line for a phone's lock screen, the most important words first, because the end is cut off when it is too long:
 * route, org, finding, fault domain, then the rest: `PAGE acme: internal-error - Okta problem - token@default`.
 *
 * Trap: SNS rejects a subject that is longer, begins with a space or contains a line break. Mail programs and gateways
 * garble everything but ASCII. https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
 */
export function renderSubject(incident: Incident, { route }: Links): string {
  const { org = 'monitor', code, domain, alarm } = incident;
  const status = alarm.kind === 'firing' ? route.toUpperCase() : 'RESOLVED';
  return oneLine(`${status} ${clip(org, 32)}: ${clip(code, 32)} - ${domainLabels[domain]}${details(incident)}`);
}

export function renderUnreadableSubject({ route }: Links): string {
  return oneLine(`${route.toUpperCase()}: an alarm that could not be read`);
}

function oneLine(value: string): string {
  return clip(value.replaceAll(/[^ -~]/g, '?'), most);
}

function details(incident: Incident): string {
  const { alarm, org, occurrences, since, until, isStartKnown, oktaStatus, monitorErrors } = incident;
  const isFiring = alarm.kind === 'firing';
  const targets = joinFirst(occurrences[0]?.targets.map(({ target }) => target) ?? [], 2);
  const parts = [
    ...(isFiring || !isStartKnown ? [] : [`lasted ${formatDuration(until - since)}`]),
    ...(isFiring && oktaStatus?.state === 'announced' ? ['announced by Okta'] : []),
    ...(targets === '' ? [] : [targets]),
    ...(isFiring && alarm.subject.kind === 'not-running' ? ['the state of Okta is unknown'] : []),
    ...(org === undefined && monitorErrors[0] ? [monitorErrors[0].name] : []),
  ];
  return parts.map((part) => ` - ${part}`).join('');
}
