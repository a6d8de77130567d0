import type {
  LogChange,
  LogCounts,
  LogEvidence,
  LogHour,
  LogMemory,
  LogSpan,
  SentRequest,
  ServiceSpan,
  Tally,
  TouchedLimit,
  UsualHour,
} from '../model/org-log.ts';
import { watchedCounts } from '../model/org-log.ts';

/** The name of the memory: the item `memory#system-log`. */
export const logMemoryName = 'system-log';

/** How far the first run reads back. It counts nothing of that, but knows who changed something. */
export const firstReachMs = 60 * 60_000;

export const noCounts: LogCounts = {
  signIns: 0,
  signInFailures: 0,
  lockouts: 0,
  tokensGranted: 0,
  tokensRefused: 0,
  blocked: 0,
  removals: 0,
};

export const countNames = Object.keys(noCounts) as readonly (keyof LogCounts)[];

export function sumOf(...all: readonly LogCounts[]): LogCounts {
  return mapCounts((name) => all.reduce((sum, counts) => sum + counts[name], 0));
}

export function mapCounts(of: (name: keyof LogCounts) => number): LogCounts {
  return Object.fromEntries(countNames.map((name) => [name, of(name)])) as unknown as LogCounts;
}

/** The empty memory, before the first reading. */
export function newLogMemory(nowMs: number): LogMemory {
  const hourMs = 60 * 60_000;
  return {
    beganAtMs: nowMs,
    newestAtMs: nowMs - firstReachMs,
    seen: [],
    runsBehind: 0,
    batch: { dueMs: 0, counts: noCounts },
    ...{ spans: [], hours: [], limits: [], changes: [], evidence: [], services: [], usualCodes: {} },
    // The hour in which it began is not whole.
    hoursKeptUntilMs: Math.floor(nowMs / hourMs) * hourMs + hourMs,
    own: { missing: [], read: [], knownUntilMs: 0 },
  };
}

/**
 * Reads the item `memory#system-log`. Undefined if it is malformed: then the log is read anew.
 *
 * Trap: it may have been written by another version of the monitor, or by hand. Impossible values are left out.
 */
export function readLogMemory(item: unknown): LogMemory | undefined {
  const {
    beganAtMs,
    newestAtMs,
    after,
    seen,
    runsBehind,
    batch,
    spans,
    hours,
    hoursKeptUntilMs,
    usual,
    own,
    ...lists
  } = Object(item) as Record<keyof LogMemory, unknown>;
  const { dueMs, counts } = Object(batch) as Record<string, unknown>;
  const { missing, read, knownUntilMs, arrivedUntilMs } = Object(own) as Record<string, unknown>;
  if (!isNumber(beganAtMs) || !isNumber(newestAtMs) || !isNumber(dueMs)) return undefined;
  if (!areCounts(counts) || !isNumber(hoursKeptUntilMs)) return undefined;
  const { services, usualCodes } = lists;
  return {
    beganAtMs,
    newestAtMs,
    ...(typeof after === 'string' && { after }),
    seen: listOf(seen, (one): one is LogMemory['seen'][number] => isNumber(one.readAtMs) && isText(one.ids)),
    runsBehind: isNumber(runsBehind) ? runsBehind : 0,
    batch: { dueMs, counts: countsIn(counts) },
    spans: listOf(spans, isSpan).map((one) => ({ ...one, ...countsIn(one) })),
    hours: listOf(hours, (one): one is LogHour & Fields => isNumber(one.atMs) && areCounts(one)).map((one) => ({
      ...{ atMs: one.atMs },
      ...countsIn(one),
    })),
    services: listOf(services, (one): one is ServiceSpan & Fields => isNumber(one.atMs) && isTally(one.counts)),
    usualCodes: isTally(usualCodes) ? usualCodes : {},
    hoursKeptUntilMs,
    ...(isUsual(usual) && { usual }),
    limits: listOf(lists.limits, isLimit),
    changes: listOf(lists.changes, isChange).map((change) => ({ ...change, isWatched: change.isWatched === true })),
    evidence: listOf(
      lists.evidence,
      (one): one is LogEvidence & Fields =>
        isText(one.id) && isNumber(one.atMs) && isText(one.what) && isNumber(one.count) && areThings(one.targets),
    ),
    own: {
      missing: listOf(missing, (one): one is SentRequest & Fields => isText(one.requestId) && isNumber(one.sentAtMs)),
      read: listOf(
        read,
        (one): one is LogMemory['own']['read'][number] & Fields => isText(one.requestId) && isNumber(one.readAtMs),
      ),
      knownUntilMs: isNumber(knownUntilMs) ? knownUntilMs : 0,
      ...(isNumber(arrivedUntilMs) && { arrivedUntilMs }),
    },
  };
}

type Fields = Readonly<Record<string, unknown>>;

function listOf<Item>(value: unknown, isItem: (one: Fields) => one is Item & Fields): readonly Item[] {
  if (!Array.isArray(value)) return [];
  return value.filter((one): one is Item & Fields => typeof one === 'object' && one !== null && isItem(one));
}

function isChange(one: Fields): one is LogChange & Fields {
  return (
    isText(one.id) &&
    isNumber(one.atMs) &&
    isText(one.what) &&
    isText(one.change) &&
    isText(Object(one.by).type) &&
    areThings(one.targets)
  );
}

function isNumber(value: unknown): value is number {
  return Number.isFinite(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** Trap: earlier versions did not count all of them. Those begin at 0. */
function countsIn(value: unknown): LogCounts {
  return mapCounts((name) => {
    const count = Object(value)[name];
    return isNumber(count) ? count : 0;
  });
}

function areCounts(value: unknown): boolean {
  return isNumber(Object(value).signIns);
}

function areThings(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => isText(Object(one).type));
}

function isTally(value: unknown): value is Tally {
  return typeof value === 'object' && value !== null && Object.values(value).every(isNumber);
}

function isSpan(one: Fields): one is LogSpan & Fields {
  return isNumber(one.atMs) && areCounts(one) && [one.reasons, one.errors, one.applications].every(isTally);
}

function isLimit(one: Fields): one is TouchedLimit & Fields {
  const { limit, scope, by, minutesMs, readAtMs } = one;
  return (
    isText(limit) &&
    isText(scope) &&
    isText(Object(by).type) &&
    isNumber(readAtMs) &&
    Array.isArray(minutesMs) &&
    minutesMs.every(isNumber)
  );
}

function isUsual(value: unknown): value is UsualHour {
  const { atMs, days, weeks, of, fewestSignIns, mostRemovals, isUsualDay = false } = Object(value) as Fields;
  return (
    isNumber(atMs) &&
    isNumber(days) &&
    isNumber(weeks) &&
    typeof isUsualDay === 'boolean' &&
    [fewestSignIns, mostRemovals].every((count) => count === undefined || isNumber(count)) &&
    watchedCounts.every((name) => {
      const one = Object(of)[name];
      if (one === undefined) return true;
      const { median, deviation, peak, share } = Object(one) as Fields;
      return [median, deviation, peak, share].every(isNumber);
    })
  );
}
