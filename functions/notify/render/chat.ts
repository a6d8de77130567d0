import { createHash } from 'node:crypto';
import { domainLabels } from '../faults.ts';
import type { Incident, Links } from '../incident.ts';
import { clip } from '../read.ts';
import { formatDuration, formatTime, joinFirst } from './text.ts';

/** A custom notification of Amazon Q Developer in chat applications, which posts it to Slack or Teams. */
export interface CustomNotification {
  readonly version: '1.0';
  readonly source: 'custom';
  readonly id: string;
  readonly content: {
    readonly textType: 'client-markdown';
    readonly title: string;
    readonly description: string;
    readonly nextSteps: readonly string[];
    readonly keywords: readonly string[];
  };
  readonly metadata: {
    readonly threadId: string;
    readonly summary: string;
    readonly eventType: string;
    readonly relatedResources: readonly string[];
    readonly additionalContext: Readonly<Record<string, string>>;
  };
}

/**
 * The message for chats and programs: one document for both. People read `content`; a program that subscribes by https
 * reads `metadata.additionalContext`, whose members are all strings, as the schema wants them.
 *
 * Trap: a rise and its recovery share a thread, and no two incidents do: in an old thread a page would go unseen.
 * https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
 */
export function renderChat(incident: Incident, subject: string, links: Links, riseReason?: string): CustomNotification {
  const { alarm, org = 'monitor', code, domain, occurrences, remedy } = incident;
  const threadId = threadOf(alarm.name, alarm.kind === 'rose' ? alarm.reason : riseReason);
  const isOver = alarm.kind === 'recovered';
  return {
    version: '1.0',
    source: 'custom',
    id: `${threadId}/${alarm.kind}`,
    content: {
      textType: 'client-markdown',
      title: subject,
      description: clip(describe(incident, links).join('\n'), 2_500),
      nextSteps: isOver ? [] : remedy.slice(0, 5).map((step) => clip(step, 250)),
      keywords: [org, domain, code, links.route].map((word) => clip(word, 60)),
    },
    metadata: {
      threadId,
      summary: clip(subject, 250),
      eventType: isOver ? 'okta-synthetics-recovered' : 'okta-synthetics-rose',
      relatedResources: placesOf(occurrences).slice(0, 10),
      additionalContext: contextOf(incident, links),
    },
  };
}

/** What programs ask for. What is not known has no member. */
function contextOf(incident: Incident, links: Links): Readonly<Record<string, string>> {
  const { alarm, org = 'monitor', code, domain, heading, occurrences, since, until } = incident;
  const outcomes = occurrences.flatMap(({ targets }) => targets.flatMap((place) => place.outcomes));
  const requestIds = outcomes.flatMap(({ exchanges }) => exchanges.at(-1)?.requestId ?? []);
  const { subject } = alarm;
  return {
    audience: links.route,
    state: alarm.kind,
    org,
    domain,
    severity: subject.kind === 'findings' ? subject.severity : links.route,
    finding: code,
    since: new Date(since).toISOString(),
    ...(alarm.kind === 'recovered' && { until: new Date(until).toISOString() }),
    durationSeconds: String(Math.max(0, Math.round((until - since) / 1000))),
    places: clip(placesOf(occurrences).join(','), 1_000),
    requestIds: clip(requestIds.join(','), 1_000),
    runbook: `${links.runbook}#${heading}`,
    dashboard: links.dashboard,
    alarm: alarm.name,
  };
}

/** Slack and Teams both show `*bold*` and plain lines; of tables and headings neither can be sure. */
function describe(incident: Incident, links: Links): readonly string[] {
  const { alarm, summary, domain, occurrences, since, until, stillPassing, oktaStatus, heading, gaps } = incident;
  const causes = occurrences[0]?.finding.causes ?? [];
  const places = joinFirst(placesOf(occurrences), 6);
  const [start, lasted] = [formatTime(since), formatDuration(until - since)];
  return [
    summary,
    alarm.kind === 'rose' ? `*Since* ${start}, ${lasted} before this alarm` : `*Lasted* ${lasted}, since ${start}`,
    `*Fault* ${domainLabels[domain]}`,
    ...(places === '' ? [] : [`*Where* ${places}`]),
    ...(stillPassing.length > 0 ? [`*Works* ${joinFirst(stillPassing, 8)}`] : []),
    ...(oktaStatus ? [`*Status page* ${oktaStatus.sentence}`] : []),
    ...(alarm.kind === 'rose' && causes.length > 0 ? [`*Likely* ${causes.join('; ')}`] : []),
    ...(gaps.length > 0 ? [`*Not read* ${gaps.join('; ')}`] : []),
    `*Runbook* ${links.runbook}#${heading}`,
    `*Dashboard* ${links.dashboard}`,
  ];
}

function placesOf(sightings: Incident['occurrences']): readonly string[] {
  return [...new Set(sightings.flatMap(({ targets }) => targets.map(({ target }) => target)))];
}

/** CloudWatch's reason for a rise names its data points: it is another one each time, and its history keeps it. */
function threadOf(alarmName: string, riseReason = ''): string {
  return `${alarmName}/${createHash('sha256').update(riseReason).digest('hex').slice(0, 12)}`;
}
