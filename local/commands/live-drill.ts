import { ConfigError } from '../../lib/config/config-error.ts';
import { loadConfig } from '../../lib/config/load-config.ts';
import { AccountError } from './aws-problem.ts';
import { finish, type Output } from './command.ts';
import type { DeployedAccount } from './game-day/deployed-account.ts';
import type { GameDayReport } from './game-day/game-day.ts';
import { type GameDayPlan, planGameDay, runGameDay } from './game-day/game-day.ts';
import { resultOf, type Step } from './game-day/step.ts';
import { type GameDayTarget, targetIn } from './game-day/target.ts';
import { showProgress } from './reporters/progress.ts';
import { bold, dim, duration, fold, indent, mark, minutes, table, yellow } from './reporters/text.ts';
import { confirm } from './terminal.ts';

/** The flags of `npm run drill -- --live`. */
export interface LiveDrillValues {
  readonly config: string;
  readonly org?: string | undefined;
  readonly finding?: string | undefined;
  readonly stack?: string | undefined;
  readonly page: boolean;
  readonly yes: boolean;
  readonly json: boolean;
  readonly junit?: string | undefined;
}

const defaultFinding = 'internal-error';

/**
 * A game day against a deployed stack: shows a plan, asks, and tries it. Returns the exit code.
 *
 * Ctrl-C stops it at any time. No resource is changed, so there is nothing to undo.
 */
export async function liveDrill(
  values: LiveDrillValues,
  output: Output,
  account: DeployedAccount,
  stopper = new AbortController(),
): Promise<number> {
  const { stdout, stderr, stdin } = output;
  const target = targetIn(loadConfig(values.config), { ...values, finding: values.finding ?? defaultFinding });
  const stop = () => stopper.abort();
  process.once('SIGINT', stop);
  try {
    const plan = await planned(account, target);
    (values.json ? stderr : stdout).write(`${formatPlan(plan)}\n\n`);
    if (!values.yes && !(await confirm(stdin, stderr, 'Begin?', stopper.signal))) {
      stderr.write('Nothing was done.\n');
      return 1;
    }
    using progress = showProgress(stderr);
    const report = await runGameDay(account, plan, {
      signal: stopper.signal,
      onStep: ({ name, status }) => status !== 'skipped' && progress.finished(name, status === 'passed'),
      onWaiting: (name, seconds) => progress.update(`${name}, ${duration(seconds)}`),
    });
    progress[Symbol.dispose]();
    const results = report.steps.map(resultOf);
    const seconds = report.steps.reduce((sum, step) => sum + step.seconds, 0);
    return finish(output, values, {
      passed: results.every((result) => result.passed),
      text: () => formatGameDay(report),
      document: () => gameDayDocument(plan, report),
      junit: () => ({ command: 'drill --live', results, seconds }),
    });
  } finally {
    process.off('SIGINT', stop);
  }
}

async function planned(account: DeployedAccount, target: GameDayTarget): Promise<GameDayPlan> {
  try {
    return await planGameDay(account, target);
  } catch (error) {
    if (!(error instanceof AccountError)) throw error;
    throw new ConfigError(`${error.message}. Check AWS_PROFILE and AWS_REGION; docs/game-day.md lists the rights.`, {
      cause: error,
    });
  }
}

const columns = 100;

/** Formats the plan of a game day, before the confirmation. */
function formatPlan({ caller, target, alarm, told, audience, expectedMinutes }: GameDayPlan): string {
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

/** Formats the steps as a table of observations, and below each failed step its problem and remedy. */
function formatGameDay({ steps, stopped }: GameDayReport): string {
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
function gameDayDocument({ caller, target, told, expectedMinutes }: GameDayPlan, report: GameDayReport): object {
  return {
    ...caller,
    ...{ stacks: target.stacks, org: target.org, finding: target.finding, alarm: target.alarm, page: target.isPage },
    ...{ told, expectedMinutes },
    ...(report.stopped !== undefined && { stopped: report.stopped }),
    steps: report.steps.map(({ at, ...step }) => ({ ...step, at: new Date(at).toISOString() })),
    results: report.steps.map(resultOf),
  };
}
