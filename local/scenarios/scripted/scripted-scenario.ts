import { errorEnvelope } from '../../emulators/okta/error-responses.ts';
import { canHost } from '../../runner/choose-variant.ts';
import { badRuns, expectedFinding } from '../case-scenarios.ts';
import { noGaps } from '../checks.ts';
import type { DeploymentPlan } from '../deployment-plan.ts';
import { interceptOrg } from '../faults/answers.ts';
import { injects, type SimulationFault } from '../faults/simulation-fault.ts';
import type { ExpectedNotification, Scenario } from '../scenario.ts';

/** What a scenario is made for. */
export interface ScenarioContext {
  readonly watch: DeploymentPlan;
  /** The org that it happens to. */
  readonly org: string;
  /** How often flows run there, in minutes. */
  readonly every: number;
  readonly noiseMinutes: number;
}

/** Makes the rows of one scenario: none where the configuration has no place for it. */
export type ScenarioFactory = (setting: ScenarioContext) => readonly Scenario[];

/** Whether what a scenario is about runs at its org. */
export function isMonitored({ watch, org }: ScenarioContext, place: Parameters<typeof canHost>[1]): boolean {
  return watch.orgs.some((watched) => watched.org.name === org && canHost(watched, place));
}

/** The same for each org, where something is wrong that is the same for all. */
export function forEachOrg<Made>(setting: ScenarioContext, make: (own: ScenarioContext) => Made): readonly Made[] {
  return setting.watch.orgs.map(({ org, intervalMinutes }) =>
    make({ ...setting, org: org.name, every: intervalMinutes.flows }),
  );
}

/** The outage of scenarios in which any would do: Okta fails at every endpoint. */
export const outage: SimulationFault = injects(interceptOrg(errorEnvelope('E0000009')));

/** What people must hear of it. */
export function outageNotification(setting: ScenarioContext): ExpectedNotification {
  return expectedFinding(setting, 'page', { code: 'internal-error', domain: 'okta' });
}

/** A scenario's row: that outage, for as long as a case lasts, unless the row says otherwise. */
export function scriptedScenario(
  setting: ScenarioContext,
  id: string,
  title: string,
  differs: Partial<Omit<Scenario, 'id' | 'title'>> & Pick<Scenario, 'target'>,
): Scenario {
  return {
    ...{ kind: 'scenario', id, name: id, title, deployment: 'configured', org: setting.org },
    faultPhases: [{ minutes: badRuns * setting.every, faults: [outage] }],
    expected: [outageNotification(setting)],
    checks: setting.every === 1 ? [noGaps] : [],
    ...differs,
  };
}
