import { checkedString } from './fields.ts';

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const weekdays = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

const fields = [
  { name: 'minute', min: 0, max: 59, names: [] },
  { name: 'hour', min: 0, max: 23, names: [] },
  { name: 'day of the month', min: 1, max: 31, names: [] },
  { name: 'month', min: 1, max: 12, names: months },
  { name: 'day of the week', min: 0, max: 6, names: weekdays },
] as const;

type Field = (typeof fields)[number];

/**
 * When a maintenance window starts: `cron(…)` for a recurring window, `at(…)` for a single one.
 *
 * Trap: days of the week must be given by name. CloudWatch does not document whether 1 is Sunday, as in EventBridge, or
 * Monday, as in Unix, and a window on the wrong day goes unnoticed until it is needed.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Schedule.html
 */
export const maintenanceSchedule = checkedString((value) => {
  const [, kind, expression = ''] = /^(cron|at)\((.*)\)$/.exec(value) ?? [];
  if (kind === 'cron') return cronProblem(expression);
  if (kind === 'at') {
    return oneTimeStart(value) === undefined
      ? 'is not a valid time: use at(2030-11-21T14:00), without a time zone'
      : undefined;
  }
  return 'must be cron(minute hour day-of-month month day-of-week) or at(2030-11-21T14:00)';
});

/** When an `at(…)` window starts on the clock of its time zone, as if that zone were UTC; otherwise undefined. */
export function oneTimeStart(schedule: string): number | undefined {
  const [, localTime = ''] = /^at\((\d{4}-\d\d-\d\dT\d\d:\d\d)\)$/.exec(schedule) ?? [];
  const time = Date.parse(`${localTime}Z`);
  // Date.parse turns 31 February into a day in March.
  return Number.isNaN(time) || !new Date(time).toISOString().startsWith(localTime) ? undefined : time;
}

function cronProblem(expression: string): string | undefined {
  const values = expression.split(' ');
  if (values.length !== fields.length) return 'must have five fields: cron(minute hour day-of-month month day-of-week)';
  for (const [index, field] of fields.entries()) {
    const problem = fieldProblem(values[index] ?? '', field);
    if (problem) return problem;
  }
  const [, , dayOfMonth, , dayOfWeek] = values;
  // With both set, Unix matches either day, EventBridge refuses the expression, and CloudWatch documents nothing.
  return dayOfMonth !== '*' && dayOfWeek !== '*'
    ? 'cannot set both a day of the month and a day of the week: use * for one of them'
    : undefined;
}

function fieldProblem(value: string, field: Field): string | undefined {
  if (value === '*') return undefined;
  const isDayOfWeek = field.name === 'day of the week';
  if (isDayOfWeek && /\d/.test(value)) {
    return 'must name days of the week (SUN, MON … SAT): 1 is Sunday in some cron formats and Monday in others';
  }
  const isValid = value.split(',').every((part) => {
    const [first = Number.NaN, last = first, ...more] = part.split('-').map((each) => numberOf(each, field));
    return more.length === 0 && first <= last && first >= field.min && last <= field.max;
  });
  const examples = isDayOfWeek ? 'SUN, MON-FRI or SUN,SAT' : `1, 1-3 or 1,3, from ${field.min} to ${field.max}`;
  return isValid ? undefined : `has an invalid ${field.name}: use * or a value such as ${examples}`;
}

function numberOf(value: string, { names, min }: Field): number {
  const index = (names as readonly string[]).indexOf(value);
  if (index >= 0) return index + min;
  return /^\d{1,2}$/.test(value) ? Number(value) : Number.NaN;
}
