import type { Gap, History } from '../history/open-history.ts';

const minuteMs = 60_000;

/**
 * The first minute of a watch, and the minutes before it in which nothing ran.
 *
 * A minute that was under way when the last watch ended is not run again, because its requests may have been sent. It
 * belongs to the gap if no run that a schedule started in it has ended.
 */
export function beginAt(
  { evaluatedAt, reader }: Pick<History, 'evaluatedAt' | 'reader'>,
  now: number,
): { readonly startedAt: number; readonly gap?: Gap } {
  const minute = Math.floor(now / minuteMs) * minuteMs;
  // A time in the future: the clock was set back.
  if (evaluatedAt === undefined || evaluatedAt > minute) return { startedAt: minute };
  const startedAt = Math.max(minute, evaluatedAt + minuteMs);
  const runs = reader.runs({ start: evaluatedAt, end: startedAt });
  const hasRun = runs.some(({ schedule }) => schedule !== undefined);
  const start = hasRun ? evaluatedAt + minuteMs : evaluatedAt;
  return { startedAt, ...(start < startedAt && { gap: { start, end: startedAt, reason: 'not running' } }) };
}
