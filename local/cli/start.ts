/**
 * Shows the product at work, without an account and without a network: `npm start`.
 *
 * Builds the functions, synthesizes the stack and simulates both in virtual time: healthy minutes, an outage, the alarm, the
 * message that people get, and its end.
 */
import { writeFileSync } from 'node:fs';
import { loadConfig } from '../../lib/config/load-config.ts';
import { openHistory } from '../history/open-history.ts';
import { retentionOf, usualKeepDays } from '../history/retention.ts';
import { formatIntro, formatSummary } from '../reporters/demo.ts';
import { drillResults } from '../reporters/drill.ts';
import { toJson } from '../reporters/json.ts';
import { toJunit } from '../reporters/junit.ts';
import { type ProgressStream, showProgress } from '../reporters/progress.ts';
import { eventDocument, timelineReporter } from '../reporters/timeline.ts';
import { formatWatchIntro, watchReporter } from '../reporters/watch.ts';
import { type Deployments, deploymentsOf, openScenarioWorker, type ScenarioRun } from '../runner/scenario-worker.ts';
import { selectScenarios, UsageError } from '../runner/select.ts';
import type { TimelineEvent } from '../runner/timeline.ts';
import { firingAlarms, liveEvents, runWatch } from '../runner/watch.ts';
import { canHost, type DeploymentPlan, deploymentPlan } from '../scenarios/deployment-plan.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { adoptServers } from '../simulator/adopt-servers.ts';
import { tee } from '../simulator/journal.ts';
import { systemClock } from '../watch/system-clock.ts';
import { defineCommand, listOf, main, sharedOptions } from './command.ts';

const { config, case: case_, json, junit } = sharedOptions;

export const start = defineCommand({
  name: 'npm start',
  options: {
    case: { ...case_, help: `${case_.help} (default: O1)` },
    watch: {
      ...{ type: 'boolean', default: false },
      help: 'run in real time until Ctrl-C, as npm run watch does; injects a fault only with --case',
    },
    config,
    json,
    junit,
  },
  async run(values, { stdout, stderr }) {
    if (values.watch && values.junit) throw new UsageError('--watch has no end, so it has no --junit.');
    using progress = showProgress(stderr);
    const { config: adopted, remarks } = adoptServers(loadConfig(values.config));
    for (const remark of remarks) progress.step(remark);
    const plan = deploymentPlan(adopted);
    const selected = listOf(values.case);
    const scenarios = values.watch && !selected ? [] : demoScenarios(plan, selected);
    progress.step('synthesizing the stack, building the functions and starting the emulators');
    const deployments = deploymentsOf(adopted);
    const print = (lines: readonly string[]) => {
      if (lines.length > 0) stdout.write(`${lines.join('\n')}\n`);
    };

    if (values.watch) {
      await watchEmulator(deployments, { ...values, scenario: scenarios[0] }, stdout);
      return 0;
    }

    await using worker = openScenarioWorker({
      deployments,
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
    const passed = results.every((result) => result.passed);
    const seconds = runs.reduce((sum, run) => sum + run.seconds, 0);
    if (values.junit !== undefined) writeFileSync(values.junit, toJunit({ command: 'start', results, seconds }));
    if (values.json) {
      stdout.write(
        `${toJson(passed, { results: runs.map(demoResult), events: events.map(eventDocument), seconds })}\n`,
      );
    } else print(formatSummary(runs));
    return passed ? 0 : 1;
  },
});

/** The fault of a case starts after this many minutes, and stays. */
const minutesBeforeFault = 2;

/** Runs the deployment in real time until Ctrl-C, with an Okta emulator in the place of each org. */
async function watchEmulator(
  deployments: Deployments,
  {
    config,
    json,
    scenario,
  }: { readonly config: string; readonly json: boolean; readonly scenario?: Scenario | undefined },
  stdout: ProgressStream,
): Promise<void> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const clock = systemClock(stop.signal);
  using history = openHistory(':memory:');
  using reporter = watchReporter(stdout, { json, scenario, firing: () => firingAlarms(simulation) });
  const live = liveEvents(reporter.show);
  const journal = tee(history.journal, live.journal);
  await using simulation = await deployments.open('configured', { realTime: clock, journal });
  const { deployment, startedAt } = simulation;
  const keepDays = usualKeepDays;
  reporter.intro(formatWatchIntro({ config, domains: ['the embedded Okta'], deployment, keepDays }));
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

/** One scenario per selected case. By default Okta fails at the token endpoint, or at whatever is monitored. */
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

if (import.meta.main) await main(start);
