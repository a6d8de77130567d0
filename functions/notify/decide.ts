import type { Route } from '../model/finding.ts';
import type { DrillFacts } from '../model/log-line.ts';
import type { OpenIncident } from '../state/incident-item.ts';
import { isUninterrupted, type Kept } from '../state/kept.ts';
import { queryMessages } from '../state/query-state.ts';
import type { StateTable } from '../state/state-table.ts';
import type { AlarmChange } from './event.ts';
import type { Incident } from './incident.ts';
import { isNotice } from './occurrences.ts';
import { isBeingSent } from './send-once.ts';
import type { Audience } from './sendings.ts';

/** How long the state table may take. */
export const tableMs = 6_000;

/**
 * What to do about an alarm's change: tell people, tell them that it fired and has resolved since, only note that it has
 * resolved, or nothing.
 */
export type Decision = 'tell' | 'tell both' | 'note' | 'nothing';

/**
 * Decides by the messages that people have received. Events may be repeated, late, and out of order.
 *
 * - Announce an alarm whose incident was never announced, from any old state: CloudWatch runs the action again when a mute
 *   window ends.
 * - Don't announce an alarm twice, unless it was OK in between.
 * - Don't announce an alarm that fired before the last known end, unless neither its start nor its end was announced:
 *   then announce both.
 * - Don't announce the recovery of an alarm that was never announced, because it fired and ended within a mute window. When
 *   in doubt, announce it. It is noted in any case.
 * - Don't announce the end of a notice: its alarm ends because the notice was sent.
 * - Don't announce again a recovery that was announced before CloudWatch saw it.
 * - Send a message again to the receivers that did not get it.
 *
 * @param incident absent if the table has none or cannot be read
 * @param isUntold whether people were not told that the alarm fired which now resolves
 */
export function decide(change: AlarmChange, incident: OpenIncident | undefined, isUntold: boolean): Decision {
  if (change.kind === 'firing') return incident ? decideFiring(change, incident) : 'tell';
  if (!incident) return decideUnknownEnd(change, isUntold);
  return incident.state === 'resolved' ? decideEndOfNext(change, incident, isUntold) : decideEnd(change, incident);
}

function decideFiring({ before, changedAt }: AlarmChange, incident: OpenIncident): Decision {
  const { state, firedAt, toldAt, unsent } = incident;
  if (state === 'resolved') {
    if (changedAt > toldAt) return 'tell';
    return incident.isUntold && changedAt > firedAt ? 'tell both' : 'nothing';
  }
  const isUnsent = changedAt === firedAt && unsent?.endsWith('#firing');
  return isUnsent || (before === 'OK' && changedAt > firedAt) ? 'tell' : 'nothing';
}

/** Decides on the end of an incident that is open in the table. */
function decideEnd({ changedAt }: AlarmChange, { firedAt, state, unsent, isNotice }: OpenIncident): Decision {
  if (changedAt < firedAt) return 'nothing';
  const isKnown = state === 'recovered' && unsent === undefined;
  return isKnown || isNotice ? 'note' : 'tell';
}

/** Decides on an end after the last known one. The table lacks the incident in between. */
function decideEndOfNext(change: AlarmChange, { firedAt, toldAt, unsent }: OpenIncident, isUntold: boolean): Decision {
  const { changedAt } = change;
  if (changedAt === toldAt && changedAt >= firedAt) return unsent === undefined ? 'nothing' : 'tell';
  if (changedAt < firedAt || changedAt < toldAt) return 'nothing';
  return decideUnknownEnd(change, isUntold);
}

function decideUnknownEnd({ before }: AlarmChange, isUntold: boolean): Decision {
  return before === 'ALARM' && !isUntold ? 'tell' : 'note';
}

/** The route and audience of an incident. */
export interface Told {
  readonly route: Route;
  readonly audience: Audience | undefined;
}

/** Returns the incident once people were told that its alarm fired. */
export function begunOf(
  { name, changedAt, reason, lookBackMs, runsToAlarm = 2, document }: AlarmChange,
  { route, audience }: Told,
  { since, startObserved, code, occurrences }: Pick<Incident, 'since' | 'startObserved' | 'code' | 'occurrences'>,
  drill: DrillFacts | undefined,
): OpenIncident {
  return {
    ...{ alarm: name, state: 'firing', route, topicArn: audience?.peopleTopicArn ?? '' },
    ...{ firedAt: changedAt, toldAt: changedAt, since, startObserved, reason, lookBackMs, runsToAlarm, document },
    ...(code !== undefined && { code }),
    ...(isNotice(occurrences) && { isNotice: true as const }),
    ...(drill && { drill }),
  };
}

/** Returns the incident once its alarm has resolved, also if no more is known of it. */
export function endOf(change: AlarmChange, open: OpenIncident | undefined, told: Told): OpenIncident {
  const { changedAt } = change;
  const unknown = { since: changedAt, startObserved: false, occurrences: [] };
  const { unsent: _, ...incident } = open ?? begunOf({ ...change, document: {} }, told, unknown, undefined);
  return { ...incident, state: 'resolved', toldAt: changedAt };
}

/**
 * Whether people were not told that an alarm fired which now resolves: another process is still sending that, or no message
 * was sent since the last incident, because of a mute window. The latter counts only for alarms that maintenance mutes, and
 * if the table was written all the time. If it cannot be found out, they were told.
 */
export async function isUntold(
  table: StateTable | undefined,
  { kind, before, name, subject, changedAt }: AlarmChange,
  kept: Kept | undefined,
  last: OpenIncident | undefined,
): Promise<boolean> {
  if (kind === 'firing' || before !== 'ALARM' || !table || !kept || (last && last.state !== 'resolved')) return false;
  const isMutable = ['findings', 'probe-failing', 'burn-rate'].includes(subject.kind);
  try {
    const signal = AbortSignal.timeout(tableMs);
    const messages = await queryMessages(table, kept.org, { alarm: name, since: last?.toldAt ?? 0 }, signal);
    if (messages.length === 0) return isMutable && isUninterrupted(kept, changedAt);
    return messages.some(({ body }) => isBeingSent(body, Date.now()));
  } catch {
    return false;
  }
}
