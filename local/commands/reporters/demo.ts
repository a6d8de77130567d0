import { probes } from '../../../functions/probes/index.ts';
import { planProbes } from '../../../functions/probes/plan.ts';
import type { ScenarioRun } from '../../lab/run-scenarios.ts';
import type { DeploymentPlan } from '../../lab/scenarios/deployment-plan.ts';
import type { Simulation } from '../../lab/simulation/simulation.ts';
import type { NotificationResult } from '../../lab/verify-scenario.ts';
import { formatOff } from './outcomes.ts';
import { bold, dim, duration, fold, green, minutes, red } from './text.ts';
import { width } from './timeline.ts';

/** What is about to be simulated. */
export function formatIntro({ deployment }: Simulation, { orgs }: DeploymentPlan, config: string): readonly string[] {
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

const nextSteps = [
  ['npm start -- --case K1', 'a rotated secret; npm run drill -- --list shows all'],
  ['npm start -- --watch', 'the same in real time'],
  ['npm run drill', 'verify the notifications of every case'],
  ['npm run check -- --config my.jsonc', 'check your own org from this machine'],
] as const;

/** Whether people were notified correctly, how soon, and what to run next. */
export function formatSummary(runs: readonly ScenarioRun[]): readonly string[] {
  const seconds = runs.reduce((sum, run) => sum + run.seconds, 0);
  const virtual = runs.reduce((sum, run) => sum + run.minutes, 0);
  return [
    '',
    ...runs.flatMap(resultLines),
    dim(`${virtual} virtual minutes in ${duration(seconds)}`),
    '',
    ...nextSteps.map(([command, what]) => `${command.padEnd(36)}${dim(what)}`),
  ];
}

function resultLines({ scenario, verification: { passed, failures, notifications } }: ScenarioRun): readonly string[] {
  const name = `Case ${scenario.id}`;
  if (!passed) return failures.flatMap((failure) => fold(`✗ ${name}: ${failure}`, width)).map(red);
  if (notifications.length === 0) return [green(`✓ ${name} is for information only: nobody was notified`)];
  return notifications.flatMap((result) => fold(`✓ ${name}: ${sentence(result)}`, width)).map(green);
}

function sentence({ route, notifiedAfter = 0, finding, resolvedAfter = 0 }: NotificationResult): string {
  const what = finding === undefined ? '' : ` with the finding ${finding}`;
  return `${route} sent after ${minutes(notifiedAfter)}${what}; resolved ${minutes(resolvedAfter)} after the fault ended`;
}
