import type { Group } from '../model/probe.ts';
import type { GroupState } from '../model/state.ts';
import { untilDeadline } from '../model/time-limit.ts';
import { type NewRun, timeOfMoment, withRun } from './history.ts';
import { getItem, type ItemKey, putItem, type StateTable, type StoredItem } from './state-table.ts';

/** How long a run waits for the table once its metrics are published. Reading it has been going on since the start. */
export const stateTimeoutMs = 1_500;

/** How long a run waits for the state before its first request. */
const previousTimeoutMs = 500;

/** The age after which a group's state is dropped. */
const keptMs = 2 * 24 * 60 * 60_000;

/** The state of a group, from the start of a run to its end. */
export interface RunState {
  /** The state before the run. Undefined without one, or if the table does not answer in time: the run does not wait. */
  previous(): Promise<GroupState | undefined>;
  /** Adds the run. Throws AWS's errors, and an error if others write all the time. Trap: only after publishing. */
  add(run: NewRun): Promise<void>;
}

export function groupKey(org: string, group: Group): ItemKey {
  return { org, item: `group#${group}` };
}

/**
 * Starts reading the state of a group, while its probes run.
 *
 * If it cannot be read, the run is not written either: without the runs before it, the state would be wrong.
 */
export function openRunState(table: StateTable, org: string, group: Group): RunState {
  const key = groupKey(org, group);
  const timeUp = new AbortController();
  const reading = getItem(table, key, timeUp.signal);
  // The error is thrown when the run is added.
  reading.catch(() => {});
  return {
    async previous() {
      const stored = untilDeadline(reading, AbortSignal.timeout(previousTimeoutMs));
      return groupState(await stored.catch(() => undefined));
    },
    async add(run) {
      const signal = AbortSignal.timeout(stateTimeoutMs);
      signal.addEventListener('abort', () => timeUp.abort(signal.reason), { once: true });
      const put = (previous: StoredItem | undefined) =>
        putItem(table, key, withRun(groupState(previous), run), { previous, expiresAt: run.at + keptMs }, signal);
      if (await put(await reading)) return;
      // A run that began at the same time was faster.
      if (!(await put(await getItem(table, key, signal)))) throw new StateContended();
    },
  };
}

/** Other runs of the same group and org changed the state twice meanwhile. */
class StateContended extends Error {
  override readonly name = 'StateContended';
}

/** The state in an item. Undefined if it cannot be one: then the history begins anew. */
export function groupState(stored: StoredItem | undefined): GroupState | undefined {
  const { last, outcomes, runs } = Object(stored?.body) as Partial<GroupState>;
  const isTimed = typeof (Object(last).due ?? Object(last).at) === 'string';
  const isReadable =
    isTimed && Number.isFinite(timeOfMoment(Object(last))) && Array.isArray(outcomes) && Array.isArray(runs);
  return isReadable ? (stored?.body as GroupState) : undefined;
}
