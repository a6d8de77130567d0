import type { SimulationFault } from '../faults/simulation-fault.ts';
import { faultRuns } from '../scenario.ts';
import { outage, type ScenarioFactory, scriptedScenario } from './scripted-scenario.ts';

/** As late as EventBridge Scheduler may start a run, another time each minute. */
const jitter: SimulationFault = (simulation) => simulation.jitter({ mostSeconds: 59 });

/** Far more than there are at AWS. */
const duplicates: SimulationFault = (simulation) => simulation.duplicate({ share: 0.3 });

/** Scheduler starts runs at any second of their minute, and some twice. Neither is news. */
export const schedules: ScenarioFactory = (context) =>
  [
    { name: 'jitter', title: 'schedules start up to 59 seconds late', fault: jitter },
    { name: 'duplicates', title: 'three of ten schedules start twice', fault: duplicates },
  ].flatMap(({ name, title, fault }) => [
    scriptedScenario(context, name, `${title}, on a healthy day`, {
      ...{ name: `${name}, healthy`, target: 'half an hour' },
      faultPhases: [{ minutes: 30 * context.every, faults: [fault] }],
      expected: [],
    }),
    scriptedScenario(context, name, `${title}, in an outage`, {
      ...{ name: `${name}, outage`, target: 'an outage' },
      before: [{ minutes: 10 * context.every, faults: [fault] }],
      faultPhases: [{ minutes: faultRuns * context.every, faults: [fault, outage] }],
    }),
  ]);
