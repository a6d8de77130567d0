/**
 * Shows the product at work, without an account and without a network: `npm start`.
 *
 * Builds the functions, synthesizes the stack and simulates both in virtual time: healthy minutes, an outage, the alarm, the
 * message that people get, and its end.
 */
import { once } from 'node:events';
import { probes } from '../../functions/probes/index.ts';
import { planProbes } from '../../functions/probes/plan.ts';
import { loadConfig } from '../../lib/config/load-config.ts';
import { delayInWords, totalDelay } from '../lab/busy-machine.ts';
import { type Deployments, deploymentsOf, drillDeployments } from '../lab/deployments.ts';
import { loopback, type PlayedBoard, playOnBoard } from '../lab/play-on-board.ts';
import { type ScenarioRun, ScenarioWorker } from '../lab/run-scenarios.ts';
import { canHost, type DeploymentPlan, deploymentPlan } from '../lab/scenarios/deployment-plan.ts';
import type { Scenario } from '../lab/scenarios/scenario.ts';
import { selectScenarios } from '../lab/select.ts';
import { adoptServers } from '../lab/simulation/adopt-servers.ts';
import type { Simulation } from '../lab/simulation/simulation.ts';
import type { NotificationResult } from '../lab/verify-scenario.ts';
import { pageReader } from '../self-hosted/board/read-page.ts';
import { boardJournal, type ServedBoard, serveBoard } from '../self-hosted/board/serve-board.ts';
import { openHistory } from '../self-hosted/history/open-history.ts';
import { retentionOf, usualKeepDays } from '../self-hosted/history/retention.ts';
import { tee } from '../self-hosted/journal.ts';
import { systemClock } from '../self-hosted/lambda/real-time-queue.ts';
import type { TimelineEvent } from '../self-hosted/timeline.ts';
import { defineCommand, finish, integerOf, interrupted, listening, listOf, sharedOptions } from './command.ts';
import { drillResults } from './reporters/drill.ts';
import { formatOff } from './reporters/outcomes.ts';
import { type ProgressStream, showProgress } from './reporters/progress.ts';
import { bold, dim, duration, fold, green, minutes, red } from './reporters/text.ts';
import { eventDocument, timelineReporter, width } from './reporters/timeline.ts';
import { formatWatchIntro, watchReporter } from './reporters/watch.ts';
import { firingAlarms, liveEvents, runWatch } from './watch/watch.ts';

/** Formats the deployment that is about to be simulated. */
function formatIntro({ deployment }: Simulation, { orgs }: DeploymentPlan, config: string): readonly string[] {
  const { alarms, schedules } = deployment;
  return [
    '',
    bold(`Simulating the stack built from ${config}`),
    '',
    ...orgs.map(({ org }) => `  ${org.name}: an Okta emulator replaces ${org.domain}`),
    `  ${schedules.length} schedules, ${alarms.alarms.length} alarms; virtual time moves as fast as the functions run`,
    ...orgs.flatMap(({ org }) => formatOff(planProbes(org, probes))).flatMap((line) => fold(line, width)),
    '',
  ];
}

/** The commands to run next, each with what it does. */
export const nextSteps = [
  ['npm start -- --case K1', 'a rotated secret; npm run drill -- --list shows all'],
  ['npm start -- --watch', 'the same in real time'],
  ['npm run drill', 'verify the notifications of every case'],
  ['npm run setup -- --domain <host>', 'make what your own org needs'],
] as const;

/** Whether people were notified correctly, how soon, and what to run next. */
function formatSummary(runs: readonly ScenarioRun[]): readonly string[] {
  const seconds = runs.reduce((sum, run) => sum + run.seconds, 0);
  const virtual = runs.reduce((sum, run) => sum + run.minutes, 0);
  const delay = totalDelay(runs);
  return [
    '',
    ...runs.flatMap(resultLines),
    ...(delay ? [delayInWords(delay)] : []),
    dim(`${virtual} virtual minutes in ${duration(seconds)}`),
    '',
    ...nextSteps.map(([command, what]) => `${command.padEnd(36)}${dim(what)}`),
  ];
}

function resultLines({ scenario, verification: { passed, failures, notifications } }: ScenarioRun): readonly string[] {
  const name = `Case ${scenario.id}`;
  if (!passed) return failures.flatMap((failure) => fold(`✗ ${name}: ${failure}`, width)).map(red);
  return notifications.flatMap((result) => fold(`✓ ${name}: ${sentence(result)}`, width)).map(green);
}

function sentence({ route, notifiedAfter = 0, finding, resolvedAfter = 0 }: NotificationResult): string {
  const what = finding === undefined ? '' : ` with the finding ${finding}`;
  return `${route} sent after ${minutes(notifiedAfter)}${what}; resolved ${minutes(resolvedAfter)} after the fault ended`;
}

const { config, case: case_, json, junit } = sharedOptions;

export const start = defineCommand({
  name: 'start',
  options: {
    case: { ...case_, help: `${case_.help} (default: O1)` },
    watch: {
      type: 'boolean',
      default: false,
      help: 'run in real time until Ctrl-C, as npm run watch does; injects a fault only with --case',
    },
    board: {
      type: 'boolean',
      default: false,
      help: 'show it on a page in the browser too; it begins when you open the page, and the page stays until Ctrl-C',
    },
    port: { type: 'string', value: '<number>', default: '0', help: 'with --board: the port (default: a free one)' },
    config,
    json,
    junit,
  },
  exclusive: [['watch', 'junit']],
  async run(values, output) {
    const { stdout, stderr } = output;
    const port = integerOf('port', values.port, 0, 65_535);
    using progress = showProgress(stderr);
    const { config: adopted, remarks } = adoptServers(loadConfig(values.config));
    for (const remark of remarks) progress.step(remark);
    const plan = deploymentPlan(adopted);
    const selected = listOf(values.case);
    const scenarios = values.watch && !selected ? [] : demoScenarios(plan, selected);
    progress.step('synthesizing the stack, building the functions and starting the emulators');
    // Played in virtual time, it begins at the same time each time: what it prints is the sample in the README.
    const deployments = values.watch || values.board ? deploymentsOf(adopted) : drillDeployments(adopted);
    const print = (lines: readonly string[]) => {
      if (lines.length > 0) stdout.write(`${lines.join('\n')}\n`);
    };

    if (values.watch) {
      await watchEmulator(
        deployments,
        { ...values, scenario: scenarios[0], name: adopted.deployment, port: values.board ? port : undefined },
        stdout,
      );
      return 0;
    }

    await using opened = new AsyncDisposableStack();
    const played = values.board
      ? opened.use(
          await listening(
            { host: loopback, port },
            playOnBoard(deployments, { port, name: adopted.deployment, leastMs: boardMinuteMs }),
          ),
        )
      : undefined;
    if (played && !(await isOpened(played, (line) => progress.step(line)))) return 0;
    await using worker = new ScenarioWorker({
      deployments: played?.deployments ?? deployments,
      onOpen: (simulation) => !values.json && print(formatIntro(simulation, plan, values.config)),
    });
    const runs: ScenarioRun[] = [];
    const events: TimelineEvent[] = [];
    for (const scenario of scenarios) {
      const report = timelineReporter(scenario);
      const onEvent = (event: TimelineEvent) => {
        events.push(event);
        if (!values.json) print(report(event));
      };
      runs.push(await worker.run(scenario, { brief: true, onEvent }));
    }
    const results = drillResults({ runs });
    const seconds = runs.reduce((sum, run) => sum + run.seconds, 0);
    const code = finish(output, values, {
      passed: results.every((result) => result.passed),
      text: () => formatSummary(runs).join('\n'),
      document: () => ({ results: runs.map(demoResult), events: events.map(eventDocument), seconds }),
      junit: () => ({ command: 'start', results, seconds }),
    });
    if (played) {
      progress.step(`the board stays at ${played.url}/ until Ctrl-C`);
      using stop = interrupted();
      await once(stop.signal, 'abort');
    }
    return code;
  },
});

/** A minute on the board takes a second at least. */
const boardMinuteMs = 1_000;

/** Prints the address of the board and waits for its first viewer. Returns false if Ctrl-C came first. */
async function isOpened({ url, viewed }: PlayedBoard, say: (line: string) => void): Promise<boolean> {
  say(`open ${url}/ in a browser: the story begins then`);
  using stop = interrupted();
  return await Promise.race([viewed.then(() => true), once(stop.signal, 'abort').then(() => false)]);
}

/** The fault of a case starts after this many minutes, and stays. */
const minutesBeforeFault = 2;

/** Runs the deployment in real time until Ctrl-C, with an Okta emulator in the place of each org. */
async function watchEmulator(
  deployments: Deployments,
  {
    config,
    json,
    scenario,
    name,
    port,
  }: {
    readonly config: string;
    readonly json: boolean;
    readonly scenario?: Scenario | undefined;
    /** The name of the deployment. */
    readonly name: string;
    /** Where the board is served; undefined if it is not. */
    readonly port: number | undefined;
  },
  stdout: ProgressStream,
): Promise<void> {
  using stop = interrupted();
  const clock = systemClock(stop.signal);
  using history = openHistory(':memory:');
  using reporter = watchReporter(stdout, { json, scenario, firing: () => firingAlarms(simulation) });
  const live = liveEvents(reporter.show);
  let board: ServedBoard | undefined;
  const journal = tee(
    history.journal,
    tee(
      live.journal,
      boardJournal(() => board),
    ),
  );
  await using opened = new AsyncDisposableStack();
  const simulation = opened.use(await deployments.open('configured', { realTime: clock, journal }));
  if (port !== undefined) {
    const { orgs } = simulation;
    const read = pageReader({ ...{ system: simulation, orgs, name, now: clock.now }, reader: history.reader });
    board = opened.use(await listening({ host: loopback, port }, serveBoard({ host: loopback, port, read })));
  }
  const { deployment, startedAt } = simulation;
  const keepDays = usualKeepDays;
  reporter.intro(formatWatchIntro({ config, domains: ['the embedded Okta'], deployment, keepDays, board: board?.url }));
  await runWatch(simulation, {
    ...{ clock, history, live, retention: retentionOf(keepDays), onEvent: reporter.show },
    async beforeMinute(minute) {
      if (!scenario || minute !== startedAt + minutesBeforeFault * 60_000) return;
      const faults = scenario.faultPhases.flatMap((phase) => phase.faults ?? []);
      for (const fault of faults) await fault(simulation, scenario.org, { packetsLost: 0 });
      reporter.show({ kind: 'fault', at: minute });
    },
  });
}

/** One scenario per selected case. By default Okta fails at the token endpoint, or at another monitored one. */
function demoScenarios(plan: DeploymentPlan, selected?: readonly string[]): readonly Scenario[] {
  const token = { group: 'flows', probe: 'token', server: 'default' } as const;
  const usual = plan.orgs.some((org) => canHost(org, token)) ? 'O1@token@default' : 'O1';
  return (selected ?? [usual]).flatMap((text) =>
    selectScenarios(plan, { cases: [text], packetLossMinutes: 1 }).scenarios.slice(0, 1),
  );
}

function demoResult({ scenario, verification, minutes, seconds }: ScenarioRun): object {
  return {
    ...{
      case: scenario.id,
      scenario: scenario.name,
      title: scenario.title,
      org: scenario.org,
      target: scenario.target,
    },
    ...{ ...verification, virtualMinutes: minutes, seconds },
  };
}
