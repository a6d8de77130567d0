import { withinRuns } from '../case-scenarios.ts';
import { maintenanceOf } from '../deployment-variants.ts';
import type { SimulationFault } from '../faults/simulation-fault.ts';
import { healthyMinutes } from '../simulation-start.ts';
import { notRunning, ours } from './monitor-stops.ts';
import {
  isMonitored,
  outage,
  outageNotification,
  type ScenarioFactory,
  scriptedScenario,
} from './scripted-scenario.ts';

/** How long the window has lasted when things go wrong in it. */
const quietMinutes = 2;

export const inMaintenance: ScenarioFactory = (setting) => {
  const { watch, org, every } = setting;
  // Each of these rows begins with its deployment, because the window is at a time of day.
  const before = [{ minutes: healthyMinutes + quietMinutes }];
  const left = maintenanceOf(watch).minutes - quietMinutes;
  const crashing: SimulationFault = (rehearsal) => rehearsal.crash('limits');
  const stopped: SimulationFault = (rehearsal) => rehearsal.disable(`${org}-flows`);
  const told = outageNotification(setting);
  const deployment = 'maintenance' as const;
  return [
    scriptedScenario(setting, 'maintenance', 'an outage within a maintenance window', {
      ...{ name: 'maintenance, within', target: 'within', deployment, before, fresh: true },
      expected: [],
      allowedAlarms: [told.alarm],
    }),
    scriptedScenario(setting, 'maintenance', 'an outage that outlives its maintenance window', {
      ...{ name: 'maintenance, outlived', target: 'outlived', deployment, before, fresh: true },
      faultPhases: [{ minutes: left + 10 * every, faults: [outage] }],
      expected: [{ ...told, notBefore: left, within: left + withinRuns.page * every }],
    }),
    ...(isMonitored(setting, { group: 'limits' })
      ? [
          scriptedScenario(setting, 'maintenance', 'a function of the monitor breaks down in a maintenance window', {
            ...{ name: 'maintenance, function', target: 'the monitor breaks', deployment, before, fresh: true },
            faultPhases: [{ minutes: 10 * every, faults: [crashing] }],
            expected: [ours('limits-broken', 'ticket', every)],
          }),
        ]
      : []),
    scriptedScenario(setting, 'maintenance', 'the monitor stops in a maintenance window', {
      ...{ name: 'maintenance, schedule', target: 'the monitor stops', deployment, before, fresh: true },
      faultPhases: [{ minutes: 10 * every, faults: [stopped] }],
      expected: [notRunning(setting)],
      checks: [],
    }),
  ];
};
