import { headroomLevels } from '../../../../functions/findings/warnings.ts';
import type { Route } from '../../../../functions/model/finding.ts';
import { findingNotification } from '../case-scenarios.ts';
import { twin } from '../deployment-variants.ts';
import { leaveHeadroom } from '../faults/answers.ts';
import { injects, type SimulationFault } from '../faults/configuration.ts';
import type { ExpectedNotification, Phase, Trace } from '../scenario.ts';
import { at, token } from '../targets.ts';
import {
  isMonitored,
  outage,
  outageNotification,
  type ScenarioFactory,
  scriptedScenario,
  toldInOrder,
} from './scripted-scenario.ts';

/** Every second run fails. An alarm that only looked at the last runs would fire and resolve with each. */
export const flapping: ScenarioFactory = (context) => {
  const { every } = context;
  const badAndGood: readonly Phase[] = [{ minutes: every, faults: [outage] }, { minutes: every }];
  return [
    scriptedScenario(context, 'flapping', 'every second run fails', {
      target: '20 minutes',
      faultPhases: Array.from({ length: 10 }, () => badAndGood).flat(),
    }),
  ];
};

/** Pauses that are shorter than a recovery: however an endpoint flaps, it is one incident and one message. */
export const flappingInPauses: ScenarioFactory = (context) => {
  const { every } = context;
  return [
    { bad: 1, good: 2, title: 'every third run fails' },
    { bad: 2, good: 3, title: 'two runs of five fail' },
  ].map(({ bad, good, title }) => {
    const lasted = (5 * (bad + good) + bad - 1) * every;
    return scriptedScenario(context, 'flapping', title, {
      ...{ name: `flapping, ${bad} of ${bad + good}`, target: '25 minutes' },
      faultPhases: Array.from({ length: 6 }, (): readonly Phase[] => [
        { minutes: bad * every, faults: [outage] },
        { minutes: good * every },
      ]).flat(),
      expected: [
        {
          ...outageNotification(context),
          // The second bad run may come after a pause.
          within: (bad + good + 2) * every,
          lasted: [lasted - every, lasted + every],
        },
      ],
    });
  });
};

/** The circuit breaker opens after three runs. It must delay neither the message nor the recovery. */
export const orgDown: ScenarioFactory = (context) => {
  const { every } = context;
  return [
    scriptedScenario(context, 'org-down', 'everything at Okta fails for twenty runs', {
      target: '20 minutes',
      faultPhases: [{ minutes: 20 * every, faults: [outage] }],
    }),
  ];
};

/** It fails again after people were told that it is over, and before CloudWatch's alarm has resolved. They are told once. */
export const failsAgain: ScenarioFactory = (context) => {
  const { every } = context;
  const { alarm } = outageNotification(context);
  const badAndGood: readonly Phase[] = [{ minutes: 3 * every, faults: [outage] }, { minutes: 6 * every }];
  return [
    scriptedScenario(context, 'fails-again', 'it fails again after it was told to be over', {
      target: '27 minutes',
      faultPhases: Array.from({ length: 3 }, () => badAndGood).flat(),
      expected: [],
      allowedAlarms: [alarm],
      allowedMessages: (notification) => notification.alarm === alarm,
      checks: [toldInOrder(alarm, ['firing', 'resolved', 'firing again', 'resolved'])],
    }),
  ];
};

/** How long it takes to use up a rate limit: slowly enough for the ticket to come before the page. */
const declineMinutes = 60;

/** Headroom shrinks every minute until none is left. Then it is full again. */
export const decline: ScenarioFactory = (context) => {
  const { every } = context;
  const [target] = token;
  if (!isMonitored(context, target)) return [];
  /** The notification that headroom is below a level, in percent, and how many runs it may report that it lasted. */
  const below = (
    level: number,
    severity: Route,
    finding: string,
    lasted: readonly [number, number],
  ): ExpectedNotification => {
    const notification = findingNotification(context, severity, { finding, domain: 'quota' });
    const firstBelow = Math.floor((1 - level / 100) * declineMinutes) * every;
    const [least, most] = lasted;
    return {
      ...notification,
      notBefore: firstBelow,
      within: firstBelow + notification.within,
      lasted: [least * every, most * every],
    };
  };
  const low = below(headroomLevels.low, 'ticket', 'headroom-low', [4, 12]);
  const critical = below(headroomLevels.critical, 'page', 'headroom-critical', [4, 7]);
  return [
    scriptedScenario(context, 'decline', 'headroom declines slowly, from 100 % to nothing', {
      target: `${declineMinutes} minutes`,
      faultPhases: Array.from({ length: declineMinutes }, (_, minute) => ({
        minutes: every,
        faults: [injects(at(target, leaveHeadroom(1 - (minute + 1) / declineMinutes)))],
      })),
      expected: [low, critical],
      checks: [notifiedInOrder(low.alarm, critical.alarm)],
    }),
  ];
};

function notifiedInOrder(first: string, second: string) {
  return ({ notifications }: Trace): readonly string[] => {
    const [one = -1, other = -1] = [first, second].map((alarm) =>
      notifications.findIndex((notification) => notification.alarm === alarm),
    );
    return one >= 0 && (other < 0 || one < other) ? [] : [`${first} must notify before ${second}`];
  };
}

/** Everything that warm containers remember is lost when the fault ends. */
const restartContainers: SimulationFault = (simulation) => () =>
  Promise.all(simulation.deployment.functions.map(({ name }) => simulation.coldStart(name)));

export const coldStart: ScenarioFactory = (context) => [
  scriptedScenario(context, 'cold-start', 'an outage ends while Lambda is cold', {
    target: '10 minutes',
    faultPhases: [{ minutes: 10 * context.every, faults: [outage, restartContainers] }],
  }),
];

/** Only the alarms of the org that fails may fire. */
export const twoOrgs: ScenarioFactory = (context) => {
  const other = context.plan.orgs[1]?.org.name ?? twin;
  return [context.org, other].map((org) =>
    scriptedScenario({ ...context, org }, 'two-orgs', `of two orgs, ${org} fails`, {
      ...{ name: `two-orgs, ${org}`, target: org },
      deployment: 'twoOrgs',
    }),
  );
};
