import { asRecord, list, number, text } from '../model/read.ts';
import { withReadTimes } from './stored-times.ts';

/** An event in the org, by its System Log. It names no person. */
export interface OrgChange {
  /** The id of the event in the System Log. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** An administrator's change, or another event: `policy rule "Two factors" updated`. */
  readonly words: string;
  /** An administrator did it. Otherwise Okta, an agent, a hook or an attacker. */
  readonly isByAdministrator: boolean;
  /** The monitor uses it: an application, a server. */
  readonly isWatched: boolean;
}

/** The item of the state table in which the probe of the System Log keeps its memory. */
export const logMemoryItem = 'memory#system-log';

const hourMs = 60 * 60_000;

/** How long before the first bad run an event may have caused it. */
const causeMs = hourMs;

/** A cause may be logged a little later than its effect is seen. */
const lateMs = 5 * 60_000;

const mostChanges = 3;

/** Reads the kept changes. Trap: another version of the monitor may have written them. */
export function readOrgChanges(body: unknown): readonly OrgChange[] {
  const { changes, evidence } = asRecord(withReadTimes(body));
  return [...list(changes, readChange, 100), ...list(evidence, readEvent, 100)];
}

function readChange(value: unknown): OrgChange | undefined {
  const { id, atMs, what, change, targets, isWatched } = asRecord(value);
  const [event, at, thing, how] = [text(id, 64), number(atMs), text(what, 40), text(change, 40)];
  if (event === undefined || at === undefined || thing === undefined || how === undefined) return undefined;
  const words = `${thing.replaceAll('-', ' ')}${namesOf(targets)} ${how}`;
  return { id: event, at, words, isByAdministrator: true, isWatched: isWatched === true };
}

function readEvent(value: unknown): OrgChange | undefined {
  const { id, atMs, what, targets, count, isChange } = asRecord(value);
  const [event, at, thing] = [text(id, 64), number(atMs), text(what, 60)];
  if (event === undefined || at === undefined || thing === undefined) return undefined;
  const often = (number(count) ?? 1) > 1 ? `, ${count} times` : '';
  return {
    id: event,
    at,
    words: `${thing}${namesOf(targets)}${often}`,
    isByAdministrator: isChange === true,
    isWatched: false,
  };
}

function namesOf(targets: unknown): string {
  return list(targets, (target) => text(asRecord(target).name, 60), 2)
    .map((name) => ` "${name}"`)
    .join(' of');
}

/** The changes that may have caused what began at this time, the likeliest first. */
export function changesBefore(changes: readonly OrgChange[], since: number): readonly OrgChange[] {
  return changes
    .filter(({ at }) => at >= since - causeMs && at <= since + lateMs)
    .toSorted(
      (one, other) =>
        Number(other.isWatched) - Number(one.isWatched) || Math.abs(since - one.at) - Math.abs(since - other.at),
    )
    .slice(0, mostChanges);
}
