import type { Route } from '../../../functions/model/finding.ts';
import { findingsAlarm, healthMinutes } from '../deployment-plan.ts';
import type { SimulationFault } from '../faults/simulation-fault.ts';
import type { Phase } from '../scenario.ts';
import { type ScenarioFactory, scriptedScenario, toldInOrder } from './scripted-scenario.ts';

/** The steps of an expiry, each for as long as its alarm needs, and as long again. */
const steps: readonly { readonly daysLeft: number; readonly route: Route; readonly minutes: number }[] = [
  { daysLeft: 29, route: 'ticket', minutes: 6 * healthMinutes },
  { daysLeft: 6, route: 'page', minutes: 4 * healthMinutes },
];

/** A certificate expires. Each step is told once, whether its alarm still fires or not, and no end of it is told. */
export const expiry: ScenarioFactory = (context) => {
  const { plan, org } = context;
  if (!plan.orgs.find((each) => each.org.name === org)?.org.api) return [];
  const alarms = steps.map(({ route }) => findingsAlarm(org, 'configuration', route));
  return [
    scriptedScenario(context, 'expiry', "an identity provider's certificate expires", {
      ...{ target: `${10 * healthMinutes} minutes`, deployment: 'health' },
      faultPhases: steps.map(({ daysLeft, minutes }): Phase => ({ minutes, faults: [expiresIn(daysLeft)] })),
      // The window of the alarm is as long as four runs of the health checks.
      recoversWithin: 6 * healthMinutes,
      expected: [],
      allowedAlarms: alarms,
      allowedMessages: ({ alarm = '' }) => alarms.includes(alarm),
      checks: alarms.map((alarm) => toldInOrder(alarm, ['firing'])),
      pace: 'long',
    }),
  ];
};

const expiresIn =
  (daysLeft: number): SimulationFault =>
  (simulation, org) =>
    simulation.environment(org).okta.alterHealth('identityProviders', 'Partner', { certificateDays: daysLeft + 0.5 });
