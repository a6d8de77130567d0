import { type AlarmSubject, alarmName } from '../../../../functions/findings/alarm-subject.ts';
import type { Group } from '../../../../functions/model/probe.ts';
import type { SimulationFault } from '../faults/configuration.ts';
import { type ExpectedNotification, notifyWithinRuns } from '../scenario.ts';
import {
  forEachOrg,
  isMonitored,
  type ScenarioContext,
  type ScenarioFactory,
  scriptedScenario,
} from './scripted-scenario.ts';

/** A ticket about the monitor itself. */
export function monitorNotification(subject: AlarmSubject, finding: string, every: number): ExpectedNotification {
  return {
    alarm: alarmName(subject),
    route: 'ticket',
    within: notifyWithinRuns.ticket * every,
    every,
    context: { finding, domain: 'monitor' },
  };
}

/** The alarm about a failing function looks at the last two hours, and CloudWatch a little further. */
export const functionRecovery = 135;

/** The ticket that a function fails. Only the function's log shows when it last failed, so the message gives no duration. */
export function brokenNotification(group: Group, every: number): ExpectedNotification {
  return { ...monitorNotification({ kind: 'group-broken', group }, `${group}-broken`, every), lasted: 'unknown' };
}

/** The page that an org is no longer monitored. */
export function notRunningNotification({ org, every }: ScenarioContext): ExpectedNotification {
  return {
    alarm: alarmName({ kind: 'not-running', org }),
    route: 'page',
    within: notifyWithinRuns.page * every,
    every,
    context: { finding: 'not-running', domain: 'monitor' },
  };
}

/** Case M4, which no run can report. */
export const notRunning: ScenarioFactory = (context) => {
  const { org, every } = context;
  const stop: SimulationFault = (simulation) => simulation.disable(`${org}-flows`);
  const throttle: SimulationFault = (simulation) => simulation.throttle('flows');
  const crash: SimulationFault = (simulation) => simulation.crash('flows');
  const slowest = Math.max(...context.plan.orgs.map(({ intervalMinutes }) => intervalMinutes.flows));
  const all = forEachOrg(context, notRunningNotification);
  const throttled = monitorNotification({ kind: 'group-throttled', group: 'flows' }, 'flows-throttled', slowest);
  const broken = brokenNotification('flows', slowest);
  return [
    { name: 'schedule-stopped', title: 'the schedule stops', fault: stop, expected: [notRunningNotification(context)] },
    { name: 'throttled', title: 'Lambda throttles the function', fault: throttle, expected: [...all, throttled] },
    {
      ...{ name: 'crashing', title: 'the function crashes', fault: crash },
      ...{ expected: [...all, broken], recoversWithin: functionRecovery },
    },
  ].map(({ name, title, fault, ...rest }) =>
    scriptedScenario(context, 'M4', `the monitor does not run: ${title}`, {
      ...{ kind: 'case', name: `M4, ${name}`, target: name },
      faultPhases: [{ minutes: 10 * every, faults: [fault] }],
      ...rest,
      checks: [],
    }),
  );
};

/** The sweep misses a group without its own heartbeat after three intervals and five minutes. */
export const groupNotRunning: ScenarioFactory = (context) => {
  const { org, every } = context;
  if (!isMonitored(context, { group: 'limits' })) return [];
  const stop: SimulationFault = (simulation) => simulation.disable(`${org}-limits`);
  return [
    scriptedScenario(context, 'group-not-running', 'the schedule of one group stops', {
      target: 'limits',
      faultPhases: [{ minutes: 3 * every + 12, faults: [stop] }],
      expected: [
        {
          ...monitorNotification({ kind: 'group-not-running', group: 'limits' }, 'limits-not-running', 1),
          within: 3 * every + 10,
        },
      ],
    }),
  ];
};

/** The notifier's hourly self-test stops, so that a broken notifier would go unnoticed. */
export const selfTestNotRunning: ScenarioFactory = (context) => {
  const route = 'page';
  const stop: SimulationFault = (simulation) => simulation.disable(`notify-${route}-self-test`);
  return [
    scriptedScenario(context, 'self-test-not-running', 'the self-test of the notifier stops', {
      target: route,
      faultPhases: [{ minutes: 300, untilFired: true, faults: [stop] }],
      expected: [
        { alarm: alarmName({ kind: 'notify-not-running', route }), route, notBefore: 60, within: 250, every: 60 },
      ],
      recoversWithin: 120,
      fresh: true,
      pace: 'long',
    }),
  ];
};
