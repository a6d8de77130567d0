import { alarmName } from '../../../../functions/findings/alarm-subject.ts';
import { findingNotification } from '../case-scenarios.ts';
import { injects, type SimulationFault } from '../faults/configuration.ts';
import { type ExpectedNotification, faultRuns, notifyWithinRuns } from '../scenario.ts';
import { monitorNotification } from './monitor-stops.ts';
import { everyKindHears } from './receivers.ts';
import { forEachOrg, outage, outageNotification, type ScenarioFactory, scriptedScenario } from './scripted-scenario.ts';

const throttled = { status: 400, type: 'ThrottlingException', message: 'Rate exceeded' } as const;

/** PutMetricData fails for five minutes. The metrics go to the log, and no minute may be missing. */
export const metricsRefused: ScenarioFactory = (context) => {
  const { every } = context;
  const refuse = injects(({ aws }) => ({ restore: aws.injectFault('PutMetricData', throttled) }));
  return [
    scriptedScenario(context, 'metrics-refused', 'PutMetricData fails for five minutes', {
      target: '5 minutes',
      faultPhases: [{ minutes: 5 * every, faults: [refuse] }],
      expected: forEachOrg(context, (own) =>
        findingNotification(own, 'ticket', { finding: 'metrics-refused', domain: 'monitor' }),
      ),
      pace: 'waits',
    }),
  ];
};

/** The state table fails: the page arrives without evidence and links to the log, and CloudWatch announces the recovery. */
export const tableFails: ScenarioFactory = (context) => {
  const { every } = context;
  const refused = ['GetItem', 'PutItem', 'Query', 'Scan'] as const;
  const fail: SimulationFault = ({ aws }) => {
    const restores = refused.map((operation) => aws.injectFault(operation, throttled));
    return () => restores.map((restore) => restore());
  };
  const sweep = monitorNotification({ kind: 'sweep-not-running' }, 'sweep-not-running', 5);
  return [
    scriptedScenario(context, 'table-fails', 'the state table refuses everything', {
      target: '35 minutes',
      faultPhases: [
        { minutes: faultRuns * every, faults: [outage, fail] },
        { minutes: 25 * every, faults: [fail] },
      ],
      expected: [
        {
          ...outageNotification(context),
          context: { domain: 'okta', finding: undefined },
          lasted: [8, 20],
          ends: faultRuns * every,
        },
        { ...sweep, within: 20 },
      ],
      recoversWithin: 40,
      pace: 'long',
    }),
  ];
};

/** DynamoDB writes each item, and its first answer is lost: no other process has written, so every message is sent once. */
export const answersLost: ScenarioFactory = (context) => {
  const { every } = context;
  const lose: SimulationFault = ({ aws }) => aws.injectFault('PutItem', 'answer lost');
  const [fails, works] = [faultRuns * every, 20 * every];
  return [
    scriptedScenario(context, 'answers-lost', 'the answers to writes of the state table are lost', {
      target: `${fails + works} minutes`,
      faultPhases: [
        { minutes: fails, faults: [outage, lose] },
        { minutes: works, faults: [lose] },
      ],
      expected: [{ ...outageNotification(context), ends: fails }],
      pace: 'long',
    }),
  ];
};

/** SNS delivers an alarm's firing again, after it has resolved: no message is sent, and no incident stays open. */
export const eventRepeated: ScenarioFactory = (context) => {
  const { every } = context;
  const { alarm, route } = outageNotification(context);
  const repeat: SimulationFault = async (simulation) => {
    const states = simulation.aws.alarmHistory(alarm, 0, Number.POSITIVE_INFINITY).map(({ timestamp, data }) => {
      const { stateValue, stateReason } = JSON.parse(data).newState;
      return { stateValue, stateReason, time: new Date(timestamp).toISOString() };
    });
    const fired = states.findLast(({ stateValue }) => stateValue === 'ALARM');
    if (!fired || states.at(-1)?.stateValue !== 'OK') throw new Error('the alarm has not fired and resolved');
    const Message = JSON.stringify({
      ...{ AlarmName: alarm, NewStateValue: 'ALARM', OldStateValue: 'OK' },
      ...{ NewStateReason: fired.stateReason, StateChangeTime: fired.time },
    });
    await simulation.invoke(`notify-${route}`, { Records: [{ Sns: { Message } }] });
    return () => {};
  };
  const [fails, resolves] = [faultRuns * every, 25 * every];
  return [
    scriptedScenario(context, 'event-repeated', 'an alarm that has resolved is delivered once more', {
      target: `${fails + resolves} minutes`,
      faultPhases: [{ minutes: fails, faults: [outage] }, { minutes: resolves }, { minutes: every, faults: [repeat] }],
      expected: [{ ...outageNotification(context), ends: fails }],
      pace: 'long',
    }),
  ];
};

/** The sweep stops: CloudWatch announces the recovery, and a ticket reports that the sweep is missing. */
export const sweepNotRunning: ScenarioFactory = (context) => {
  const { every } = context;
  const stop: SimulationFault = (simulation) => simulation.disable('sweep');
  const sweep = monitorNotification({ kind: 'sweep-not-running' }, 'sweep-not-running', 5);
  return [
    scriptedScenario(context, 'sweep-not-running', 'the sweep stops', {
      target: '35 minutes',
      faultPhases: [
        { minutes: faultRuns * every, faults: [outage, stop] },
        { minutes: 25 * every, faults: [stop] },
      ],
      expected: [
        { ...outageNotification(context), ends: faultRuns * every },
        { ...sweep, within: 30 },
      ],
      recoversWithin: 40,
      pace: 'long',
    }),
  ];
};

/** An alarm on something that runs hourly looks at two hours, and CloudWatch at one more. */
const hourlyRecovery = 200;

/** An alarm that must arrive as CloudWatch words it. */
function direct(alarm: string, route: ExpectedNotification['route'], within: number): ExpectedNotification {
  return { alarm, route, within, every: 1 };
}

/** The notifier fails: the raw alarm must reach people, and the alarm on the notifier receivers of every kind. */
export const notifierBroken: ScenarioFactory = (context) => {
  const { every } = context;
  const { alarm, route } = outageNotification(context);
  const crash: SimulationFault = (simulation) => simulation.crash(`notify-${route}`);
  const refusePublish: SimulationFault = (simulation) => simulation.aws.injectFault('Publish', throttled);
  const expected = [
    // Lambda retries once, after a minute, before it sends the event to the failure destination.
    { ...direct(alarm, route, notifyWithinRuns.page * every + 2), ends: faultRuns * every },
    direct(alarmName({ kind: 'notify-broken', route }), route, notifyWithinRuns.page * every + 4),
  ];
  return [
    { name: 'crash', title: 'the notifier crashes', fault: crash },
    { name: 'refused', title: 'the notifier cannot publish', fault: refusePublish },
    ...(route === 'page'
      ? [
          {
            ...{
              name: 'receivers',
              title: 'the notifier crashes, and there are receivers of every kind',
              fault: crash,
            },
            ...{
              deployment: 'receivers' as const,
              checks: [everyKindHears(alarmName({ kind: 'notify-broken', route }))],
            },
          } as const,
        ]
      : []),
  ].map(({ name, title, fault, ...more }) =>
    scriptedScenario(context, 'notifier-broken', title, {
      ...{ name: `notifier-broken, ${name}`, target: name, ...more },
      // The notifier stays broken until after the outage.
      faultPhases: [
        { minutes: faultRuns * every, faults: [outage, fault] },
        { minutes: 14 * every, faults: [fault] },
      ],
      expected,
      // The hourly self-test fails too, and its event arrives directly.
      allowedMessages: ({ delivery, alarm: about }) => delivery === 'direct' && about === undefined,
      recoversWithin: hourlyRecovery,
      fresh: true,
      pace: 'long',
    }),
  );
};

/** SNS cannot send e-mail to the people of a route: others must be notified. */
export const undelivered: ScenarioFactory = (context) => {
  const { alarm, route } = outageNotification(context);
  const { pages, tickets } = context.plan.receivers;
  const kinds = { page: pages, ticket: tickets }[route].map(({ kind }) => kind);
  // With other receivers on the topic, the failed one is unknown.
  if (!kinds.includes('email') || kinds.includes('chat') || tickets.length === 0 || route === 'ticket') return [];
  const failDeliveries: SimulationFault = (simulation) => simulation.failDeliveries(`okta-synthetics-${route}s`);
  const receiver = `${route}s-email`;
  return [
    scriptedScenario(context, 'undelivered', `SNS cannot send ${route}s by e-mail`, {
      target: '24 minutes',
      faultPhases: [
        { minutes: faultRuns * context.every, faults: [outage, failDeliveries] },
        { minutes: 14 * context.every, faults: [failDeliveries] },
      ],
      expected: [
        {
          alarm: alarmName({ kind: 'messages-undelivered', receiver }),
          ...{ route: 'ticket', within: notifyWithinRuns.page * context.every + 2, every: 1 },
          context: { finding: `messages-undelivered-${receiver}`, domain: 'monitor' },
          // It watches an hour at a time.
          lasted: [0, hourlyRecovery],
        },
      ],
      allowedAlarms: [alarm],
      recoversWithin: hourlyRecovery,
      fresh: true,
      pace: 'long',
    }),
  ];
};
