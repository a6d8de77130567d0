import type { OktaStatus } from '../../findings/okta-status.ts';
import type { FaultDomain } from '../../model/fault-domain.ts';
import type { Route } from '../../model/finding.ts';
import { clip } from '../../model/read.ts';
import type { Repetition } from '../event.ts';
import type { Incident, Links } from '../incident.ts';
import { incidentId } from '../incident-id.ts';
import { linksOf } from '../links.ts';
import type { Notification } from '../message.ts';
import { seenFacts } from '../seen.ts';
import { supportLines } from '../steps.ts';
import { renderSummary } from './first-line.ts';

/** The version of the document. A field may be added within a version; a change that breaks a reader is a new one. */
export const documentVersion = 1 as const;

/**
 * A message as data, for programs: by https to receivers of the kind `json`, and as the `detail` of our events.
 * docs/schemas/incident-1.json is its schema. It has no secret: it is made of the contents of the other formats.
 */
export type IncidentDocument = DocumentOrigin & (ReadDocument | UnreadableDocument);

/** Which monitor it comes from, and what every document has. */
interface DocumentOrigin {
  readonly deployment: string;
  readonly account: string;
  /** The code of the Region: `us-east-1`. */
  readonly region: string;
  readonly version: typeof documentVersion;
  readonly route: Route;
  /** One line for people, of at most 100 characters. */
  readonly subject: string;
  readonly links: readonly DocumentLink[];
}

interface DocumentLink {
  readonly name: string;
  /** A URL, or words where no URL is known. */
  readonly target: string;
}

interface ReadDocument {
  readonly state: 'firing' | 'resolved';
  /** The same for the two documents of an incident, and for no other incident. */
  readonly incident: string;
  /** The name of the alarm in CloudWatch. */
  readonly alarm: string;
  /** Absent for an alarm about the monitor itself. */
  readonly org?: string;
  readonly severity: Route;
  readonly domain: FaultDomain;
  /** The leading finding. Absent if the evidence has none: then the fault domain is unknown. */
  readonly code?: string;
  readonly summary: string;
  /** A drill without a real problem. Only in documents about a drill that goes to everyone. */
  readonly drill?: true;
  /** Why a document about a firing alarm is not the first one. */
  readonly repeats?: Repetition;
  /** A further remark. */
  readonly note?: string;
  /** When the alarm changed. Times are ISO 8601 in UTC. */
  readonly changedAt: string;
  /** Absent if the evidence does not show when the problem began. */
  readonly since?: string;
  /** The last time that the problem was seen. Only when the alarm has resolved. */
  readonly until?: string;
  readonly durationSeconds?: number;
  readonly oktaStatus: OktaStatus['state'];
  /** Where it was seen: `token@default`. */
  readonly targets: readonly string[];
  readonly stillPassing: readonly string[];
  readonly requestIds: readonly string[];
  /** The observed facts, in sentences. */
  readonly evidence: readonly string[];
  /** Events of the hour before in the org's System Log: administrators' changes, and events of Okta, agents and hooks. */
  readonly changes: readonly { readonly at: string; readonly what: string; readonly event: string }[];
  /** What could not be read. */
  readonly gaps: readonly string[];
  /** What to do, in order. */
  readonly remedy: readonly string[];
  /** Commands that show the finding from a laptop. */
  readonly confirm: readonly string[];
  /** The lines of a text for a case with Okta Support. Empty if no case is a step. */
  readonly supportCase: readonly string[];
}

interface UnreadableDocument {
  readonly state: 'unreadable';
  /** Why the monitor could not read the alarm. */
  readonly why: string;
  /** The alarm as it came, clipped. */
  readonly raw: string;
}

/** An event may have 256 KB, and an unreadable alarm may be as long. */
const mostOfRaw = 50_000;

/** The message for programs. */
export function renderDocument(notification: Notification): IncidentDocument {
  const { subject, links } = notification;
  const common = { version: documentVersion, ...links.monitor, route: links.route, subject };
  if (notification.kind === 'incident') {
    const { incident } = notification;
    return { ...common, ...read(incident, links, subject), links: linksOf(incident, links) };
  }
  const { why, raw } = notification;
  const dashboard = [{ name: 'Dashboard', target: links.dashboard }];
  return { ...common, state: 'unreadable', why, raw: clip(raw, mostOfRaw), links: dashboard };
}

function read(incident: Incident, links: Links, subject: string): ReadDocument {
  const { route } = links;
  const { alarm, org, code, domain, occurrences, since, until, isStartKnown, isEndKnown, durationMs, oktaStatus } =
    incident;
  const { stillPassing, gaps, confirm } = incident;
  const isFiring = alarm.kind === 'firing';
  const hits = occurrences.flatMap(({ targets }) => targets);
  const requestIds = hits.flatMap(({ outcomes }) =>
    outcomes.flatMap(({ exchanges }) => exchanges.at(-1)?.requestId ?? []),
  );
  return {
    ...{
      state: alarm.kind,
      incident: incidentId(incident, links),
      alarm: alarm.name,
      ...(org !== undefined && { org }),
    },
    severity: 'severity' in alarm.subject ? alarm.subject.severity : route,
    ...{ domain, ...(code !== undefined && { code }), summary: renderSummary(incident, subject) },
    ...(alarm.drill && { drill: true as const }),
    ...(alarm.repeats && { repeats: alarm.repeats }),
    ...(incident.note !== undefined && { note: incident.note }),
    changedAt: iso(alarm.changedAt),
    ...(isStartKnown && { since: iso(since) }),
    ...(durationMs !== undefined && { durationSeconds: Math.max(0, Math.round(durationMs / 1000)) }),
    ...(!isFiring && isEndKnown && { until: iso(until) }),
    oktaStatus: oktaStatus?.state ?? 'unknown',
    targets: [...new Set(hits.map(({ target }) => target))],
    ...{ stillPassing, requestIds, evidence: isFiring ? seenFacts(incident) : [], gaps },
    changes: incident.changes.map(({ at, words, id }) => ({ at: iso(at), what: words, event: id })),
    remedy: isFiring ? incident.remedy : [],
    confirm: isFiring ? confirm : [],
    supportCase: isFiring ? supportLines(incident) : [],
  };
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
