import type { OktaStatus } from '../../findings/okta-status.ts';
import type { FaultDomain } from '../../model/fault-domain.ts';
import type { Route } from '../../model/finding.ts';
import { clip } from '../../model/read.ts';
import { formatClock, formatDuration, formatTime, joinFirst, linesThatFit } from '../../model/text.ts';
import type { Repetition } from '../event.ts';
import type { Incident, Links } from '../incident.ts';
import { incidentId } from '../incident-id.ts';
import { linksOf } from '../links.ts';
import type { Notification } from '../message.ts';
import { seenFacts } from '../seen.ts';
import { type Step, stepsOf, supportLines } from '../steps.ts';
import { renderFirstLine } from './first-line.ts';

/** A custom notification of Amazon Q Developer in chat applications, which posts it to Slack or Teams. */
export interface CustomNotification {
  readonly version: '1.0';
  readonly source: 'custom';
  readonly id?: string;
  readonly content: {
    readonly textType: 'client-markdown';
    readonly title: string;
    readonly description: string;
    readonly nextSteps?: readonly string[];
    readonly keywords?: readonly string[];
  };
  readonly metadata: {
    readonly threadId?: string;
    readonly summary?: string;
    readonly eventType?: string;
    readonly relatedResources?: readonly string[];
    readonly additionalContext: NotificationContext | UnreadableContext;
  };
}

/** The fields that a program needs to judge a message. The schema of custom notifications allows only strings. */
export interface NotificationContext extends MonitorContext {
  readonly state: 'firing' | 'resolved';
  readonly route: Route;
  /** The org's name; `monitor` for an alarm about the monitor itself. */
  readonly org: string;
  readonly domain: FaultDomain;
  readonly severity: Route;
  /**
   * The code of the leading finding. For an alarm about the monitor itself, the end of its name: `flows-broken`. Absent if
   * the evidence has no finding that explains the alarm: then `domain` is the alarm's, and the cause is unknown.
   */
  readonly finding?: string;
  /** ISO 8601 in UTC; absent if the evidence does not show when the alarm fired. */
  readonly since?: string;
  /** Present when the alarm has resolved. */
  readonly until?: string;
  /** Absent if `since` is. */
  readonly durationSeconds?: string;
  /** Separated by commas, and clipped: `token@default,token@org`. */
  readonly targets: string;
  readonly requestIds: string;
  readonly runbook: string;
  readonly dashboard: string;
  /** The alarm's name. */
  readonly alarm: string;
  readonly oktaStatus: OktaStatus['state'];
  /** Changes of the hour before in the System Log, with times: `policy rule "Monitors" updated at 12:03Z`. */
  readonly changes?: string;
  /** `true` for a drill without a real problem. Absent otherwise. */
  readonly drill?: string;
  /** Why a firing message is not the first one of its incident. */
  readonly repeats?: Repetition;
}

/** Which monitor sends the message. */
interface MonitorContext {
  readonly deployment: string;
  readonly account: string;
  readonly region: string;
}

/** The context of an alarm that could not be read. */
export interface UnreadableContext extends MonitorContext {
  readonly state: 'unreadable';
  readonly route: Route;
  readonly dashboard: string;
}

/** Slack refuses a block of more than 3,000 characters. */
const mostCharacters = 2_900;
const mostOfSupport = 1_300;
const mostSteps = 8;
const mostOfStep = 700;

/**
 * The message for chats. People read `content`; a program that subscribes by https reads `metadata.additionalContext`.
 *
 * Trap: the two messages of an incident share a thread, and no two incidents do: people would miss a page that is
 * posted to an old thread.
 * https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
 */
export function renderChat(notification: Notification): CustomNotification {
  const { subject, links } = notification;
  if (notification.kind === 'incident') return renderIncident(notification.incident, subject, links);
  const { raw, why } = notification;
  return {
    version: '1.0',
    source: 'custom',
    content: {
      textType: 'client-markdown',
      title: withoutMarkup(subject),
      description: clip(withoutMarkup(`The monitor could not read an alarm: ${why}.\n\n${raw}`), mostCharacters),
    },
    metadata: {
      additionalContext: { state: 'unreadable', route: links.route, dashboard: links.dashboard, ...links.monitor },
    },
  };
}

/**
 * Text in which Slack and Teams find no mention, no named link and no tag. It contains foreign values: of
 * tokens, certificates, headers and names in Okta.
 *
 * Trap: what we write has none of these, so whole lines can be passed. Commands stay as they are, to be pasted.
 * https://docs.slack.dev/messaging/formatting-message-text/#escaping
 */
function withoutMarkup(text: string): string {
  return text
    .replaceAll(/&(?=#?\w+;)/g, '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('](', '] (')
    .replaceAll(/(?<!\w)@(?=(?:channel|everyone|here|group|team|all)\b)/gi, '@ ');
}

function renderIncident(incident: Incident, subject: string, links: Links): CustomNotification {
  const { alarm, org = 'monitor', code, domain, occurrences } = incident;
  const about = code === undefined ? [org, links.route] : [org, domain, code, links.route];
  const threadId = incidentId(incident, links);
  return {
    version: '1.0',
    source: 'custom',
    id: `${threadId}/${alarm.kind}`,
    content: {
      textType: 'client-markdown',
      title: withoutMarkup(subject),
      description: describe(incident, subject, links),
      nextSteps: alarm.kind === 'firing' ? stepsOf(incident).slice(0, mostSteps).map(renderStep) : [],
      keywords: about.map((word) => clip(withoutMarkup(word), 60)),
    },
    metadata: {
      threadId,
      summary: clip(withoutMarkup(subject), 250),
      eventType: `okta-synthetics-${alarm.kind}`,
      relatedResources: targetsOf(occurrences).slice(0, 10).map(withoutMarkup),
      additionalContext: contextOf(incident, links),
    },
  };
}

function contextOf(incident: Incident, links: Links): NotificationContext {
  const {
    alarm,
    org = 'monitor',
    code,
    domain,
    heading,
    occurrences,
    since,
    until,
    isStartKnown,
    isEndKnown,
    durationMs,
    oktaStatus,
  } = incident;
  const outcomes = occurrences.flatMap(({ targets }) => targets.flatMap((target) => target.outcomes));
  const requestIds = outcomes.flatMap(({ exchanges }) => exchanges.at(-1)?.requestId ?? []);
  return {
    state: alarm.kind,
    route: links.route,
    org,
    domain,
    severity: 'severity' in alarm.subject ? alarm.subject.severity : links.route,
    ...(code !== undefined && { finding: code }),
    ...(isStartKnown && { since: new Date(since).toISOString() }),
    ...(alarm.kind === 'resolved' && isEndKnown && { until: new Date(until).toISOString() }),
    ...(durationMs !== undefined && { durationSeconds: String(Math.max(0, Math.round(durationMs / 1000))) }),
    targets: clip(targetsOf(occurrences).join(','), 1_000),
    requestIds: clip(withoutMarkup(requestIds.join(',')), 1_000),
    runbook: `${links.runbook}#${heading}`,
    dashboard: links.dashboard,
    ...links.monitor,
    alarm: alarm.name,
    oktaStatus: oktaStatus?.state ?? 'unknown',
    ...(incident.changes.length > 0 && {
      changes: clip(
        withoutMarkup(incident.changes.map(({ words, at }) => `${words} at ${formatClock(at)}`).join(', ')),
        1_000,
      ),
    }),
    ...(alarm.drill && { drill: 'true' }),
    ...(alarm.repeats && { repeats: alarm.repeats }),
  };
}

/**
 * Slack and Teams both show `*bold*` and plain lines. Tables and headings work in only one of them. What does not fit is
 * left out in whole lines, and the text for Okta comes last.
 */
function describe(incident: Incident, subject: string, links: Links): string {
  const { alarm, since, durationMs, stillPassing, occurrences, gaps } = incident;
  const isFiring = alarm.kind === 'firing';
  const support = isFiring ? supportLines(incident) : [];
  const block =
    support.length > 0 ? linesThatFit(['', '*For Okta Support*', ...support.map(withoutMarkup)], mostOfSupport) : '';
  const targets = joinFirst(targetsOf(occurrences), 6);
  const silent = joinFirst(
    incident.silent.map(({ org }) => org),
    20,
  );
  const start = formatTime(since);
  const { deployment, account, region } = links.monitor;
  const lines = [
    renderFirstLine(incident, subject),
    ...(isFiring
      ? [`*Hit* ${targets === '' ? 'not known' : `${targets}, since ${start}`}`]
      : [`*Lasted* ${durationMs === undefined ? 'unknown' : `${formatDuration(durationMs)}, since ${start}`}`]),
    ...(incident.note === undefined ? [] : [`*Note* ${incident.note}`]),
    ...(silent === '' ? [] : [`*Silent* ${silent}`]),
    ...(stillPassing.length > 0 ? [`*Fine* ${joinFirst(stillPassing, 8)}`] : []),
    ...(gaps.length > 0 ? [`*Gaps* ${gaps.join('; ')}`] : []),
    ...linksOf(incident, links)
      .filter(({ name }) => name === 'Runbook' || name === 'Alarm')
      .map(({ name, target }) => `*${name}* ${target}`),
    `*Monitor* ${deployment} in account ${account}, ${region}`,
    ...(isFiring ? seenFacts(incident).map((fact, at) => (at === 0 ? `*Seen* ${fact}` : fact)) : []),
  ];
  return `${linesThatFit(lines.map(withoutMarkup), mostCharacters - block.length - 1)}${block && `\n${block}`}`;
}

/** A step with its commands. A command that does not fit is left out: half of one is worse than none. */
function renderStep({ text, commands = [] }: Step): string {
  return linesThatFit([text, ...commands.map((command) => `\`${command}\``)].map(withoutMarkup), mostOfStep);
}

function targetsOf(occurrences: Incident['occurrences']): readonly string[] {
  return [...new Set(occurrences.flatMap(({ targets }) => targets.map(({ target }) => target)))];
}
