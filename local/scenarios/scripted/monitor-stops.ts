import { alarmName, type Route } from '../../../functions/alarms/subject.ts';
import { withinRuns } from '../case-scenarios.ts';
import { monitorAlarm } from '../deployment-plan.ts';
import type { SimulationFault } from '../faults/simulation-fault.ts';
import type { ExpectedNotification } from '../scenario.ts';
import { forEachOrg, type ScenarioContext, type ScenarioFactory, scriptedScenario } from './scripted-scenario.ts';

/** An incident of the monitor's own. */
export function ours(id: string, route: Route, every: number): ExpectedNotification {
  const finding = { code: id, domain: 'monitor' } as const;
  return { alarm: monitorAlarm(id), route, within: withinRuns[route] * every, every, finding };
}

/** Nothing is known of an org any more. */
export function notRunning({ org, every }: ScenarioContext): ExpectedNotification {
  return {
    alarm: alarmName({ kind: 'not-running', org }),
    route: 'page',
    within: withinRuns.page * every,
    every,
    finding: { code: 'not-running', domain: 'monitor' },
  };
}

/** The rows of case M4, which no run can see. */
export const notRunningRows: ScenarioFactory = (setting) => {
  const { org, every } = setting;
  const stopped: SimulationFault = (rehearsal) => rehearsal.disable(`${org}-flows`);
  const throttled: SimulationFault = (rehearsal) => rehearsal.throttle('flows');
  const crashing: SimulationFault = (rehearsal) => rehearsal.crash('flows');
  const slowest = Math.max(...setting.watch.orgs.map(({ intervalMinutes }) => intervalMinutes.flows));
  const all = forEachOrg(setting, notRunning);
  const rows = [
    { name: 'schedule-stopped', title: 'the schedule stops', act: stopped, expected: [notRunning(setting)] },
    {
      ...{ name: 'throttled', title: 'the function is throttled', act: throttled },
      expected: [...all, ours('flows-throttled', 'ticket', slowest)],
    },
    {
      ...{ name: 'crashing', title: 'the function crashes', act: crashing },
      expected: [...all, ours('flows-broken', 'ticket', slowest)],
    },
  ];
  return rows.map(({ name, title, act, expected }) =>
    scriptedScenario(setting, 'M4', `the monitor does not run: ${title}`, {
      ...{ kind: 'case', name: `M4, ${name}`, target: name },
      faultPhases: [{ minutes: 10 * every, faults: [act] }],
      expected,
      checks: [],
    }),
  );
};
