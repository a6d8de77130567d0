import { findingsOf } from '../../../functions/model/outcome.ts';
import { formatTarget } from '../../../functions/model/target.ts';
import type { Scenario } from '../../lab/scenarios/scenario.ts';
import { isPosted, receiverOf } from '../../self-hosted/history/write-history.ts';
import type { Deployment } from '../../self-hosted/template/deployment.ts';
import type { TimelineEvent } from '../../self-hosted/timeline.ts';
import type { ProgressStream } from './progress.ts';
import { bold, clearLine, dim, fold } from './text.ts';
import { eventDocument, timelineReporter, width } from './timeline.ts';

/** Prints what happens in a watch. */
export interface WatchReporter extends Disposable {
  /** Lines before the first event; nothing as JSON, which is for programs. */
  intro(lines: readonly string[]): void;
  show(event: TimelineEvent): void;
}

/**
 * Prints events as they happen, and on a terminal a line below them that says how things stand. As JSON, each event is one
 * line.
 *
 * @param scenario whose fault is injected, if one is
 * @param firing how many alarms fire
 */
export function watchReporter(
  stdout: ProgressStream,
  {
    json,
    firing,
    scenario,
  }: { readonly json: boolean; readonly firing: () => number; readonly scenario?: Scenario | undefined },
): WatchReporter {
  const report = timelineReporter(scenario);
  const latest = new Map<string, 'passed' | 'failed' | 'skipped'>();
  const isTerminal = stdout.isTTY === true && !json;
  let status = '';
  const print = (lines: readonly string[]) => {
    const text = lines.map((line) => `${line}\n`).join('');
    if (isTerminal) stdout.write(`${clearLine}${text}${dim(status)}`);
    else if (text !== '') stdout.write(text);
  };
  return {
    intro: (lines) => !json && print(lines),
    show(event) {
      if (json) {
        stdout.write(`${JSON.stringify(eventDocument(event))}\n`);
        return;
      }
      if (event.kind === 'minute') {
        for (const each of event.outcomes) latest.set(`${each.org} ${formatTarget(each)}`, each.status);
        const number = (wanted: string) => [...latest.values()].filter((each) => each === wanted).length;
        const codes = new Set(event.outcomes.flatMap(findingsOf).map(({ code }) => code));
        const time = new Date(event.at + 60_000).toISOString().slice(11, 16);
        const counts = `${number('passed')} passed, ${number('failed')} failed, ${number('skipped')} skipped`;
        status =
          `${time}  ${counts}; ${firing()} alarms fire${codes.size > 0 ? `; ${[...codes].join(', ')}` : ''}`.slice(
            0,
            width,
          );
      }
      print(report(event));
    },
    [Symbol.dispose]() {
      if (isTerminal) stdout.write(clearLine);
    },
  };
}

export interface WatchIntro {
  readonly config: string;
  readonly domains: readonly string[];
  readonly deployment: Deployment;
  /** Where the history is; undefined if it ends with the process. */
  readonly folder?: string | undefined;
  readonly keepDays: number;
  /** Where the board is served. */
  readonly board?: string | undefined;
}

/** Formats the orgs that a watch begins with, and the limits of this machine. */
export function formatWatchIntro({
  config,
  domains,
  deployment,
  folder,
  keepDays,
  board,
}: WatchIntro): readonly string[] {
  const { schedules, alarms } = deployment;
  const unsent = unsentReceivers(deployment);
  return [
    '',
    bold(`Watching ${domains.join(', ')}, as ${config} says; Ctrl-C stops it`),
    '',
    `  ${schedules.length} schedules, ${alarms.alarms.length} alarms, in real time. Nothing is deployed and nothing goes to AWS but reading secrets.`,
    folder === undefined
      ? '  The history ends with this process.'
      : `  What it sees is kept for ${keepDays} days in ${folder}`,
    ...(board === undefined ? [] : [`  The board: ${board}/`, `  ${board}/health says whether runs are on time`]),
    ...(unsent.length === 0
      ? []
      : [`  Not sent from here, because only AWS can: what goes to ${unsent.join(', ')}. It is shown here.`]),
    '',
  ].flatMap((line) => fold(line, width));
}

/** Who gets messages in a way that this machine has not. */
function unsentReceivers({ topics }: Deployment): readonly string[] {
  const all = topics.flatMap(({ subscriptions }) =>
    subscriptions
      .filter(({ protocol }) => protocol !== 'lambda' && !isPosted(protocol))
      .map((each) => `${receiverOf(each)} (${each.protocol})`),
  );
  return [...new Set(all)];
}
