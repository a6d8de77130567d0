/**
 * Shows the product working, with no account and no network: `npm start`.
 *
 * Builds the functions, synthesizes the stack, and lets both run as they would be deployed, in time that does not have to
 * be waited for: healthy minutes, an outage, the alarm, the message that people get, and its end. Exits with 0 when people
 * were told rightly, with 1 when they were not, with 2 for a wrong call.
 */
import { parseArgs, styleText } from 'node:util';
import { loadConfig } from '../../lib/config/load-config.ts';
import { bundle, type Entry } from '../../lib/functions/bundle.ts';
import { newsTeller } from '../reporters/change-filter.ts';
import { formatOutcomes } from '../reporters/check.ts';
import { formatOpening } from '../reporters/demo-intro.ts';
import { storyJson } from '../reporters/demo-json.ts';
import { formatEnding } from '../reporters/demo-summary.ts';
import { formatHappening } from '../reporters/timeline.ts';
import { canHost, chooseVariant, NoSuchVariant } from '../runner/choose-variant.ts';
import { judgeStory } from '../runner/judge-story.ts';
import { type Outage, runDemo, runInRealTime, type TimelineEvent } from '../runner/timeline.ts';
import { caseScenario } from '../scenarios/case-scenarios.ts';
import { type DeploymentPlan, deploymentPlan } from '../scenarios/deployment-plan.ts';
import { adoptServers } from '../simulator/adopt-servers.ts';
import { openSimulation } from '../simulator/open-simulation.ts';
import type { Simulation } from '../simulator/simulation.ts';
import { synthesize } from '../simulator/synthesize.ts';
import { runCommand } from './command.ts';

const usage = `Usage: npm start -- [--config <path>] [--case <id>] [--watch] [--json]

  --config <path>  the configuration to rehearse (default: the commented example)
  --case <id>      the outage: K1, or at one place C2@token@org (default: O1@token@default, or what can be met)
  --watch          keep running, a minute a minute, until Ctrl-C; goes wrong only with --case
  --json           print one JSON document instead of text
  --help           print this
`;

const options = {
  config: { type: 'string', default: 'lib/config/example.jsonc' },
  case: { type: 'string' },
  watch: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

function readFlags() {
  const { values } = parseArgs({ options });
  if (values.watch && values.json) throw new Error('--watch has no end, and --json prints one document at the end');
  return values;
}

type Flags = ReturnType<typeof readFlags>;

/** Progress is for people: on stderr, so that what a script reads stays clean. */
function progress(what: string): void {
  process.stderr.write(`${styleText('dim', '…', { stream: process.stderr })} ${what}\n`);
}

/** What goes wrong where nobody chose: an error of Okta's, at a place that the configuration has. */
const usualCases = ['O1@token@default', 'O1'] as const;

function chooseOutage(choice: string | undefined, watch: DeploymentPlan): Outage {
  for (const usual of choice === undefined ? usualCases : [choice]) {
    try {
      const { case: one, cell } = chooseVariant(usual, watch.orgs);
      const watched = watch.orgs.find((org) => canHost(org, cell.target));
      if (!watched) continue;
      const drill = caseScenario(watch, watched, one, cell);
      return { case: one, cell, intervalMinutes: watched.intervalMinutes.flows, drill };
    } catch (error) {
      if (choice !== undefined || !(error instanceof NoSuchVariant)) throw error;
    }
  }
  throw new NoSuchVariant(`Case ${choice ?? usualCases[0]} cannot be met by this configuration.`);
}

async function start({ config: path, case: choice, json, watch: isWatching }: Flags): Promise<number> {
  const { config, remarks } = adoptServers(loadConfig(path));
  for (const remark of remarks) progress(remark);
  const watch = deploymentPlan(config);
  const outage = isWatching && choice === undefined ? undefined : chooseOutage(choice, watch);
  progress('synthesizing the stack');
  const { template } = synthesize(config);
  progress('building the functions, and starting an embedded Okta');
  await using rehearsal = await openSimulation({ template, bundleOf });
  if (!outage || isWatching) return await watchUntilStopped(rehearsal, path, outage);
  const startedAt = performance.now();
  const happenings: TimelineEvent[] = [];
  if (!json) print(formatOpening(rehearsal, watch.orgs, path));
  const isNews = newsTeller();
  for await (const happening of runDemo(rehearsal, outage, watch.settlingMinutes)) {
    if (!json) tell(happening, isNews);
    happenings.push(happening);
  }
  const verdict = judgeStory(happenings, outage);
  const seconds = (performance.now() - startedAt) / 1000;
  print(json ? [storyJson(rehearsal, happenings, verdict)] : formatEnding(verdict, seconds));
  return verdict.passed ? 0 : 1;
}

const bundleOf = (entry: string) => bundle(entry as Entry).file;

/** The first minute in full; after that, a minute that brings nothing new need not be read. */
function tell(happening: TimelineEvent, isNews: ReturnType<typeof newsTeller>): void {
  if (happening.kind === 'minute') {
    const news = isNews(happening);
    if (news === 'none') return;
    if (news === 'first') print([...formatOutcomes(happening.outcomes).map((line) => `  ${line}`), '']);
  }
  print(formatHappening(happening));
}

async function watchUntilStopped(rehearsal: Simulation, path: string, outage?: Outage): Promise<number> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  print([`${path}, a minute a minute; Ctrl-C ends it`, '']);
  for await (const happening of runInRealTime(rehearsal, stop.signal, outage)) {
    const isIdle = happening.kind === 'minute' && happening.minute.runs.length === 0;
    if (!isIdle) print(formatHappening(happening));
  }
  return 0;
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

await runCommand({ usage, flags: readFlags, run: start });
