import { createHash } from 'node:crypto';
import type { SystemLogSettings } from '../model/org.ts';
import type {
  LogChange,
  LogCounts,
  LogEvidence,
  LogHour,
  LogMemory,
  LogSpan,
  SentRequest,
  Tally,
  Thing,
  TouchedLimit,
} from '../model/org-log.ts';
import type { OrgEvent } from './log-events.ts';
import { matchFootprint } from './log-footprint.ts';
import { countNames, noCounts, sumOf } from './log-memory.ts';
import { addServices } from './service-counts.ts';

/** The events that a run has read. */
export interface LogReading {
  readonly events: readonly OrgEvent[];
  /** The cursor of the next page, if an answer named one. */
  readonly after: string | undefined;
  readonly isComplete: boolean;
  readonly readAtMs: number;
  /** The time of the run. */
  readonly run: number;
  /** What an earlier run counted and did not publish. */
  readonly unpublished: LogCounts;
  readonly tokenRequests: readonly SentRequest[];
  readonly settings: SystemLogSettings;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const spanMs = 5 * minuteMs;

/** The spans that are kept hold the last half an hour at any time. */
const keptSpansMs = 35 * minuteMs;

/** The most of each that are kept. Beyond this, actors of one hour are not distinguished. */
const most = { limits: 40, changes: 40, evidence: 20, missing: 60, ownRead: 500, minutes: 10, reasons: 8, targets: 4 };

/** A month of a person's log would be too long an item. It is written each minute. */
const mostSeen = 5_000;

/** Okta's clock and ours differ by less. */
const clockMarginMs = 30_000;

/**
 * Returns the memory after a run has read events. Each event counts once, however often it is read.
 *
 * Trap: an event may happen long before it is in the log. It counts in the run that reads it, and in the hour in which it
 * happened.
 */
export function remember(memory: LogMemory, reading: LogReading) {
  const { readAtMs, settings, run, unpublished, isComplete } = reading;
  const known = new Set(memory.seen.flatMap(({ ids }) => ids.match(/.{8}/g) ?? []));
  const events = reading.events.flatMap((event) => {
    const mark = markOf(event.id);
    if (known.has(mark)) return [];
    known.add(mark);
    // A clock that is ahead must not move the newest event into the future.
    return [{ ...event, atMs: Math.min(event.atMs, readAtMs), mark }];
  });
  const counted = events.filter(({ atMs }) => atMs >= memory.beganAtMs);
  const tallies = counted.map((event) => ({ atMs: event.atMs, ...tallyOf(event, settings) }));
  const spans = addSpans(memory.spans, tallies).filter(({ atMs }) => atMs > readAtMs - keptSpansMs - spanMs);
  const newestAtMs = events.reduce((newest, { atMs }) => Math.max(newest, atMs), memory.newestAtMs);
  const after = reading.after ?? memory.after;
  const { own, lagMs } = ownRequests(memory.own, events, reading);
  const next: LogMemory = {
    ...memory,
    ...(after !== undefined && { after }),
    newestAtMs,
    seen: stillSeen([...memory.seen, { readAtMs, ids: events.map(({ mark }) => mark).join('') }], newestAtMs),
    runsBehind: isComplete ? 0 : memory.runsBehind + 1,
    batch: { dueMs: run, counts: sumOf(unpublished, ...tallies) },
    spans,
    hours: addHours(memory, tallies),
    limits: addLimits(memory.limits, counted, readAtMs),
    changes: addChanges(memory.changes, events, reading),
    evidence: addEvidence(memory.evidence, counted, readAtMs),
    ...addServices(memory, counted, readAtMs),
    own,
  };
  return {
    memory: next,
    ...(lagMs !== undefined && { lagSeconds: Math.round(lagMs / 1000) }),
    others: sumTallies(tallies.map(({ others }) => others)),
    reasons: sumTallies(tallies.map(({ reasons }) => reasons)),
    blocked: countBlocked(counted),
  };
}

/** The people and networks whose requests were blocked, as far as the events name them. */
function countBlocked(events: readonly OrgEvent[]) {
  const from = events.flatMap((event) => (event.kind === 'threat' && event.from ? [event.from] : []));
  const distinct = (marks: readonly (string | undefined)[]) => new Set(marks.filter((mark) => mark !== undefined)).size;
  return { networks: distinct(from.map(({ network }) => network)), users: distinct(from.map(({ user }) => user)) };
}

/** Eight characters are enough: two of some thousand events have the same ones in one of a hundred million cases. */
function markOf(id: string): string {
  return createHash('sha256').update(id).digest('base64url').slice(0, 8);
}

/**
 * The events that a poll without a cursor might read again: it begins at the time of the newest one and goes by when events
 * were stored, which is before they were read.
 */
function stillSeen(seen: LogMemory['seen'], newestAtMs: number): LogMemory['seen'] {
  const needed = seen.filter(({ ids, readAtMs }) => ids !== '' && readAtMs + clockMarginMs >= newestAtMs);
  let left = mostSeen;
  return needed
    .toReversed()
    .filter(({ ids }, index) => {
      left -= ids.length / 8;
      return index === 0 || left >= 0;
    })
    .toReversed();
}

interface EventTally extends LogCounts {
  readonly reasons: Tally;
  readonly errors: Tally;
  readonly applications: Tally;
  /** Events without a series. */
  readonly others: Tally;
}

const nothing: EventTally = { ...noCounts, reasons: {}, errors: {}, applications: {}, others: {} };

/** What one event adds to the counts. */
function tallyOf(event: OrgEvent, { ownClientIds }: SystemLogSettings): EventTally {
  const { id, name = id } = ('application' in event && event.application) || {};
  const isOwn = id !== undefined && ownClientIds.includes(id);
  switch (event.kind) {
    case 'sign-in':
      if (event.succeeded) return { ...nothing, signIns: 1 };
      return { ...nothing, signIns: 1, signInFailures: 1, reasons: { [event.reason ?? 'without a reason']: 1 } };
    case 'lockout':
      return { ...nothing, lockouts: 1 };
    case 'removal':
      return { ...nothing, removals: 1 };
    case 'threat':
      return event.sign === 'blocked' ? { ...nothing, blocked: 1 } : nothing;
    case 'token-granted':
      return { ...nothing, tokensGranted: event.token === 'access_token' && !isOwn ? 1 : 0 };
    case 'token-refused': {
      if (isOwn) return nothing;
      const applications = name === undefined ? {} : { [name]: 1 };
      return { ...nothing, tokensRefused: 1, errors: { [event.error ?? 'without a code']: 1 }, applications };
    }
    default: {
      const other = isOwn && event.kind === 'credentials-refused' ? undefined : withoutSeries[event.kind];
      return other === undefined ? nothing : { ...nothing, others: { [other]: 1 } };
    }
  }
}

/** Kinds of events that are counted and have no series. */
const withoutSeries: Readonly<Partial<Record<OrgEvent['kind'], string>>> = {
  'policy-denied': 'denied by a policy',
  'factor-failed': 'failed factors',
  'sign-on-failed': 'failed sign-ons to applications',
  'credentials-refused': 'refused credentials of clients',
};

/** Adds tallies up. Of many keys, those that count least are one. */
export function sumTallies(all: readonly Tally[]): Tally {
  const sums = new Map<string, number>();
  for (const [key, count] of all.flatMap(Object.entries)) sums.set(key, (sums.get(key) ?? 0) + count);
  const sorted = [...sums].sort(([, one], [, other]) => other - one);
  const others = sorted.slice(most.reasons).reduce((sum, [, count]) => sum + count, 0);
  const kept = sorted.slice(0, most.reasons).filter(([key]) => key !== otherKey);
  const rest = others + (sorted.slice(0, most.reasons).find(([key]) => key === otherKey)?.[1] ?? 0);
  return Object.fromEntries(rest > 0 ? [...kept, [otherKey, rest]] : kept);
}

const otherKey = 'others';

function addSpans(
  spans: readonly LogSpan[],
  tallies: readonly (EventTally & { readonly atMs: number })[],
): readonly LogSpan[] {
  const groups = Map.groupBy([...spans, ...tallies], ({ atMs }) => Math.floor(atMs / spanMs) * spanMs);
  return [...groups]
    .filter(([, parts]) => parts.some(isCounted))
    .map(([atMs, parts]) => ({
      atMs,
      ...sumOf(...parts),
      reasons: sumTallies(parts.map(({ reasons }) => reasons)),
      errors: sumTallies(parts.map(({ errors }) => errors)),
      applications: sumTallies(parts.map(({ applications }) => applications)),
    }))
    .sort((one, other) => one.atMs - other.atMs);
}

function isCounted(counts: LogCounts): boolean {
  return countNames.some((name) => counts[name] > 0);
}

/** Trap: an event of an hour that is in the memory of past days is too late for it. */
function addHours(
  { hours, hoursKeptUntilMs }: LogMemory,
  tallies: readonly (LogCounts & { readonly atMs: number })[],
): readonly LogHour[] {
  const groups = Map.groupBy(
    [...hours, ...tallies.filter(isCounted)],
    ({ atMs }) => Math.floor(atMs / hourMs) * hourMs,
  );
  return [...groups]
    .filter(([atMs]) => atMs >= hoursKeptUntilMs)
    .map(([atMs, parts]) => ({ atMs, ...sumOf(...parts) }))
    .sort((one, other) => one.atMs - other.atMs);
}

function addLimits(
  limits: readonly TouchedLimit[],
  events: readonly OrgEvent[],
  readAtMs: number,
): readonly TouchedLimit[] {
  const added = events.flatMap((event): TouchedLimit[] => {
    if (event.kind !== 'rate-limit') return [];
    const { limit, scope, bucket, operation, threshold, by } = event;
    const minutesMs = [Math.floor(event.atMs / minuteMs) * minuteMs];
    const names = { ...(bucket !== undefined && { bucket }), ...(operation !== undefined && { operation }) };
    return [{ limit, scope, ...names, ...(threshold !== undefined && { threshold }), by, minutesMs, readAtMs }];
  });
  const keyOf = ({ limit, scope, bucket, operation, by }: TouchedLimit) =>
    JSON.stringify([limit, scope, bucket, operation, by]);
  return [...Map.groupBy([...limits, ...added], keyOf).values()]
    .flatMap((parts) => {
      const last = parts.at(-1);
      const minutesMs = [...new Set(parts.flatMap((part) => part.minutesMs))]
        .filter((minute) => minute > readAtMs - hourMs)
        .sort((one, other) => one - other)
        .slice(-most.minutes);
      return last && minutesMs.length > 0 ? [{ ...last, minutesMs }] : [];
    })
    .sort((one, other) => one.readAtMs - other.readAtMs)
    .slice(-most.limits);
}

function addChanges(
  changes: readonly LogChange[],
  events: readonly OrgEvent[],
  { readAtMs, settings }: Pick<LogReading, 'readAtMs' | 'settings'>,
): readonly LogChange[] {
  const added = events.flatMap((event): LogChange[] => {
    if (event.kind !== 'change' || !event.succeeded) return [];
    const { id, atMs, what, change, by } = event;
    const isWatched = event.targets.some(
      (target) => target.id !== undefined && settings.watchedIds.includes(target.id),
    );
    return [{ id, atMs, what, change, by, targets: event.targets.slice(0, most.targets), isWatched }];
  });
  const recent = [...changes, ...added].filter(({ atMs }) => atMs > readAtMs - hourMs);
  // Objects that the monitor uses are the last to be left out.
  return recent
    .toSorted((one, other) => Number(one.isWatched) - Number(other.isWatched) || one.atMs - other.atMs)
    .slice(-most.changes)
    .toSorted((one, other) => one.atMs - other.atMs);
}

function addEvidence(
  evidence: readonly LogEvidence[],
  events: readonly OrgEvent[],
  readAtMs: number,
): readonly LogEvidence[] {
  const added = events.flatMap((event): LogEvidence[] => {
    const { id, atMs } = event;
    if (event.kind === 'removal')
      return [{ id, atMs, what: event.what, ...ofThings({ targets: event.applications }), isChange: true }];
    if (event.kind === 'system') return [{ id, atMs, what: `${event.part} ${event.state}`, ...ofThings(event) }];
    if (event.kind !== 'threat') return [];
    return [
      { id, atMs, what: event.sign === 'detected' ? 'threat detected' : event.sign, ...ofThings({ targets: [] }) },
    ];
  });
  const keyOf = ({ what, targets }: LogEvidence) => JSON.stringify([what, targets]);
  const recent = [...evidence, ...added].filter(({ atMs }) => atMs > readAtMs - hourMs);
  return [...Map.groupBy(recent, keyOf).values()]
    .flatMap(([first, ...more]) =>
      first ? [{ ...first, count: more.reduce((sum, one) => sum + one.count, first.count) }] : [],
    )
    .slice(-most.evidence);
}

function ofThings({ targets }: { readonly targets: readonly Thing[] }) {
  return { targets: targets.slice(0, most.targets), count: 1 };
}

/** Follows the monitor's own token requests until their events have been read. */
function ownRequests(
  own: LogMemory['own'],
  events: readonly OrgEvent[],
  { readAtMs, tokenRequests, settings }: LogReading,
) {
  const sent = [...own.missing, ...tokenRequests.filter(({ sentAtMs }) => sentAtMs > own.knownUntilMs)];
  const sentIds = new Set(sent.map(({ requestId }) => requestId));
  // The request of an own client may not be known yet, because `flows` is kept when its run ends.
  const isOwn = (event: OrgEvent) =>
    event.kind === 'token-granted' && settings.ownClientIds.includes(event.application?.id ?? '');
  const newIds = events.flatMap((event) => {
    const { requestId } = event;
    return requestId !== undefined && (sentIds.has(requestId) || isOwn(event)) ? [requestId] : [];
  });
  const read = [
    ...own.read.filter((one) => one.readAtMs > readAtMs - spanMs),
    ...[...new Set(newIds)].map((requestId) => ({ requestId, readAtMs })),
  ].slice(-most.ownRead);
  const { arrived, missing } = matchFootprint(sent, read);
  const latest = (times: readonly number[]) => times.reduce((most, time) => Math.max(most, time), 0);
  const arrivedUntilMs = latest([own.arrivedUntilMs ?? 0, ...arrived.map(({ sentAtMs }) => sentAtMs)]);
  return {
    own: {
      missing: missing.filter(({ sentAtMs }) => sentAtMs > readAtMs - hourMs).slice(0, most.missing),
      read,
      knownUntilMs: latest([own.knownUntilMs, ...tokenRequests.map(({ sentAtMs }) => sentAtMs)]),
      ...(arrivedUntilMs > 0 && { arrivedUntilMs }),
    },
    lagMs: arrived.length > 0 ? latest(arrived.map(({ withinMs }) => withinMs)) : undefined,
  };
}
