import type { GameDayPlan, GameDayReport } from '../game-day/game-day.ts';
import { resultOf, type Step } from '../game-day/step.ts';
import { bold, dim, duration, fold, indent, mark, minutes, table, yellow } from './text.ts';

const columns = 100;

/** What a game day is going to do, before it is asked for. */
export function formatPlan({ caller, target, alarm, told, audience, expectedMinutes }: GameDayPlan): string {
  const who = told.length > 0 ? told.join(', ') : yellow('nobody');
  const topic =
    audience === undefined
      ? 'there is no topic for drills: see alerts.drills'
      : audience.slice(audience.lastIndexOf(':') + 1);
  const rows = [
    ['account', `${caller.account}, ${caller.region}, as ${caller.by}`],
    ['stack', target.stacks.join(', ')],
    ['org', target.org],
    ['drills', `${target.finding}, ${alarm?.datapointsToAlarm ?? '?'} values, until ${target.alarm} fires`],
    ['tells', `${who} (${topic}), with ${target.isPage ? 'DRILL in the subject, as a page' : 'DRILL in the subject'}`],
    ['invokes', `each of ${target.schedules.length} functions once, as its schedule does`],
    ['changes', 'no resource: if it is stopped, nothing has to be undone'],
    ['takes', `up to about ${minutes(Math.ceil(expectedMinutes))}`],
  ];
  return [bold('Game day'), ...indent(table(rows.map(([name = '', text = '']) => [dim(name), text])))].join('\n');
}

/** The steps as a table with what was seen, and below each that failed what is wrong and how to mend it. */
export function formatGameDay({ steps, stopped }: GameDayReport): string {
  const width = Math.max(...steps.map(({ name }) => name.length));
  const failed = steps.filter(({ status }) => status === 'failed').length;
  const skipped = steps.filter(({ status }) => status === 'skipped').length;
  const verdict = [
    `${steps.length - failed - skipped} of ${steps.length} steps passed`,
    ...(skipped > 0 ? [`${skipped} not tried`] : []),
  ].join(', ');
  return [
    ...steps.flatMap((step) => formatStep(step, width)),
    '',
    ...(stopped === undefined ? [] : [`Stopped. ${stopped}`]),
    bold(`${verdict}.`),
  ]
    .flatMap((line) => fold(line, columns))
    .join('\n');
}

function formatStep({ name, status, at, seconds, seen, problems }: Step, width: number): readonly string[] {
  const sign = { passed: mark(true), failed: mark(false), skipped: dim('-') }[status];
  const time = new Date(at).toISOString().slice(11, 19);
  const took = status === 'skipped' ? '' : duration(seconds);
  const head = `${sign} ${dim(`${time}Z`)} ${name.padEnd(width)}  ${took}`.trimEnd();
  return [
    ...fold(`${head}${seen.length > 0 ? dim(`  ${seen.join('; ')}`) : ''}`, columns),
    ...problems.flatMap(({ what, mend }) => [...fold(`    ${what}.`, columns), ...fold(`    → ${mend}`, columns)]),
  ];
}

/** The members of the JSON document. */
export function gameDayDocument({ caller, target, told, expectedMinutes }: GameDayPlan, report: GameDayReport): object {
  return {
    ...caller,
    ...{ stacks: target.stacks, org: target.org, finding: target.finding, alarm: target.alarm, page: target.isPage },
    ...{ told, expectedMinutes },
    ...(report.stopped !== undefined && { stopped: report.stopped }),
    steps: report.steps.map(({ at, ...step }) => ({ ...step, at: new Date(at).toISOString() })),
    results: report.steps.map(resultOf),
  };
}
