import type { LogCounts, LogHour, UsualCount, UsualHour, WatchedCount } from '../model/org-log.ts';
import { watchedCounts } from '../model/org-log.ts';
import { countNames, mapCounts } from './log-memory.ts';

const hourMs = 60 * 60_000;
const dayMs = 24 * hourMs;

/** The days that are remembered. Five weeks tell a weekly peak, or a quiet hour, from one holiday. */
const keptDays = 35;

/** With fewer past days, nothing is unusual: a week has all its days once. */
export const fewestDays = 7;

/** Less than this in a quarter of an hour is never unusual, and less than twice as much while two weeks are not known. */
const fewestCount = 10;
const youngDays = 14;

/** The factor by which a quarter of the week's peak hour may exceed its average. */
const timesThePeak = 2;

/** A normal distribution's standard deviation, by the median of the absolute deviations. */
const perDeviation = 1.4826;

/** The standard deviations above the median from which a count is unusual. */
const deviationsAbove = 5;

/** The factor by which the share in all attempts must also rise, so that more traffic alone is not unusual. */
const timesTheShare = 1.5;

/** The counts that every version has. */
const fewestCounts = 5;

/** The hours of past days, by their start. */
export type PastHours = ReadonlyMap<number, LogCounts>;

/** Reads the memory of past days. Trap: it may have been changed by hand. */
export function readPastHours(body: unknown): PastHours {
  const { hours } = Object(body) as { readonly hours?: unknown };
  return new Map(
    Object.entries(Object(hours)).flatMap(([at, counts]): [number, LogCounts][] => {
      // Earlier versions counted less. What they did not count is not known to be 0.
      const isHour =
        Array.isArray(counts) && counts.length >= fewestCounts && counts.slice(0, fewestCounts).every(Number.isFinite);
      return isHour && Number.isFinite(Number(at))
        ? [[Number(at), mapCounts((name) => counts[countNames.indexOf(name)] ?? Number.NaN)]]
        : [];
    }),
  );
}

/** The memory of past days as it is written: each hour is a list of its counts. */
export function writePastHours(hours: PastHours): object {
  return {
    hours: Object.fromEntries([...hours].map(([at, counts]) => [at, countNames.map((name) => counts[name])])),
  };
}

/** The past hours with those that have ended: one without events had none. Older ones than four weeks are left out. */
export function withEndedHours(
  past: PastHours,
  hours: readonly LogHour[],
  { fromMs, untilMs }: { readonly fromMs: number; readonly untilMs: number },
): PastHours {
  const all = new Map(past);
  const none = mapCounts(() => 0);
  const firstMs = Math.ceil(Math.max(fromMs, untilMs - keptDays * dayMs) / hourMs) * hourMs;
  for (let at = firstMs; at < untilMs; at += hourMs) {
    all.set(
      at,
      mapCounts((name) => (hours.find(({ atMs }) => atMs === at) ?? none)[name]),
    );
  }
  return new Map([...all].filter(([at]) => at >= untilMs - keptDays * dayMs));
}

/** Returns the usual counts at an hour, from the same hour of past days, in UTC. */
export function usualAt(past: PastHours, atMs: number): UsualHour {
  const known = (times: readonly number[]) => times.flatMap((time) => past.get(time) ?? []);
  const days = known(Array.from({ length: keptDays }, (_, index) => atMs - (index + 1) * dayMs));
  // The hours beside it count too, because local time changes against UTC.
  const weeks = Array.from({ length: keptDays / 7 }, (_, index) => atMs - (index + 1) * 7 * dayMs)
    .map((time) => known([time - hourMs, time, time + hourMs]))
    .filter((hours) => hours.length > 0);
  const of = watchedCounts.flatMap((name) => {
    const isKnown = (counts: LogCounts) => Number.isFinite(counts[name]);
    const [knownDays, knownWeeks] = [days.filter(isKnown), weeks.map((hours) => hours.filter(isKnown))];
    const whole = knownWeeks.filter((hours) => hours.length > 0);
    return knownDays.length < fewestDays || whole.length === 0 ? [] : [[name, usualCount(knownDays, whole, name)]];
  });
  const fewestSignIns = fewestAt(past, atMs);
  const isUsualDay = hadUsualHour(past, atMs);
  const mostRemovals = mostAt(past, atMs);
  return {
    ...{ atMs, days: days.length, weeks: weeks.length, of: Object.fromEntries(of) },
    ...(fewestSignIns !== undefined && { fewestSignIns, isUsualDay }),
    ...(mostRemovals !== undefined && { mostRemovals }),
  };
}

/** With fewer weeks, a fall of the sign-ins is not looked for. */
const fewestWeeks = 3;

/**
 * The fewest sign-ins of an hour and the one before it, on the same day of past weeks. The lowest week of four or more is
 * left out: it may have had a holiday, after which no fall could be told.
 */
function fewestAt(past: PastHours, atMs: number): number | undefined {
  const [own, before] = [fewestIn(past, atMs), fewestIn(past, atMs - hourMs)];
  return own === undefined || before === undefined ? undefined : Math.min(own, before);
}

function fewestIn(past: PastHours, hour: number): number | undefined {
  const weeks = Array.from({ length: keptDays / 7 }, (_, index) => past.get(hour - (index + 1) * 7 * dayMs));
  const known = weeks.flatMap((counts) => counts?.signIns ?? []).toSorted((one, other) => one - other);
  return known.length < fewestWeeks ? undefined : known[known.length > fewestWeeks ? 1 : 0];
}

/** Whether a busy hour of the last six had at least half of what it has in other weeks. A holiday is quiet from its morning on. */
function hadUsualHour(past: PastHours, atMs: number): boolean {
  return Array.from({ length: 6 }, (_, index) => atMs - (index + 1) * hourMs).some((hour) => {
    const fewest = fewestIn(past, hour) ?? 0;
    return fewest >= 2 * fewestExpected && (past.get(hour)?.signIns ?? 0) >= fewest / 2;
  });
}

/** The most removals at this hour of the day, or beside it: an import that runs each day, or each week, is in it. */
function mostAt(past: PastHours, atMs: number): number | undefined {
  const days = Array.from({ length: keptDays }, (_, index) => atMs - (index + 1) * dayMs).map((time) =>
    [time - hourMs, time, time + hourMs].flatMap((hour) => past.get(hour)?.removals ?? []).filter(Number.isFinite),
  );
  const known = days.filter((hours) => hours.length > 0);
  return known.length < fewestDays ? undefined : Math.max(...known.flat());
}

/** Fewer sign-ins than this in half an hour are too few to tell a fall from chance. */
const fewestExpected = 40;

/** A fall is to less than this share of what the quietest of past weeks had. */
const shareOfFewest = 1 / 5;

/** Fewer sign-ins than in the same half an hour of every past week but one. */
export interface Fall {
  readonly count: number;
  readonly expected: number;
}

/** If it may be a holiday, only this many that are expected, and none at all, are a fall. */
const expectedOnHoliday = 150;

/**
 * Whether the sign-ins of the last half an hour fell, against the same hour of the same day in past weeks.
 *
 * Trap: on a holiday people stay away from the morning on, so a fall counts after an hour of the same day that was as usual, or
 * if no one at all signs in.
 */
export function fallIn(halfHour: LogCounts, usual: UsualHour | undefined): Fall | undefined {
  const expected = Math.floor((usual?.fewestSignIns ?? 0) / 2);
  const { signIns: count } = halfHour;
  const isNoHoliday = usual?.isUsualDay === true || (count === 0 && expected >= expectedOnHoliday);
  const isFall = expected >= fewestExpected && count < expected * shareOfFewest && isNoHoliday;
  return isFall ? { count, expected } : undefined;
}

/** Fewer removals than this within ten minutes are an administrator's daily work. */
const fewestRemovals = 20;

/** How many times what is usual in an hour. */
const timesTheRemovals = 2;

/** The removals above which they are unusual. Undefined while too few days are known. */
export function mostRemovalsOf(usual: UsualHour | undefined): number | undefined {
  return usual?.mostRemovals === undefined
    ? undefined
    : Math.max(fewestRemovals - 1, timesTheRemovals * usual.mostRemovals);
}

function usualCount(
  days: readonly LogCounts[],
  weeks: readonly (readonly LogCounts[])[],
  name: WatchedCount,
): UsualCount {
  const peaks = weeks.map((hours) => Math.max(...hours.map((counts) => counts[name] / 4)));
  // Of three weeks or more, one may have been bad.
  const [highest = 0, second = highest] = peaks.toSorted((one, other) => other - one);
  const quarters = days.map((counts) => counts[name] / 4);
  const middle = median(quarters);
  const [count, attempts] = [(counts: LogCounts) => counts[name], attemptsOf(name)].map((of) =>
    days.reduce((sum, counts) => sum + of(counts), 0),
  );
  return {
    median: middle,
    deviation: median(quarters.map((value) => Math.abs(value - middle))),
    peak: peaks.length < 3 ? highest : second,
    share: attempts ? (count ?? 0) / attempts : 0,
  };
}

/** Of how many attempts something is a share. */
function attemptsOf(name: WatchedCount): (counts: LogCounts) => number {
  return name === 'tokensRefused'
    ? ({ tokensGranted, tokensRefused }) => tokensGranted + tokensRefused
    : ({ signIns }) => signIns;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? 0;
  return (lower + upper) / 2;
}

/** More of something than is usual. */
export interface Rise {
  readonly name: WatchedCount;
  readonly count: number;
  /** More than this is unusual. */
  readonly atMost: number;
  /** Percent of all attempts, now and usually. */
  readonly percent: number;
  readonly usualPercent: number;
}

/**
 * What rose in a quarter of an hour, against the same hour of past days.
 *
 * A plain rule of medians, which one bad day does not change: more than five deviations above the median, more than twice
 * the peak at this hour of the week, more than the least, and a share of the attempts that is half as high again. A
 * deviation is at least the square root of the median, as for events that happen at random.
 */
export function risesIn(quarter: LogCounts, usual: UsualHour | undefined): readonly Rise[] {
  if (!usual || usual.days < fewestDays || usual.weeks === 0) return [];
  const least = usual.days < youngDays ? 2 * fewestCount : fewestCount;
  return watchedCounts.flatMap((name) => {
    const known = usual.of[name];
    if (!known) return [];
    const { median: middle, deviation, peak, share } = known;
    const spread = Math.max(perDeviation * deviation, Math.sqrt(middle));
    const atMost = Math.max(least - 1, Math.ceil(middle + deviationsAbove * spread), Math.ceil(timesThePeak * peak));
    const count = quarter[name];
    const attempts = Math.max(count, attemptsOf(name)(quarter));
    const isMore = count > atMost && count / attempts > timesTheShare * share;
    const percentOf = (value: number) => Math.round(100 * value);
    return isMore
      ? [{ name, count, atMost, percent: percentOf(count / attempts), usualPercent: percentOf(share) }]
      : [];
  });
}
