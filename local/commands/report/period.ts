import type { Period } from './source.ts';

const minuteMs = 60_000;

/** A mistake in what somebody asked to be told about. */
export class PeriodError extends Error {
  override readonly name = 'PeriodError';
}

/** A month in UTC: `2026-10`. Throws `PeriodError`. */
export function monthPeriod(month: string): Period {
  const [, year, number] = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(month) ?? [];
  if (year === undefined || number === undefined)
    throw new PeriodError(`--month must be like 2026-10, not '${month}'.`);
  return { start: Date.UTC(Number(year), Number(number) - 1), end: Date.UTC(Number(year), Number(number)) };
}

/** A date, or a date with a time of day, in UTC: `2026-10-03`, `2026-10-03T14:30`. Throws `PeriodError`. */
export function timeOfFlag(flag: string, value: string): number {
  const time = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?Z?)?$/.test(value)
    ? Date.parse(value.includes('T') ? `${value.replace('Z', '')}Z` : value)
    : Number.NaN;
  // Trap: Date.parse takes February 30 for March 2.
  const isInCalendar = !Number.isNaN(time) && daysIn(value.slice(0, 7)) >= Number(value.slice(8, 10));
  if (!isInCalendar)
    throw new PeriodError(`--${flag} must be like 2026-10-03 or 2026-10-03T14:30, in UTC, not '${value}'.`);
  return Math.floor(time / minuteMs) * minuteMs;
}

function daysIn(month: string): number {
  const { start, end } = monthPeriod(month);
  return (end - start) / (24 * 60 * minuteMs);
}

/** The longest time that one report covers. Longer ones have no points anyway. */
const mostDays = 455;

/** CloudWatch may show a point only so long after its run. A minute without it would be told as one without a run. */
export const publishedMs = 5 * minuteMs;

/** The part of a period that is over, and of which points can be read after `delayMs`. Throws `PeriodError` if there is none. */
export function untilNow({ start, end }: Period, now: number, delayMs = 0): Period {
  if (start >= end) throw new PeriodError('The report must end after it begins.');
  const over = Math.floor((now - delayMs) / minuteMs) * minuteMs;
  if (start >= over) {
    const delay =
      delayMs > 0 ? `, and more than ${delayMs / minuteMs} minutes ago: later points may not be there yet` : '';
    throw new PeriodError(`The report must begin in the past${delay}.`);
  }
  if (end - start > mostDays * 24 * 60 * minuteMs)
    throw new PeriodError(`The report may cover ${mostDays} days at the most.`);
  return { start, end: Math.min(end, over) };
}
