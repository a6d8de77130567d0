import { withinRuns } from '../case-scenarios.ts';
import { maintenanceOf } from '../deployment-variants.ts';
import type { Act } from '../faults/simulation-fault.ts';
import { healthyMinutes } from '../simulation-start.ts';
import { notRunning, ours } from './monitor-stops.ts';
import { isWatched, outage, outageTold, row, type Scenario } from './scripted-scenario.ts';

/** How long the window has lasted when things go wrong in it. */
const quietMinutes = 2;

export const inMaintenance: Scenario = (setting) => {
  const { watch, org, every } = setting;
  // Each of these rows begins with its world, because the window is at a time of day.
  const before = [{ minutes: healthyMinutes + quietMinutes }];
  const left = maintenanceOf(watch).minutes - quietMinutes;
  const crashing: Act = (rehearsal) => rehearsal.breakDown('limits');
  const stopped: Act = (rehearsal) => rehearsal.disable(`${org}-flows`);
  const told = outageTold(setting);
  const world = 'maintenance' as const;
  return [
    row(setting, 'maintenance', 'an outage within a maintenance window', {
      ...{ name: 'maintenance, within', at: 'within', world, before, fresh: true },
      expects: [],
      mayRise: [told.alarm],
    }),
    row(setting, 'maintenance', 'an outage that outlives its maintenance window', {
      ...{ name: 'maintenance, outlived', at: 'outlived', world, before, fresh: true },
      bad: [{ minutes: left + 10 * every, acts: [outage] }],
      expects: [{ ...told, notBefore: left, within: left + withinRuns.page * every }],
    }),
    ...(isWatched(setting, { group: 'limits' })
      ? [
          row(setting, 'maintenance', 'a function of the monitor breaks down in a maintenance window', {
            ...{ name: 'maintenance, function', at: 'the monitor breaks', world, before, fresh: true },
            bad: [{ minutes: 10 * every, acts: [crashing] }],
            expects: [ours('limits-broken', 'ticket', every)],
          }),
        ]
      : []),
    row(setting, 'maintenance', 'the monitor stops in a maintenance window', {
      ...{ name: 'maintenance, schedule', at: 'the monitor stops', world, before, fresh: true },
      bad: [{ minutes: 10 * every, acts: [stopped] }],
      expects: [notRunning(setting)],
      checks: [],
    }),
  ];
};
