import { errorEnvelope } from '../../../../packages/okta-emulator/src/index.ts';
import { findingNotification } from '../case-scenarios.ts';
import { canHost, type DeploymentPlan } from '../deployment-plan.ts';
import { interceptOrg } from '../faults/answers.ts';
import { injects, type SimulationFault } from '../faults/configuration.ts';
import { type ExpectedNotification, faultRuns, noGaps, type Scenario, type Trace } from '../scenario.ts';
import type { ScenarioTarget } from '../targets.ts';

/** The deployment that a scripted scenario is made for. */
export interface ScenarioContext {
  readonly plan: DeploymentPlan;
  /** The org that it happens to. */
  readonly org: string;
  /** How often flows run there, in minutes. */
  readonly every: number;
  readonly packetLossMinutes: number;
  /** Whether to leave out scenarios that take minutes of processor time and resemble others. */
  readonly isSmall: boolean;
}

/** Makes the scenarios of one name. Empty if the configuration lacks their probes. */
export type ScenarioFactory = (context: ScenarioContext) => readonly Scenario[];

/** Whether the scenario's org runs this target. */
export function isMonitored({ plan, org }: ScenarioContext, target: ScenarioTarget): boolean {
  return plan.orgs.some((monitored) => monitored.org.name === org && canHost(monitored, target));
}

/** One expectation per org, for a fault that affects all of them. */
export function forEachOrg<Made>(context: ScenarioContext, make: (own: ScenarioContext) => Made): readonly Made[] {
  return context.plan.orgs.map(({ org, intervalMinutes }) =>
    make({ ...context, org: org.name, every: intervalMinutes.flows }),
  );
}

/** The default outage: Okta returns an internal error at every endpoint. */
export const outage: SimulationFault = injects(interceptOrg(errorEnvelope('E0000009')));

export function outageNotification(context: ScenarioContext): ExpectedNotification {
  return findingNotification(context, 'page', { finding: 'internal-error', domain: 'okta' });
}

/** A scenario with the default outage and its notification, unless `overrides` say otherwise. */
export function scriptedScenario(
  context: ScenarioContext,
  id: string,
  title: string,
  overrides: Partial<Omit<Scenario, 'id' | 'title'>> & Pick<Scenario, 'target'>,
): Scenario {
  return {
    ...{ kind: 'scenario', id, name: id, title, deployment: 'configured', org: context.org },
    faultPhases: [{ minutes: faultRuns * context.every, faults: [outage] }],
    expected: [outageNotification(context)],
    checks: context.every === 1 ? [noGaps] : [],
    ...overrides,
  };
}

/** What people were told of an alarm, in this order and nothing else. */
export function toldInOrder(alarm: string, expected: readonly string[]) {
  return ({ notifications }: Trace): readonly string[] => {
    const told = notifications
      .filter((each) => each.alarm === alarm)
      .map(({ status, context }) => [status, ...(context?.repeats ? [context.repeats] : [])].join(' '));
    return told.join(', ') === expected.join(', ') ? [] : [`people were told ${told.join(', ') || 'nothing'}`];
  };
}
