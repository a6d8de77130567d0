import { ConfigError } from '../../lib/config/config-error.ts';
import { loadConfig } from '../../lib/config/load-config.ts';
import { AccountError } from './aws-problem.ts';
import { finish, type Output } from './command.ts';
import type { DeployedAccount } from './game-day/deployed-account.ts';
import { type GameDayPlan, planGameDay, runGameDay } from './game-day/game-day.ts';
import { resultOf } from './game-day/step.ts';
import { type GameDayTarget, targetIn } from './game-day/target.ts';
import { formatGameDay, formatPlan, gameDayDocument } from './reporters/game-day.ts';
import { showProgress } from './reporters/progress.ts';
import { duration } from './reporters/text.ts';
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
