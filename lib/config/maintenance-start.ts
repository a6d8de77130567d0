import { text } from './fields.ts';

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const weekdays = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

const fields = [
  { name: 'minute', least: 0, most: 59, names: [] },
  { name: 'hour', least: 0, most: 23, names: [] },
  { name: 'day of the month', least: 1, most: 31, names: [] },
  { name: 'month', least: 1, most: 12, names: months },
  { name: 'weekday', least: 0, most: 6, names: weekdays },
] as const;

type Field = (typeof fields)[number];

/**
 * When a maintenance window begins: `cron(…)`, again and again, or `at(…)`, once.
 *
 * Trap: weekdays go by name alone. Whether CloudWatch's 1 is Sunday, as in EventBridge, or Monday, as in Unix, is not
 * documented, and a window on the wrong day is noticed when it is too late.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Schedule.html
 */
export const maintenanceStart = text((value) => {
  const [, kind, inner = ''] = /^(cron|at)\((.*)\)$/.exec(value) ?? [];
  if (kind === 'cron') return cronProblem(inner);
  if (kind === 'at') {
    return startOnce(value) === undefined ? 'is no time: write at(2030-11-21T14:00), without a zone' : undefined;
  }
  return 'must be cron(minutes hours day-of-month month weekday) or at(2030-11-21T14:00)';
});

/** What the clocks show when a one-off window begins, as if they were in UTC; undefined where it is no such window. */
export function startOnce(starts: string): number | undefined {
  const [, wall = ''] = /^at\((\d{4}-\d\d-\d\dT\d\d:\d\d)\)$/.exec(starts) ?? [];
  const time = Date.parse(`${wall}Z`);
  // Date.parse takes 31 February for a day in March.
  return Number.isNaN(time) || !new Date(time).toISOString().startsWith(wall) ? undefined : time;
}

function cronProblem(inner: string): string | undefined {
  const texts = inner.split(' ');
  if (texts.length !== fields.length) return 'must have five fields: cron(minutes hours day-of-month month weekday)';
  for (const [index, field] of fields.entries()) {
    const problem = fieldProblem(texts[index] ?? '', field);
    if (problem) return problem;
  }
  const [, , day, , weekday] = texts;
  // Unix takes either day, EventBridge forbids both, and CloudWatch does not say.
  return day !== '*' && weekday !== '*'
    ? 'may name a day of the month or a weekday, not both: put * for one'
    : undefined;
}

function fieldProblem(value: string, field: Field): string | undefined {
  if (value === '*') return undefined;
  const isWeekday = field.name === 'weekday';
  if (isWeekday && /\d/.test(value))
    return 'must name weekdays: SUN, MON … SAT, since 1 means Sunday here and Monday there';
  const isSound = value.split(',').every((part) => {
    const [first = Number.NaN, last = first, ...more] = part.split('-').map((each) => numberOf(each, field));
    return more.length === 0 && first <= last && first >= field.least && last <= field.most;
  });
  const example = isWeekday ? 'SUN, MON-FRI or SUN,SAT' : `1, 1-3 or 1,3, from ${field.least} to ${field.most}`;
  return isSound ? undefined : `has a malformed ${field.name}: give * or such as ${example}`;
}

function numberOf(value: string, { names, least }: Field): number {
  const named = (names as readonly string[]).indexOf(value);
  if (named >= 0) return named + least;
  return /^\d{1,2}$/.test(value) ? Number(value) : Number.NaN;
}
