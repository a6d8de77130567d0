import type { OpenIncident } from '../state/incident-item.ts';
import type { AlarmChange } from './event.ts';

/**
 * What to do about an alarm's change: tell people, tell them that it fired and has resolved since, only note that it has
 * resolved, or nothing.
 */
export type Decision = 'tell' | 'tell both' | 'note' | 'nothing';

/**
 * Decides by what people know. Events may be repeated, late, and in the wrong order.
 *
 * - An alarm whose incident was not told is told, whatever its old state was: CloudWatch runs the action again when a mute
 *   window ends.
 * - An alarm that was told is not told twice, unless it was OK in between.
 * - An alarm that fired before the last known end is not told, unless people know neither that it fired nor that it ended:
 *   then they are told both.
 * - Don't announce the recovery of an alarm that was never announced, because it fired and ended within a mute window. When
 *   in doubt, announce it. It is noted in any case.
 * - The end of what is told once is not told: the alarm ends because it was told.
 * - A recovery that was told before CloudWatch saw it is not told again.
 * - A message that some receivers did not get is told again, to those.
 *
 * @param incident absent if there is none, or if the table cannot be read
 * @param isUntold whether people were not told that the alarm fired which now resolves
 */
export function decide(
  { kind, before, changedAt }: AlarmChange,
  incident: OpenIncident | undefined,
  isUntold: boolean,
): Decision {
  const isResolved = incident?.state === 'resolved';
  if (kind === 'firing') {
    if (!incident) return 'tell';
    const { firedAt, toldAt, unsent } = incident;
    if (isResolved && changedAt <= toldAt) return incident.isUntold && changedAt > firedAt ? 'tell both' : 'nothing';
    const isUnsent = changedAt === firedAt && unsent?.endsWith('#firing');
    return isResolved || isUnsent || (before === 'OK' && changedAt > firedAt) ? 'tell' : 'nothing';
  }
  if (incident && changedAt < incident.firedAt) return 'nothing';
  if (isResolved && changedAt === incident.toldAt) return incident.unsent === undefined ? 'nothing' : 'tell';
  if (isResolved && changedAt < incident.toldAt) return 'nothing';
  if (!incident || isResolved) return before === 'ALARM' && !isUntold ? 'tell' : 'note';
  const isKnown = incident.state === 'recovered' && incident.unsent === undefined;
  return isKnown || incident.isNotice ? 'note' : 'tell';
}
