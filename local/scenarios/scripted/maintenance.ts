import { healthyMinutes, maintenanceWindow } from '../deployment-variants.ts';
import type { SimulationFault } from '../faults/simulation-fault.ts';
import { notifyWithinRuns } from '../scenario.ts';
import { functionRecovery, monitorNotification, notRunningNotification } from './monitor-stops.ts';
import {
  isMonitored,
  outage,
  outageNotification,
  type ScenarioFactory,
  scriptedScenario,
} from './scripted-scenario.ts';

/** How long the window has been open when the fault starts. */
const minutesIntoWindow = 2;

/** Maintenance mutes the alarms of orgs. The alarms on the monitor itself still notify. */
export const maintenance: ScenarioFactory = (context) => {
  const { plan, org, every } = context;
  // The window is at a time of day, so each of these scenarios needs its own deployment.
  const inWindow = {
    deployment: 'maintenance' as const,
    before: [{ minutes: healthyMinutes + minutesIntoWindow }],
    fresh: true,
  };
  const left = maintenanceWindow(plan).minutes - minutesIntoWindow;
  const crash: SimulationFault = (simulation) => simulation.crash('limits');
  const stop: SimulationFault = (simulation) => simulation.disable(`${org}-flows`);
  // AWS does not document which old state a message has that was held back.
  const tellPresentAfterMute: SimulationFault = (simulation) => simulation.tellPresentAfterMute();
  const notification = outageNotification(context);
  return [
    scriptedScenario(context, 'maintenance', 'an outage within a maintenance window', {
      ...{ name: 'maintenance, within', target: 'within', ...inWindow },
      // Past its end: CloudWatch then says that the alarm is OK, and nobody was told of anything else.
      watchedFor: maintenanceWindow(plan).minutes,
      expected: [],
      allowedAlarms: [notification.alarm],
    }),
    scriptedScenario(context, 'maintenance', 'an outage that outlasts its maintenance window', {
      ...{ name: 'maintenance, outlasted', target: 'outlasted', ...inWindow },
      faultPhases: [{ minutes: left + 10 * every, faults: [outage] }],
      expected: [{ ...notification, notBefore: left, within: left + notifyWithinRuns.page * every }],
    }),
    scriptedScenario(context, 'maintenance', 'the same, and CloudWatch says that the alarm fired before', {
      ...{ name: 'maintenance, ALARM after ALARM', target: 'ALARM after ALARM', ...inWindow },
      faultPhases: [{ minutes: left + 10 * every, faults: [outage, tellPresentAfterMute] }],
      expected: [{ ...notification, notBefore: left, within: left + notifyWithinRuns.page * every }],
    }),
    ...(isMonitored(context, { group: 'limits' })
      ? [
          scriptedScenario(context, 'maintenance', 'a probe function crashes in a maintenance window', {
            ...{ name: 'maintenance, function', target: 'function crashes', ...inWindow },
            faultPhases: [{ minutes: 10 * every, faults: [crash] }],
            // A group that crashes each time is not running either.
            expected: [
              monitorNotification({ kind: 'group-broken', group: 'limits' }, 'limits-broken', every),
              {
                ...monitorNotification({ kind: 'group-not-running', group: 'limits' }, 'limits-not-running', every),
                within: 3 * every + 10,
              },
            ],
            recoversWithin: functionRecovery,
          }),
        ]
      : []),
    scriptedScenario(context, 'maintenance', 'the monitor stops in a maintenance window', {
      ...{ name: 'maintenance, schedule', target: 'schedule stops', ...inWindow },
      faultPhases: [{ minutes: 10 * every, faults: [stop] }],
      expected: [notRunningNotification(context)],
      checks: [],
    }),
  ];
};
