import type { AlarmSubject } from '../findings/alarm-subject.ts';
import type { LoggedLine, Window } from '../model/log-line.ts';
import { type Group, groups } from '../model/probe.ts';
import { readDocument } from '../model/read-line.ts';
import type { GroupState } from '../model/state.ts';
import { isBad, lateIntervals, readHistory } from './history.ts';
import { type OpenIncident, readIncident } from './incident-item.ts';
import { logMemoryItem, type OrgChange, readOrgChanges } from './org-changes.ts';
import { queryOrg } from './query-state.ts';
import { readSilence, type Silence, silenceItem } from './silent-orgs-item.ts';
import { groupState } from './state.ts';
import { type ItemKey, monitorPartition, type StateTable, type StoredItem } from './state-table.ts';
import { type Told, toldIn, toldItem } from './told.ts';

/** The state table's contents about an org, or about the monitor itself. */
export interface Kept {
  readonly org: string;
  readonly states: Readonly<Partial<Record<Group, GroupState>>>;
  /** By the alarm's name. */
  readonly incidents: ReadonlyMap<string, KnownIncident>;
  /** Events of the last hour in the org's System Log, if it is read: administrators' changes, and Okta's events. */
  readonly changes: readonly OrgChange[];
  /** The notices that were sent. */
  readonly told: Told;
  /** In the partition of the monitor: the orgs for which a group does not run. */
  readonly silences?: Readonly<Partial<Record<Group, readonly Silence[]>>>;
}

/** The announced state of an alarm, and the item that holds it. */
export interface KnownIncident {
  readonly stored: StoredItem;
  readonly incident: OpenIncident;
}

const minuteMs = 60_000;

export function partitionOf(subject: AlarmSubject): string {
  return 'org' in subject ? subject.org : monitorPartition;
}

export function incidentKey(subject: AlarmSubject, alarm: string): ItemKey {
  return { org: partitionOf(subject), item: `incident#${alarm}` };
}

/** Reads it in one query. Throws AWS's errors. */
export async function readKept(table: StateTable, org: string, signal: AbortSignal): Promise<Kept> {
  return keptOf(org, await queryOrg(table, org, signal));
}

/** Reads the items of one partition. */
export function keptOf(org: string, items: readonly StoredItem[]): Kept {
  const states = groups.map((group) => [group, groupState(items.find(({ item }) => item === `group#${group}`))]);
  const incidents = items.flatMap((stored) => {
    const incident = stored.item.startsWith('incident#') ? readIncident(stored.body) : undefined;
    return incident ? [[incident.alarm, { stored, incident }] as const] : [];
  });
  const silences = groups.flatMap((group) => {
    const stored = items.find(({ item }) => item === silenceItem(group));
    return stored && org === monitorPartition ? [[group, readSilence(stored.body)] as const] : [];
  });
  return {
    ...{ org, states: Object.fromEntries(states.filter(([, state]) => state)), incidents: new Map(incidents) },
    changes: readOrgChanges(items.find(({ item }) => item === logMemoryItem)?.body),
    told: toldIn(items.find(({ item }) => item === toldItem)?.body),
    ...(silences.length > 0 && { silences: Object.fromEntries(silences) }),
  };
}

/** Whether a group runs for the org: undefined if the table does not say. */
export function isExpected({ states }: Kept, group: Group): boolean | undefined {
  if (states[group]) return true;
  const expects = states.flows?.expects;
  return expects && group in expects;
}

/** The lines of a group's runs during a time, as its log has them: those of runs long ago without their requests. */
export function keptLines(
  { org, states }: Kept,
  group: Group,
  logGroup: string,
  { from, to }: Window,
): readonly LoggedLine[] {
  const state = states[group];
  if (!state) return [];
  return readHistory(state, org).runs.flatMap(({ at, lines }) =>
    at < from || at > to
      ? []
      : lines.flatMap((logged) => {
          const line = readDocument(JSON.parse(JSON.stringify(logged)));
          return line ? [{ time: at, logGroup, line }] : [];
        }),
  );
}

/** How much of a time the table knows nothing about. */
export interface Lacking {
  /** When its first run was due. Absent if it has all runs since the beginning of the time. */
  readonly beginsAt?: number;
  /** Where runs are missing after that. */
  readonly between: readonly Window[];
}

/** Whether the table has each run of the org that was due in the time before. If it has not, it may lack an incident too. */
export function isUninterrupted({ org, states }: Kept, before: number): boolean {
  return Object.values(states).every(
    (state) => lackingIn(state, org, { from: before - uninterruptedMs, to: before }).between.length === 0,
  );
}

/** As long as the alarms look back, and as long again for an outage. */
const uninterruptedMs = 60 * minuteMs;

export function lackingIn(state: GroupState, org: string, { from, to }: Window): Lacking {
  const { runs, from: begins } = readHistory(state, org);
  const patienceMs = lateIntervals * (state.intervalMinutes ?? 1) * minuteMs;
  // Before the first run of all, nothing is missing. The time ends a minute after the last run that can be expected.
  const times = [...runs.map(({ at }) => at), to - minuteMs];
  const between = times.flatMap((time, index) => {
    const previous = times[index - 1] ?? time;
    const isLast = index === times.length - 1;
    const window = { from: Math.max(from, previous + 1_000), to: isLast ? to : Math.min(to, time - 1_000) };
    return time - previous > patienceMs && window.from < window.to ? [window] : [];
  });
  return { ...(begins !== undefined && begins > from && { beginsAt: begins }), between };
}

/** Whether the first run that is kept is a bad one: what came before it may have been bad too. */
export function beginsBad(state: GroupState, org: string): boolean {
  const [first] = readHistory(state, org).runs;
  return first !== undefined && isBad(first);
}
