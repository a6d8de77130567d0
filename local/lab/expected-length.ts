import { processors } from './pool.ts';
import { type DeploymentVariant, fleets, healthyMinutes, isFleet } from './scenarios/deployment-variants.ts';
import type { Scenario } from './scenarios/scenario.ts';

/** Processor seconds, measured on two cores with the example, and with a configuration that runs every group. */
const cost = {
  /** Synthesizing the deployments, building the functions and loading the emulators. */
  start: 14,
  /** Opening a simulation and starting its functions. */
  simulation: 4,
  /** A virtual minute of one group. */
  groupMinute: 0.055,
} as const;

/** Real seconds in which a scenario waits for time-outs. */
const waitingSeconds = 30;

/** Returns how many virtual minutes a scenario takes, about. */
export function expectedMinutes({ before, faultPhases, expected, watchedFor = healthyMinutes }: Scenario): number {
  const phases = [...(before ?? []), ...faultPhases].reduce(
    (sum, { minutes, untilFired }) => sum + (untilFired ? minutes / 2 : minutes),
    0,
  );
  // An alarm needs some more minutes to resolve.
  return phases + watchedFor + (expected.length > 0 ? 3 : 1);
}

/** The groups that an org of the example runs: flows, limits and status. */
const groupsOfExample = 3;

/** What the length of a drill depends on besides its scenarios. */
export interface DrillSize {
  readonly cores?: number;
  /** How many groups the org with the most of them runs. */
  readonly groups?: number | undefined;
}

/** Returns how long it takes to run these scenarios, in seconds. Zero for none. */
export function expectedSeconds(
  scenarios: readonly Scenario[],
  { cores = processors, groups = groupsOfExample }: DrillSize = {},
): number {
  if (scenarios.length === 0) return 0;
  const simulations = scenarios.filter(({ fresh, isFirstDeployment }) => fresh || isFirstDeployment).length;
  const deployments = new Set(scenarios.map(({ deployment }) => deployment)).size;
  const minutes = scenarios.reduce((sum, each) => sum + expectedMinutes(each) * sizeOf(each.deployment), 0);
  const waiting = scenarios.filter(({ pace }) => pace === 'waits').length * waitingSeconds;
  const computing = (deployments + simulations) * cost.simulation + minutes * groups * cost.groupMinute;
  return cost.start + Math.max(computing / Math.min(cores, scenarios.length), waiting);
}

/** How many times as long as a minute of one org a minute of a deployment takes. */
function sizeOf(deployment: DeploymentVariant): number {
  return isFleet(deployment) ? fleets[deployment] : 1;
}
