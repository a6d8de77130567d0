import { UnsupportedError } from './unsupported-error.ts';

/** The values that each of the five fields of a cron expression allows. */
type Cron = Readonly<Record<(typeof fields)[number]['name'], ReadonlySet<number>>>;

export interface MuteRule {
  readonly logicalId: string;
  readonly name: string;
  /** The names of the muted alarms. */
  readonly alarms: readonly string[];
  readonly schedule: { readonly kind: 'at'; readonly start: number } | { readonly kind: 'cron'; readonly cron: Cron };
  readonly timeZone: string;
  readonly durationMs: number;
  readonly startsAt?: number;
  readonly expiresAt?: number;
}

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const weekdays = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

const fields = [
  { name: 'minute', min: 0, max: 59, names: [], numbers: true },
  { name: 'hour', min: 0, max: 23, names: [], numbers: true },
  { name: 'day', min: 1, max: 31, names: [], numbers: true },
  { name: 'month', min: 1, max: 12, names: months, numbers: true },
  // AWS does not document whether 1 is Sunday (EventBridge) or Monday (Unix), so numbers are unsupported.
  { name: 'weekday', min: 0, max: 6, names: weekdays, numbers: false },
] as const;

/**
 * Whether a rule mutes its alarms at a time.
 *
 * Trap: a mute rule holds back only actions. States still change, and an alarm acts when the rule ends if it is still
 * in the new state.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-mute-rules.html
 */
export function isMuting(rule: MuteRule, now: number): boolean {
  if (rule.startsAt !== undefined && now < rule.startsAt) return false;
  if (rule.expiresAt !== undefined && now >= rule.expiresAt) return false;
  const start = rule.schedule.kind === 'at' ? rule.schedule.start : lastStart(rule.schedule.cron, rule, now);
  return start !== undefined && start <= now && now < start + rule.durationMs;
}

function lastStart(cron: Cron, { timeZone, durationMs }: MuteRule, now: number): number | undefined {
  const today = localTimeAt(now, timeZone);
  for (let daysAgo = 0; daysAgo <= Math.ceil(durationMs / dayMs) + 1; daysAgo += 1) {
    // Calendar days, because steps of 24 hours would skip the day on which the clocks go forward.
    const date = localTimeAt(Date.UTC(today.year, today.month - 1, today.day - daysAgo), 'UTC');
    if (!matches(cron, date)) continue;
    for (const hour of descending(cron.hour)) {
      for (const minute of descending(cron.minute)) {
        const start = timeOf({ ...date, hour, minute }, timeZone);
        if (start <= now) return start;
      }
    }
  }
  return undefined;
}

function matches(cron: Cron, { month, day, weekday }: LocalTime): boolean {
  return cron.month.has(month) && cron.day.has(day) && cron.weekday.has(weekday);
}

function descending(values: ReadonlySet<number>): readonly number[] {
  return [...values].sort((a, b) => b - a);
}

/** Parses `cron(Minutes Hours Day-of-month Month Day-of-week)` or `at(yyyy-MM-ddThh:mm)`. */
export function parseSchedule(expression: string, timeZone: string): MuteRule['schedule'] {
  const [, kind, inner = ''] = /^(cron|at)\((.*)\)$/.exec(expression.trim()) ?? [];
  if (kind === 'at') return { kind, start: parseTime(inner, timeZone) };
  if (kind !== 'cron') throw new UnsupportedError(`the schedule ${expression} is neither cron(…) nor at(…)`);
  const texts = inner.trim().split(/\s+/);
  if (texts.length !== fields.length)
    throw new UnsupportedError(`the schedule ${expression} does not have five fields`);
  const cron = Object.fromEntries(
    fields.map((field, index) => [field.name, valuesOf(texts[index] ?? '', field)]),
  ) as Cron;
  if (cron.day.size < 31 && cron.weekday.size < 7) {
    throw new UnsupportedError(
      `the schedule ${expression} restricts both the day of the month and the day of the week`,
    );
  }
  return { kind, cron };
}

function valuesOf(text: string, field: (typeof fields)[number]): ReadonlySet<number> {
  const invalid = (part: string): never => {
    throw new UnsupportedError(`${part} is not a valid ${field.name} in a schedule`);
  };
  const read = (part: string): number => {
    const named = (field.names as readonly string[]).indexOf(part.toUpperCase());
    const value = named >= 0 ? named + field.min : field.numbers && /^\d+$/.test(part) ? Number(part) : Number.NaN;
    return value >= field.min && value <= field.max ? value : invalid(part);
  };
  const ranges = text.split(',').map((part): readonly [number, number] => {
    if (part === '*') return [field.min, field.max];
    const [first = '', last = first, ...more] = part.split('-');
    const range = [read(first), read(last)] as const;
    return more.length > 0 || range[0] > range[1] ? invalid(part) : range;
  });
  return new Set(
    ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, index) => first + index)),
  );
}

/** Parses a time, which is in the rule's time zone unless it ends in Z. */
export function parseTime(text: string, timeZone: string): number {
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::\d\d)?(Z?)$/.exec(text.trim());
  if (!match) throw new UnsupportedError(`${text} is not a valid time, such as 2026-11-21T14:00`);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = match.slice(1, 6).map(Number);
  return timeOf({ year, month, day, hour, minute }, match[6] ? 'UTC' : timeZone);
}

/** Parses an ISO 8601 duration in days, hours and minutes. CloudWatch allows 1 minute to 15 days. */
export function parseDuration(text: string): number {
  const match = /^P(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?)?$/.exec(text);
  const [days = 0, hours = 0, minutes = 0] = (match?.slice(1) ?? []).map((part) => Number(part ?? 0));
  const durationMs = ((days * 24 + hours) * 60 + minutes) * minuteMs;
  if (!match || durationMs < minuteMs || durationMs > 15 * dayMs) {
    throw new UnsupportedError(`${text} is not a valid duration from PT1M to P15D`);
  }
  return durationMs;
}

/** A local time. Months count from 1, and Sunday is 0. */
interface LocalTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly weekday: number;
  readonly hour: number;
  readonly minute: number;
}

/** The local time in a time zone. */
function localTimeAt(now: number, timeZone: string): LocalTime {
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
function timeOf(local: Omit<LocalTime, 'weekday'>, timeZone: string): number {
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
