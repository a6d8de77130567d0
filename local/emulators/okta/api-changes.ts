import { type ChangedInstance, type ChangedThing, type ChangeOf, happeningOf } from './administration-log.ts';
import type { ApiCall } from './management-endpoint.ts';
import type { LogParticipant, SystemLog } from './system-log.ts';

/** Writes to the System Log what a request to the management API changed, and who sent it. */
export type RecordChange = <What extends ChangedThing>(
  call: ApiCall,
  what: What,
  change: ChangeOf<What>,
  instance: ChangedInstance,
  /** What else it was done to: the user who was put into a group. */
  more?: readonly LogParticipant[],
) => void;

export function createChangeLog(log: SystemLog): RecordChange {
  return ({ request, principal }, what, change, instance, more = []) => {
    const { targets, ...happening } = happeningOf(what, change, instance);
    log.record(request, { ...happening, ...principal.caller, targets: [...more, ...targets] });
  };
}
