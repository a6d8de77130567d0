import { UnsupportedError } from './unsupported-error.ts';

/** A local time. Months count from 1, and Sunday is 0. */
export interface LocalTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly weekday: number;
  readonly hour: number;
  readonly minute: number;
}

/** The local time in a time zone. */
export function localTimeAt(now: number, timeZone: string): LocalTime {
  const local = new Date(now + offsetAt(now, timeZone));
  return {
    year: local.getUTCFullYear(),
    month: local.getUTCMonth() + 1,
    day: local.getUTCDate(),
    weekday: local.getUTCDay(),
    hour: local.getUTCHours(),
    minute: local.getUTCMinutes(),
  };
}

/**
 * The epoch milliseconds of a local time.
 *
 * Trap: when clocks go forward, an hour does not exist; here it is the hour after. When clocks go back, an hour occurs
 * twice; here it is the first one. CloudWatch documents neither case.
 */
export function timeOf(local: Omit<LocalTime, 'weekday'>, timeZone: string): number {
  const shown = Date.UTC(local.year, local.month - 1, local.day, local.hour, local.minute);
  const dayMs = 86_400_000;
  const candidates = [offsetAt(shown - dayMs, timeZone), offsetAt(shown + dayMs, timeZone)].map(
    (offset) => shown - offset,
  );
  const exact = candidates.filter((candidate) => candidate + offsetAt(candidate, timeZone) === shown);
  return exact.length > 0 ? Math.min(...exact) : Math.max(...candidates);
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** The milliseconds by which a time zone is ahead of UTC. */
function offsetAt(now: number, timeZone: string): number {
  const parts = formatOf(timeZone).formatToParts(now);
  const part = (type: string) => Number(parts.find((each) => each.type === type)?.value);
  const shown = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return shown - Math.floor(now / 1000) * 1000;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const cached = formats.get(timeZone);
  if (cached) return cached;
  try {
    const numeric = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const;
    const format = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', second: 'numeric', ...numeric });
    formats.set(timeZone, format);
    return format;
  } catch {
    throw new UnsupportedError(`${timeZone} is not a time zone`);
  }
}
