import type { Group, Memory, RunMemory } from '../model/probe.ts';
import type { GroupState } from '../model/state.ts';
import { hasPassed, tokenRequestsIn } from './history.ts';
import { groupKey, groupState } from './state.ts';
import { getItem, putItem, type StateTable, type StoredItem } from './state-table.ts';
import { withReadTimes, withStoredTimes } from './stored-times.ts';
import { forgetTold, readTold } from './told.ts';

/** How long a reading or a writing may take. */
const timeoutMs = 2_000;

/** Longer than a group that was switched off stays off by mistake. */
const keptMs = 90 * 24 * 60 * 60_000;

/**
 * The memory of an org's probes from run to run: in the state table, or in the process without one, as on a
 * workstation.
 */
export function openMemory(table: StateTable | undefined, now: () => number): (org: string) => RunMemory {
  const own = new Map<string, unknown>();
  return (org) => ({
    told: async () => (table ? readTold(table, org) : new Map()),
    forget: async (keys) => table && forgetTold(table, org, keys, now()),
    hasPublished: async (group, probe, runAt) =>
      table ? hasPassed(await stateOf(table, org, group), org, probe, runAt) : true,
    tokenRequests: async () => tokenRequestsIn(table && (await stateOf(table, org, 'flows'))),
    of: (name) => (table ? memoryInTable(table, org, name, now) : memoryInProcess(own, `${org} ${name}`)),
  });
}

async function stateOf(table: StateTable, org: string, group: Group): Promise<GroupState | undefined> {
  return groupState(await getItem(table, groupKey(org, group), AbortSignal.timeout(timeoutMs)));
}

function memoryInProcess(own: Map<string, unknown>, key: string): Memory {
  return {
    read: async () => own.get(key),
    write: async (value) => void own.set(key, value),
  };
}

function memoryInTable(table: StateTable, org: string, name: string, now: () => number): Memory {
  const key = { org, item: `memory#${name}` };
  let previous: StoredItem | undefined;
  return {
    async read() {
      previous = await getItem(table, key, AbortSignal.timeout(timeoutMs));
      return withReadTimes(previous?.body);
    },
    async write(value) {
      const options = { previous, expiresAt: now() + keptMs };
      const body = Object(withStoredTimes(value)) as object;
      const isWritten = await putItem(table, key, body, options, AbortSignal.timeout(timeoutMs));
      if (!isWritten) throw new Error('another run remembers something else');
      previous = { ...key, body, revision: (previous?.revision ?? 0) + 1 };
    },
  };
}
