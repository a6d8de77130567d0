import { badRuns, expectedFinding, withinRuns } from '../case-scenarios.ts';
import { monitorAlarm } from '../deployment-plan.ts';
import { injects, type SimulationFault } from '../faults/simulation-fault.ts';
import type { ExpectedNotification } from '../scenario.ts';
import { forEachOrg, outage, outageNotification, type ScenarioFactory, scriptedScenario } from './scripted-scenario.ts';

const throttled = { status: 400, type: 'ThrottlingException', message: 'Rate exceeded' } as const;

/** CloudWatch takes no metrics for five minutes: they come by the log, and no minute may be missing. */
export const metricsRefused: ScenarioFactory = (setting) => {
  const { every } = setting;
  return [
    scriptedScenario(setting, 'metrics-refused', 'PutMetricData refuses for five minutes', {
      target: '5 minutes',
      faultPhases: [
        {
          minutes: 5 * every,
          faults: [injects(({ aws }) => ({ restore: aws.injectFault('PutMetricData', throttled) }))],
        },
      ],
      expected: forEachOrg(setting, (own) =>
        expectedFinding(own, 'ticket', { code: 'metrics-refused', domain: 'monitor' }),
      ),
      pace: 'waits',
    }),
  ];
};

/** Two hours: an alarm on what runs once an hour looks at two of them, and CloudWatch at one more. */
const hourlyHeals = 200;

/** An alarm that comes as CloudWatch words it, because nothing is left to make a message of it. */
function raw(alarm: string, route: ExpectedNotification['route'], within: number): ExpectedNotification {
  return { alarm, route, within, every: 1 };
}

/** Nothing makes a message of an alarm: the alarm itself must reach people, and so must the news of what is broken. */
export const notifyBroken: ScenarioFactory = (setting) => {
  const { every } = setting;
  const { alarm, route } = outageNotification(setting);
  const crashes: SimulationFault = (rehearsal) => rehearsal.crash(`notify-${route}`);
  const cannotPublish: SimulationFault = (rehearsal) => rehearsal.aws.injectFault('Publish', throttled);
  const expected = [
    // Lambda tries again after a minute before it gives an event up.
    { ...raw(alarm, route, withinRuns.page * every + 2), ends: badRuns * every },
    raw(monitorAlarm(`notify-${route}-broken`), route, withinRuns.page * every + 4),
  ];
  return [
    { name: 'crashes', title: 'what writes messages crashes', act: crashes },
    { name: 'refused', title: 'what writes messages cannot publish', act: cannotPublish },
  ].map(({ name, title, act }) =>
    scriptedScenario(setting, 'notify-broken', title, {
      ...{ name: `notify-broken, ${name}`, target: name },
      // It is broken until after the outage.
      faultPhases: [
        { minutes: badRuns * every, faults: [outage, act] },
        { minutes: 14 * every, faults: [act] },
      ],
      expected,
      // The hourly rehearsal fails as well, and comes as it is.
      allowedMessages: ({ raw, alarm: about }) => raw && about === undefined,
      recoversWithin: hourlyHeals,
      fresh: true,
      pace: 'long',
    }),
  );
};

/** Messages do not arrive: the people of the other route must hear of that. */
export const undelivered: ScenarioFactory = (setting) => {
  const { alarm, route } = outageNotification(setting);
  if (!setting.watch.isSubscribed(route)) return [];
  const other = route === 'page' ? 'ticket' : 'page';
  const lost: SimulationFault = (rehearsal) => rehearsal.failDeliveries(`okta-synthetics-${route}s`);
  return [
    scriptedScenario(setting, 'undelivered', `messages to ${route}s do not arrive`, {
      target: '24 minutes',
      faultPhases: [
        { minutes: badRuns * setting.every, faults: [outage, lost] },
        { minutes: 14 * setting.every, faults: [lost] },
      ],
      expected: [raw(monitorAlarm(`messages-undelivered-${route}`), other, withinRuns.page * setting.every + 2)],
      allowedAlarms: [alarm],
      recoversWithin: hourlyHeals,
      fresh: true,
      pace: 'long',
    }),
  ];
};
