import { type Route, routes } from '../alarms/subject.ts';
import type { DrillFacts } from './drill.ts';
import type { AlarmChange } from './event.ts';
import type { Firing } from './evidence.ts';
import { readDrillFacts } from './log.ts';
import { asRecord, defined, number, oneOf, parseJson, text, timestamp } from './read.ts';

/**
 * What people know of an alarm:
 *
 * - `firing`: it was told that it fires.
 * - `recovered`: it was told that the problem is over, before CloudWatch resolved the alarm.
 * - `again`: it was told that the problem is back. From here on only CloudWatch ends the incident.
 * - `resolved`: CloudWatch resolved the alarm.
 */
export const incidentStates = ['firing', 'recovered', 'again', 'resolved'] as const;

/** An alarm that people were told of, as the state table keeps it. Times are milliseconds since the epoch. */
export interface OpenIncident {
  readonly alarm: string;
  readonly state: (typeof incidentStates)[number];
  readonly route: Route;
  /** The topic on which it was told. */
  readonly topicArn: string;
  /** When CloudWatch changed the alarm to ALARM. It tells this incident from others of the alarm. */
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
  /** People were told something once, and its end is no news: that a certificate is mended shows in no alarm. */
  readonly isNotice?: true;
  /** The alarm fires only because somebody drills. */
  readonly drill?: DrillFacts;
  /** What CloudWatch says of the alarm itself, for receivers that expect its document. */
  readonly document: Readonly<Record<string, unknown>>;
  /** When the last message about it was sent. */
  readonly toldAt: number;
  /** When it was told that the problem is over. */
  readonly recoveredAt?: number;
}

/** How long an incident is kept: an open one until nobody can still be working on it. */
const openMs = 90 * 24 * 60 * 60_000;
const resolvedMs = 24 * 60 * 60_000;

export function incidentExpiresAt({ state, toldAt }: OpenIncident): number {
  return toldAt + (state === 'resolved' ? resolvedMs : openMs);
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

/** What to do about an alarm's change: tell people, only note that the incident has ended, or nothing. */
export type Decision = 'tell' | 'close' | 'nothing';

/**
 * Decides by what people know.
 *
 * - An alarm whose incident was not told is told, whatever its old state was: CloudWatch runs the action again when a mute
 *   window ends.
 * - An alarm that was told is not told twice, unless it was OK in between.
 * - The recovery of what nobody was told of is not told: it fired and ended within a mute window. It is told if that is
 *   not sure.
 * - The end of what is told once is not told: the alarm ends because it was told.
 * - A recovery that was told before CloudWatch saw it is not told again.
 *
 * @param incident absent if there is none, or if the table cannot be read
 * @param wasMuted whether the table shows that no message was sent about the alarm
 */
export function decide(
  { kind, before, changedAt }: AlarmChange,
  incident: OpenIncident | undefined,
  wasMuted: boolean,
): Decision {
  const open = incident && incident.state !== 'resolved' ? incident : undefined;
  if (kind === 'firing') return open && (before !== 'OK' || changedAt <= open.firedAt) ? 'nothing' : 'tell';
  if (!open) return before === 'ALARM' && !wasMuted ? 'tell' : 'nothing';
  // SNS does not keep the order: this is how an earlier incident ended.
  if (changedAt < open.firedAt) return 'nothing';
  return open.state === 'recovered' || open.isNotice ? 'close' : 'tell';
}
