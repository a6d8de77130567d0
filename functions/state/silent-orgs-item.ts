import type { Group } from '../model/probe.ts';
import { asRecord, list, text, timestamp } from '../model/read.ts';

/** A group that should run for an org, and has not for a while. */
export interface Silence {
  readonly org: string;
  /** Its last run, or since when it should have run. Milliseconds since the epoch. */
  readonly since: number;
}

/** A message names no more. */
const most = 50;

/** Which orgs a group does not run for, in the partition of the monitor. */
export function silenceItem(group: Group): string {
  return `group#${group}`;
}

export function silenceBody(silences: readonly Silence[]): object {
  const stored = silences.slice(0, most).map(({ org, since }) => ({ org, at: new Date(since).toISOString() }));
  return { silent: stored };
}

export function readSilence(body: unknown): readonly Silence[] {
  return list(
    asRecord(body).silent,
    (item) => {
      const [org, since] = [text(asRecord(item).org, 60), timestamp(asRecord(item).at)];
      return org === undefined || since === undefined ? undefined : { org, since };
    },
    most,
  );
}
