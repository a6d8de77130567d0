/**
 * Shows the product at work, without an account and without a network: `npm start`.
 *
 * Builds the functions, synthesizes the stack and simulates both in virtual time: healthy minutes, an outage, the alarm, the
 * message that people get, and its end.
 */
import { writeFileSync } from 'node:fs';
import { loadConfig } from '../../lib/config/load-config.ts';
import { formatIntro, formatSummary } from '../reporters/demo.ts';
import { drillResults } from '../reporters/drill.ts';
import { toJson } from '../reporters/json.ts';
import { toJunit } from '../reporters/junit.ts';
import { showProgress } from '../reporters/progress.ts';
import { eventDocument, timelineReporter } from '../reporters/timeline.ts';
import { runInRealTime } from '../runner/realtime.ts';
import { deploymentsOf, openScenarioWorker, type ScenarioRun } from '../runner/scenario-worker.ts';
import { selectScenarios, UsageError } from '../runner/select.ts';
import type { TimelineEvent } from '../runner/timeline.ts';
import { canHost, type DeploymentPlan, deploymentPlan } from '../scenarios/deployment-plan.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { adoptServers } from '../simulator/adopt-servers.ts';
import { defineCommand, listOf, main, sharedOptions } from './command.ts';

const { config, case: case_, json, junit } = sharedOptions;

export const start = defineCommand({
  name: 'npm start',
  options: {
    case: { ...case_, help: `${case_.help} (default: O1)` },
    realtime: {
      ...{ type: 'boolean', default: false },
      help: 'run in real time until Ctrl-C; injects a fault only with --case',
    },
    config,
    json,
    junit,
  },
  async run(values, { stdout, stderr }) {
    if (values.realtime && (values.json || values.junit)) {
      throw new UsageError('--realtime has no end, so it has no --json and no --junit.');
    }
    using progress = showProgress(stderr);
    const { config: adopted, remarks } = adoptServers(loadConfig(values.config));
    for (const remark of remarks) progress.step(remark);
    const plan = deploymentPlan(adopted);
    const selected = listOf(values.case);
    const scenarios = values.realtime && !selected ? [] : demoScenarios(plan, selected);
    progress.step('synthesizing the stack, building the functions and starting the emulators');
    const deployments = deploymentsOf(adopted);
    const print = (lines: readonly string[]) => {
      if (lines.length > 0) stdout.write(`${lines.join('\n')}\n`);
    };

    if (values.realtime) {
      await using simulation = await deployments.open('configured');
      const stop = new AbortController();
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
      print([`${values.config}, in real time; Ctrl-C stops it`, '']);
      const [scenario] = scenarios;
      const report = timelineReporter(scenario, true);
      await runInRealTime(simulation, { stop: stop.signal, scenario, onEvent: (event) => print(report(event)) });
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
