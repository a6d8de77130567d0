/**
 * Verifies the notifications before any deployment: `npm run drill`.
 *
 * Runs every known failure against the deployment in virtual time, with healthy minutes before and after, and verifies what
 * people get: which alarm fires and how soon, who is notified, with which finding, and when it is resolved. With `--scenario`,
 * the same for scripted scenarios: packet loss, flapping, a stopped schedule.
 *
 * With `--diagnosis`, it verifies only the findings of one run for each variant, as `npm run cases` does. With `--live`, it
 * tries a deployed stack instead.
 */
import path from 'node:path';
import { ConfigError } from '../../lib/config/config-error.ts';
import { loadConfig } from '../../lib/config/load-config.ts';
import type { Config } from '../../lib/config/schema.ts';
import { readFlatTemplate } from '../../lib/flat-template.ts';
import { probeEvents } from '../../lib/functions/probe-event.ts';
import { monitoredOrgs } from '../../lib/monitored-org.ts';
import type { Template } from '../../packages/cloudwatch-alarms/src/index.ts';
import { drillDeployments } from '../lab/deployments.ts';
import { expectedSeconds } from '../lab/expected-length.ts';
import { processors } from '../lab/pool.ts';
import { type DrillProgress, runScenarios } from '../lab/run-scenarios.ts';
import { deploymentPlan } from '../lab/scenarios/deployment-plan.ts';
import { type IncidentPlay, incidentPlays } from '../lab/scenarios/incidents/incident-scenarios.ts';
import { allScripted, type ScenarioSelection, selectScenarios } from '../lab/select.ts';
import { adoptServers } from '../lab/simulation/adopt-servers.ts';
import { awsOptions } from './aws-problem.ts';
import { defineCommand, finish, integerOf, listOf, sharedOptions } from './command.ts';
import { drillDocument, drillResults, formatDrill, formatScenarioList } from './reporters/drill.ts';
import { formatIncidents, incidentsDocument, playedIncidents } from './reporters/incidents.ts';
import { showProgress } from './reporters/progress.ts';
import { count, lengthInWords, quoted } from './reporters/text.ts';

const { config, case: case_, json, junit } = sharedOptions;

/** The flags that only a drill in virtual time has. */
const ofSimulation = [
  'scenario',
  'incidents',
  'every-variant',
  'quick',
  'packet-loss-minutes',
  'template',
  'list',
] as const;

export const drill = defineCommand({
  name: 'drill',
  options: {
    case: case_,
    scenario: {
      type: 'string',
      value: '<name>',
      multiple: true,
      help: 'a scripted scenario: flapping, packet-loss …, or all of them; repeat it or separate by commas',
    },
    'every-variant': {
      type: 'boolean',
      default: false,
      help: 'every variant of each case, not one of each finding, and all scripted scenarios',
    },
    quick: {
      type: 'boolean',
      default: false,
      help: 'one case for each alarm',
    },
    incidents: {
      type: 'boolean',
      default: false,
      help: 'past incidents of Okta and of its customers: who is told, when, and whom the message blames; see docs/incidents.md',
    },
    'packet-loss-minutes': {
      type: 'string',
      value: '<n>',
      help: 'the minutes of packet loss (default: 100; with --every-variant or --scenario packet-loss 10000)',
    },
    config,
    template: {
      type: 'string',
      value: '<file>',
      help: 'a template synthesized earlier: cdk.out/OktaSynthetics.template.json',
    },
    json,
    junit,
    diagnosis: {
      type: 'boolean',
      default: false,
      help: 'only the findings of one run for each variant, without alarms: the same as npm run cases',
    },
    healthy: {
      type: 'string',
      value: '<runs>',
      help: 'with --diagnosis: the number of runs while nothing is wrong (default: 1000, or 0 with --case)',
    },
    list: { type: 'boolean', default: false, help: 'list the cases and scenarios to select from' },
    live: {
      type: 'boolean',
      default: false,
      help: 'a game day in your AWS account: try the deployed stack and one of its alarms; see docs/game-day.md',
    },
    org: { type: 'string', value: '<name>', help: 'with --live: the org whose alarm is tried' },
    finding: {
      type: 'string',
      value: '<code>',
      help: 'with --live: the finding that is drilled (default: internal-error)',
    },
    stack: { type: 'string', value: '<name>', help: "with --live: the stack (default: the configuration's)" },
    page: { type: 'boolean', default: false, help: 'with --live: notify the people who are paged, not alerts.drills' },
    yes: { type: 'boolean', default: false, help: 'with --live: skip the confirmation' },
  },
  exclusive: [
    ['live', 'diagnosis', 'case', ...ofSimulation],
    ['diagnosis', ...ofSimulation.filter((flag) => flag !== 'list')],
    ['incidents', 'case', 'scenario', 'every-variant', 'quick', 'packet-loss-minutes', 'list'],
  ],
  requires: [
    ...(['org', 'finding', 'stack', 'page', 'yes'] as const).map((flag) => [flag, 'live'] as const),
    ['healthy', 'diagnosis'],
  ],
  async run(values, output) {
    if (values.diagnosis) {
      const { cases } = await import('./cases.ts');
      return cases.run(values, output);
    }
    if (values.live) {
      // Their clients take a second to load.
      const [{ liveDrill }, { AwsAccount }, { proxyOf }] = await Promise.all([
        import('./live-drill.ts'),
        import('./game-day/aws-account.ts'),
        import('./proxy.ts'),
      ]);
      return liveDrill(values, output, new AwsAccount(awsOptions(proxyOf(process.env))));
    }
    const { stdout, stderr } = output;
    const { config: adopted, remarks } = adoptServers(withoutNegativeTests(loadConfig(values.config)));
    const plan = deploymentPlan(adopted);
    const plays = values.incidents ? incidentPlays(plan) : undefined;
    const { scenarios, skipped } = plays ? scenariosOfIncidents(plays) : selectScenarios(plan, selectionOf(values));
    if (values.list) {
      stdout.write(`${formatScenarioList(scenarios)}\n`);
      return 0;
    }
    const template = values.template === undefined ? undefined : readTemplate(values.template);
    using progress = showProgress(stderr);
    for (const remark of remarks) progress.step(remark);
    const groups = Math.max(...monitoredOrgs(adopted).map((org) => probeEvents(org).length));
    const length = lengthInWords(expectedSeconds(scenarios, { groups }));
    progress.step(`${length}, ${count(scenarios.length)} cases and scenarios on ${processors} cores`);
    const run = await runScenarios({
      ...{ scenarios, groups },
      deployments: drillDeployments(adopted, template),
      onFinished: ({ scenario, verification }, now) => {
        progress.finished(scenario.name, verification.passed);
        progress.update(describe(now));
      },
      onMinute: (now) => progress.update(describe(now)),
    });
    progress[Symbol.dispose]();
    const report = { ...run, skipped };
    const results = drillResults(report);
    const played = plays && playedIncidents(plays, run.runs);
    const passed = results.every((result) => result.passed);
    const isOwn = values.config !== config.default;
    const next =
      passed && isOwn
        ? `Next: npm run doctor -- --config ${quoted(values.config)}, which says whether it can be deployed\n`
        : '';
    return finish(output, values, {
      passed,
      text: () => (played ? formatIncidents(played, report) : `${formatDrill(report)}${next}`),
      document: () => (played ? incidentsDocument(played) : drillDocument(report)),
      junit: () => ({ command: 'drill', results, ...report }),
    });
  },
});

interface SelectionFlags {
  readonly case?: readonly string[] | undefined;
  readonly scenario?: readonly string[] | undefined;
  readonly 'packet-loss-minutes'?: string | undefined;
  readonly 'every-variant': boolean;
  readonly quick: boolean;
  readonly list: boolean;
}

function selectionOf(values: SelectionFlags): ScenarioSelection {
  const named = listOf(values.scenario);
  const isWhole = values['every-variant'] || (named !== undefined && !named.includes(allScripted));
  return {
    cases: listOf(values.case),
    scenarios: named,
    packetLossMinutes: integerOf(
      'packet-loss-minutes',
      values['packet-loss-minutes'] ?? (isWhole ? '10000' : '100'),
      1,
    ),
    everyVariant: values['every-variant'],
    quick: values.quick,
    withScripted: values.list || values['every-variant'],
    isSmall: !isWhole,
  };
}

/** Each scenario once: incidents that look alike share it. */
function scenariosOfIncidents(plays: readonly IncidentPlay[]) {
  return { scenarios: [...new Set(plays.flatMap(({ scenario }) => scenario ?? []))], skipped: [] };
}

function describe({ done, of, virtualMinutes, secondsLeft }: DrillProgress): string {
  return `${done} of ${of} scenarios, ${count(virtualMinutes)} virtual minutes; ${lengthInWords(secondsLeft)} left`;
}

function readTemplate(file: string): Template {
  try {
    return readFlatTemplate([file], path.dirname(file)) as Template;
  } catch (cause) {
    throw new ConfigError(`The template ${file} cannot be read: ${(cause as Error).message}.`, { cause });
  }
}

/** Negative tests run so rarely that their alarms would outlast a scenario. Their own scenario has a deployment with them. */
function withoutNegativeTests({ orgs, ...rest }: Config): Config {
  return { ...rest, orgs: orgs.map((org) => ({ ...org, negativeTests: false })) };
}
