import type { Route } from '../model/finding.ts';
import { routes } from '../model/finding.ts';
import type { DrillFacts } from '../model/log-line.ts';
import { asRecord, defined, number, oneOf, parseJson, text, timestamp } from '../model/read.ts';
import { readDrillFacts } from '../model/read-line.ts';

/**
 * The announced state of an alarm:
 *
 * - `firing`: it was told that it fires.
 * - `recovered`: it was told that the problem is over, before CloudWatch resolved the alarm.
 * - `again`: it was told that the problem is back. From here on only CloudWatch ends the incident.
 * - `resolved`: CloudWatch resolved the alarm. It stays in the table, because SNS does not keep the order of events and may
 *   repeat them: what began before this end is not told afterwards.
 */
export const incidentStates = ['firing', 'recovered', 'again', 'resolved'] as const;

/** An alarm that people were told of, as the state table keeps it. Times are milliseconds since the epoch. */
export interface OpenIncident {
  readonly alarm: string;
  readonly state: (typeof incidentStates)[number];
  readonly route: Route;
  /** The topic on which it was told. */
  readonly topicArn: string;
  /** When CloudWatch changed the alarm to ALARM. It distinguishes this incident from others of the alarm. */
  readonly firedAt: number;
  readonly reason: string;
  readonly lookBackMs: number;
  /** How many bad runs make the alarm fire. */
  readonly runsToAlarm: number;
  /** When the problem began, and whether it was seen to begin. */
  readonly since: number;
  readonly startObserved: boolean;
  /** The code of the leading finding. */
  readonly code?: string;
  /** The incident is a notice, whose end is not announced: a renewed certificate shows in no alarm. */
  readonly isNotice?: true;
  /** The alarm fires only because of a drill. */
  readonly drill?: DrillFacts;
  /** What CloudWatch says of the alarm itself, for receivers that expect its document. */
  readonly document: Readonly<Record<string, unknown>>;
  /** When the last message about it was sent. If it is resolved: when CloudWatch resolved it. */
  readonly toldAt: number;
  /** When it was told that the problem is over. */
  readonly recoveredAt?: number;
  /** The key of a message that not every receiver has got: see `messageKey`. */
  readonly unsent?: string;
  /** The alarm resolved without a message, because it was muted or its first event is late. It began after `firedAt`. */
  readonly isUntold?: true;
}

/** When an alarm fired, and the message about it. */
export interface Firing {
  readonly at: number;
  readonly reason?: string;
  /** When the problem began. Absent without a message. */
  readonly since?: number;
  readonly startObserved?: boolean;
  /** The code of the leading finding. */
  readonly code?: string;
}

/** How long an incident is kept. SNS tries to deliver the event of a resolved one for 23 days. */
const dayMs = 24 * 60 * 60_000;
const openMs = 90 * dayMs;
const resolvedMs = 30 * dayMs;
const untoldMs = dayMs;

export function incidentExpiresAt({ state, toldAt, isUntold }: OpenIncident): number {
  if (isUntold) return toldAt + untoldMs;
  return toldAt + (state === 'resolved' ? resolvedMs : openMs);
}

/** Whether `incident` is about a later time than `other`, which another process noted. */
export function isLater(incident: OpenIncident, other: OpenIncident): boolean {
  const [time, otherTime] = [incident, other].map(({ state, firedAt, toldAt }) =>
    state === 'resolved' ? toldAt : firedAt,
  ) as [number, number];
  return time > otherTime;
}

/** Returns the key of a message's items, without the outlet. An incident has several messages, and each is sent once. */
export function messageKey(alarm: string, firedAt: number, step: string): string {
  return `message#${alarm}#${new Date(firedAt).toISOString()}#${step}`;
}

const times = ['firedAt', 'since', 'toldAt', 'recoveredAt'] as const;

/** As it is stored: every time is ISO 8601 under the name `at`. */
export function incidentBody(incident: OpenIncident): object {
  const stored = times.map((name) => {
    const time = incident[name];
    return [name, time === undefined ? undefined : { at: new Date(time).toISOString() }];
  });
  return defined({ ...incident, document: documentBody(incident), ...Object.fromEntries(stored) });
}

/** An incident as it was stored; undefined if it cannot be one. */
export function readIncident(body: unknown): OpenIncident | undefined {
  const read = asRecord(body);
  const timeIn = (name: string) => timestamp(asRecord(read[name]).at);
  const [alarm, topicArn] = [text(read.alarm), text(read.topicArn)];
  const [state, route] = [oneOf(incidentStates, read.state), oneOf(routes, read.route)];
  const [firedAt, since, toldAt] = [timeIn('firedAt'), timeIn('since'), timeIn('toldAt')];
  if (alarm === undefined || topicArn === undefined || !state || !route) return undefined;
  if (firedAt === undefined || since === undefined || toldAt === undefined) return undefined;
  return defined({
    ...{ alarm, topicArn, state, route, firedAt, since, toldAt },
    reason: text(read.reason, 500) ?? '',
    lookBackMs: number(read.lookBackMs) ?? 10 * 60_000,
    runsToAlarm: number(read.runsToAlarm) ?? 2,
    startObserved: read.startObserved === true,
    isNotice: read.isNotice === true || undefined,
    code: text(read.code, 60),
    drill: read.drill === undefined ? undefined : readDrillFacts(asRecord(read.drill)),
    document: asRecord(parseJson(read.document)),
    recoveredAt: timeIn('recoveredAt'),
    unsent: text(read.unsent, 500),
    isUntold: read.isUntold === true || undefined,
  });
}

/** The parts of CloudWatch's document that a message does not derive from the incident, as JSON. */
function documentBody({ document }: OpenIncident): string {
  const { AlarmDescription, AlarmArn, Region, Trigger } = document;
  return JSON.stringify({ AlarmDescription, AlarmArn, Region, Trigger });
}

/** When an incident's alarm fired, for the evidence. */
export function firingOf({ firedAt, reason, since, code, startObserved }: OpenIncident): Firing {
  return { at: firedAt, reason, since, startObserved, ...(code !== undefined && { code }) };
}
