import { twin } from '../deployment-variants.ts';
import type { SimulationFault } from '../faults/simulation-fault.ts';
import type { ExpectedNotification } from '../scenario.ts';
import { notRunningNotification } from './monitor-stops.ts';
import { forEachOrg, type ScenarioContext, type ScenarioFactory, scriptedScenario } from './scripted-scenario.ts';

/** CloudFormation creates alarms and schedules in any order. So many minutes may pass before the first run. */
const minutesWithoutRuns = 4;

/** How long nothing but a deployment happens. No alarm looks further back. */
const watchedMinutes = 30;

/** An org that never starts must be told by then. Its alarms do not act at once, because they are new. */
const toldWithin = 30;

const jitter: SimulationFault = (simulation) => simulation.jitter({ mostSeconds: 59 });

/** Nothing runs at these orgs, or at none. */
const stop =
  (...orgs: readonly string[]): SimulationFault =>
  (simulation) => {
    const all = simulation.deployment.schedules.map(({ name }) => name);
    const stopped = all.filter((name) => orgs.length === 0 || orgs.some((org) => name.startsWith(`${org}-`)));
    const restores = stopped.map((name) => simulation.disable(name));
    return () => {
      for (const restore of restores) restore();
    };
  };

function neverStarts(context: ScenarioContext): ExpectedNotification {
  return { ...notRunningNotification(context), within: toldWithin };
}

/** A deployment must not say that what has not yet begun is broken, and must say so if it never begins. */
export const firstDeployment: ScenarioFactory = (context) => {
  const base = { isFirstDeployment: true, checks: [] };
  const stopFlows: SimulationFault = (simulation) => {
    const restores = context.plan.orgs.map(({ org }) => simulation.disable(`${org.name}-flows`));
    return () => {
      for (const restore of restores) restore();
    };
  };
  return [
    scriptedScenario(context, 'first-deployment', 'a first deployment whose runs begin four minutes later', {
      ...base,
      ...{ name: 'first-deployment', target: 'begins late' },
      faultPhases: [
        { minutes: minutesWithoutRuns, faults: [stop(), jitter] },
        { minutes: watchedMinutes, faults: [jitter] },
      ],
      expected: [],
    }),
    scriptedScenario(context, 'first-deployment', 'a first deployment that never runs', {
      ...base,
      ...{ name: 'first-deployment, never starts', target: 'never begins' },
      faultPhases: [{ minutes: toldWithin + 10, faults: [stopFlows] }],
      expected: forEachOrg(context, neverStarts),
    }),
  ];
};

/** The same of an org that is added to a deployment that has run for a while. */
export const addedOrg: ScenarioFactory = (context) => {
  if (context.plan.orgs.length > 1) return [];
  const added = { ...context, org: twin };
  const stopFlows: SimulationFault = (simulation) => simulation.disable(`${twin}-flows`);
  return [
    scriptedScenario(context, 'added-org', 'an org is added whose runs begin four minutes later', {
      ...{ name: 'added-org', target: 'begins late' },
      faultPhases: [
        { minutes: minutesWithoutRuns, deploys: 'twoOrgs', faults: [stop(twin), jitter] },
        { minutes: watchedMinutes, faults: [jitter] },
      ],
      expected: [],
      checks: [],
    }),
    scriptedScenario(added, 'added-org', 'an org is added that never runs', {
      ...{ name: 'added-org, never starts', target: 'never begins' },
      faultPhases: [{ minutes: toldWithin + 10, deploys: 'twoOrgs', faults: [stopFlows] }],
      expected: [neverStarts(added)],
      checks: [],
    }),
  ];
};
