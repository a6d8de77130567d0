import type { Group } from '../model/probe.ts';
import { timeOfMoment } from '../state/history.ts';
import type { Kept } from '../state/kept.ts';
import { type Silence, silenceBody, silenceItem } from '../state/silent-orgs-item.ts';
import { monitorPartition, putItem, type StateTable, type StoredItem } from '../state/state-table.ts';

const minuteMs = 60_000;

/** The intervals after which a schedule counts as silent, in addition to some minutes for late and slow runs. */
const intervals = 3;
const patienceMs = 5 * minuteMs;

/**
 * The orgs for which a group does not run although `flows` say that it should.
 *
 * Trap: if `flows` are silent too, nothing is said: the org was removed, its state cannot be written, or nothing runs. Of
 * the last, the org's own heartbeat reports it.
 */
export function silentOrgs(group: Group, orgs: readonly Kept[], now: number): readonly Silence[] {
  return orgs.flatMap(({ org, states }): readonly Silence[] => {
    const { flows, [group]: own } = states;
    const expected = flows?.expects?.[group];
    if (!flows || !expected || isSilent(timeOfMoment(flows.last), flows.intervalMinutes, now)) return [];
    const since = own ? timeOfMoment(own.last) : timeOfMoment(flows.last) - expected.agoMs;
    // While flows were not noted either, runs of this group may have been lost as well.
    const noted = flows.unbroken ? timeOfMoment(flows.unbroken) : since;
    return isSilent(Math.max(since, noted), expected.intervalMinutes, now) ? [{ org, since }] : [];
  });
}

function isSilent(since: number, intervalMinutes: number | undefined, now: number): boolean {
  return now - since > intervals * (intervalMinutes ?? 1) * minuteMs + patienceMs;
}

/** How long the list is kept, and how long the table may take to write it. */
const keptMs = 60 * minuteMs;
const writeMs = 2_000;

/** Notes which orgs are silent. Throws AWS's errors. */
export async function noteSilence(
  table: StateTable,
  group: Group,
  silences: readonly Silence[],
  monitor: readonly StoredItem[],
  now: number,
): Promise<void> {
  const item = silenceItem(group);
  const options = { previous: monitor.find((each) => each.item === item), expiresAt: now + keptMs };
  await putItem(table, { org: monitorPartition, item }, silenceBody(silences), options, AbortSignal.timeout(writeMs));
}
