import { UnsupportedError } from './unsupported-error.ts';

/** What a clock on the wall shows. Months count from 1, and Sunday is 0. */
export interface WallTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly weekday: number;
  readonly hour: number;
  readonly minute: number;
}

/** What the clocks of a time zone show at a time. */
export function wallTimeAt(now: number, timeZone: string): WallTime {
  const wall = new Date(now + offsetAt(now, timeZone));
  return {
    year: wall.getUTCFullYear(),
    month: wall.getUTCMonth() + 1,
    day: wall.getUTCDate(),
    weekday: wall.getUTCDay(),
    hour: wall.getUTCHours(),
    minute: wall.getUTCMinutes(),
  };
}

/**
 * When the clocks of a time zone show a time.
 *
 * Trap: when clocks go forward an hour does not exist, and when they go back one happens twice. The first is taken as
 * the hour after, the second at its first time; CloudWatch documents neither.
 */
export function timeOf(wall: Omit<WallTime, 'weekday'>, timeZone: string): number {
  const shown = Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute);
  const dayMs = 86_400_000;
  const candidates = [offsetAt(shown - dayMs, timeZone), offsetAt(shown + dayMs, timeZone)].map(
    (offset) => shown - offset,
  );
  const exact = candidates.filter((candidate) => candidate + offsetAt(candidate, timeZone) === shown);
  return exact.length > 0 ? Math.min(...exact) : Math.max(...candidates);
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Milliseconds that a zone's clocks are ahead of UTC. */
function offsetAt(now: number, timeZone: string): number {
  const parts = formatOf(timeZone).formatToParts(now);
  const part = (type: string) => Number(parts.find((each) => each.type === type)?.value);
  const shown = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return shown - Math.floor(now / 1000) * 1000;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  try {
    const numeric = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const;
    const format = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', second: 'numeric', ...numeric });
    formats.set(timeZone, format);
    return format;
  } catch {
    throw new UnsupportedError(`${timeZone} is no time zone`);
  }
}
