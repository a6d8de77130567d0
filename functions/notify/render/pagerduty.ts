import type { Route } from '../../model/finding.ts';
import { clip } from '../../model/read.ts';
import type { Notification } from '../message.ts';
import { alarmArn, unreadableAlarm } from './cloudwatch.ts';
import { type IncidentDocument, renderDocument } from './document.ts';

/** A request to PagerDuty's Events API v2, without the routing key. */
export interface PagerDutyEvent {
  readonly event_action: 'trigger' | 'resolve';
  /** At most 255 characters. */
  readonly dedup_key: string;
  readonly payload: {
    /** At most 1,024 characters. */
    readonly summary: string;
    readonly source: string;
    readonly severity: 'critical' | 'error' | 'warning';
    readonly timestamp?: string;
    readonly component?: string;
    readonly group: string;
    readonly class?: string;
    readonly custom_details: object;
  };
  readonly links: readonly { readonly href: string; readonly text: string }[];
  readonly client: string;
  readonly client_url?: string;
}

const mostOfSummary = 1_024;
const mostOfKey = 255;

/** By route, then by the severity of the finding: a route may be overridden. */
const severities: Readonly<Record<Route, Readonly<Record<Route, PagerDutyEvent['payload']['severity']>>>> = {
  page: { page: 'critical', ticket: 'error' },
  ticket: { page: 'error', ticket: 'warning' },
};

/**
 * The message for PagerDuty: an alarm that fires triggers an incident, and the same alarm resolves it.
 *
 * Trap: the key is the alarm's ARN and not its name, so that no other account or Region resolves the incident.
 * https://developer.pagerduty.com/docs/events-api-v2-overview
 */
export function renderPagerDuty(notification: Notification): PagerDutyEvent {
  const { links, subject } = notification;
  const { route, dashboard } = links;
  const document = renderDocument(notification);
  const isRead = document.state !== 'unreadable';
  const alarm = isRead ? document.alarm : unreadableAlarm(links);
  const summary = isRead ? `${subject}. ${document.summary}` : subject;
  return {
    event_action: document.state === 'resolved' ? 'resolve' : 'trigger',
    dedup_key: clip(alarmArn(alarm, links), mostOfKey),
    payload: {
      summary: clip(summary, mostOfSummary),
      source: isRead && document.org !== undefined ? document.org : document.deployment,
      severity: severities[route][isRead ? document.severity : route],
      ...(isRead && { timestamp: document.changedAt, component: document.domain }),
      group: document.deployment,
      ...(isRead && document.code !== undefined && { class: document.code }),
      custom_details: detailsOf(document),
    },
    links: document.links.flatMap(({ name, target }) => (isUrl(target) ? [{ href: target, text: name }] : [])),
    client: document.deployment,
    ...(isUrl(dashboard) && { client_url: dashboard }),
  };
}

/** The details that the payload lacks. */
function detailsOf({ links: _, subject: __, ...details }: IncidentDocument): object {
  return details;
}

function isUrl(target: string): boolean {
  return /^https?:\/\//.test(target);
}
