import { alarmName } from '../../../../functions/findings/alarm-subject.ts';
import { composedName, defaultDeployment } from '../../../../functions/model/deployment.ts';
import { identified } from '../../../../lib/config/receiver.ts';
import { drillReceivers, ownEndpoint, twin } from '../deployment-variants.ts';
import type { SimulationFault } from '../faults/configuration.ts';
import { faultRuns, type Trace } from '../scenario.ts';
import {
  outage,
  outageNotification,
  type ScenarioContext,
  type ScenarioFactory,
  scriptedScenario,
} from './scripted-scenario.ts';

const endpointOf = (kind: 'chat' | 'cloudwatch' | 'json') => `https://${hosts[kind]}.example.com/sns`;
const hosts = { chat: 'chat', cloudwatch: 'pager', json: 'json' };
const pagerDuty = 'https://events.pagerduty.com/v2/enqueue';

/** Everybody who receives a page by https in this deployment. */
const receivers = [...(['chat', 'cloudwatch', 'json'] as const).map(endpointOf), pagerDuty];

/** Each receiver answers 500 and then 200: each gets its message, and no alarm fires. */
export const receiverAnswersLate: ScenarioFactory = (context) => {
  if (!isPage(context)) return [];
  const faults = receivers.map(
    (endpoint): SimulationFault =>
      (simulation) =>
        simulation.answer(endpoint, [500, 200]),
  );
  return [
    scriptedScenario(context, 'receiver-answers-late', 'each receiver answers 500 and then 200', {
      target: 'https',
      deployment: 'receivers',
      faultPhases: [{ minutes: faultRuns * context.every, faults: [outage, ...faults] }],
      checks: [everyoneGot(context, receivers), ({ receipts }) => unlessTriedTwice(receipts)],
    }),
  ];
};

/** A receiver does not answer any more: an alarm names it, and the others get their messages. */
export const receiverGone: ScenarioFactory = (context) => {
  if (!isPage(context)) return [];
  const { every } = context;
  const goneReceivers = [
    { kind: 'cloudwatch', endpoint: endpointOf('cloudwatch'), title: 'a receiver by https' },
    { kind: 'pagerduty', endpoint: pagerDuty, title: 'PagerDuty' },
  ] as const;
  return goneReceivers.map(({ kind, endpoint, title }) => {
    const receiver = `pages-${identified(drillReceivers).find((each) => each.receiver.kind === kind)?.id}`;
    const gone: SimulationFault = (simulation) => simulation.answer(endpoint, [503]);
    const readAfterwards: SimulationFault = (simulation) => () =>
      simulation.queues.purge(composedName(defaultDeployment, receiver));
    const minutes = 30;
    return scriptedScenario(context, 'receiver-gone', `${title} does not answer any more`, {
      ...{ name: `receiver-gone, ${kind}`, target: kind, deployment: 'receivers' },
      faultPhases: [
        { minutes: faultRuns * every, faults: [gone, outage] },
        { minutes, faults: [gone, readAfterwards] },
      ],
      expected: [
        { ...outageNotification(context), ends: faultRuns * every },
        {
          alarm: alarmName({ kind: 'messages-undelivered', receiver }),
          ...{ route: 'ticket', notBefore: 5, within: 2 * every + 20, every: 1 },
          context: { finding: `messages-undelivered-${receiver}`, domain: 'monitor' },
          lasted: [0, faultRuns * every + minutes],
        },
      ],
      checks: [
        everyoneGot(
          context,
          receivers.filter((each) => each !== endpoint),
        ),
      ],
    });
  });
};

/** How long two hourly self-tests take, and the alarm that looks at both. */
const twoSelfTests = 190;

/** A receiver has not confirmed, or has unsubscribed: the others of its route hear of it, or those of the other route. */
export const receiverUnconfirmed: ScenarioFactory = (context) => {
  const missing = [
    { topic: 'okta-synthetics-pages', endpoint: 'on-call@example.com', receiver: 'pages-chat-email', route: 'ticket' },
    { topic: 'okta-synthetics-tickets', endpoint: 'team@example.com', receiver: 'tickets-email', route: 'page' },
  ] as const;
  return missing.map(({ topic, endpoint, receiver, route }) =>
    scriptedScenario(context, 'receiver-unconfirmed', `${endpoint} has not confirmed the subscription to ${topic}`, {
      ...{ name: `receiver-unconfirmed, ${receiver}`, target: receiver, deployment: 'receivers' },
      faultPhases: [
        { minutes: twoSelfTests, untilFired: true, faults: [(simulation) => simulation.unconfirm(topic, endpoint)] },
      ],
      expected: [
        {
          alarm: alarmName({ kind: 'receivers-unconfirmed', receiver }),
          ...{ route, notBefore: 60, within: twoSelfTests, every: 60, lasted: [0, 2 * twoSelfTests] },
          context: { finding: `receivers-unconfirmed-${receiver}`, domain: 'monitor' },
        },
      ],
      recoversWithin: twoSelfTests,
      pace: 'long',
    }),
  );
};

/** An org with its own receivers fails: they get its messages, and the others get none. */
export const ownReceivers: ScenarioFactory = (context) => {
  if (!isPage(context)) return [];
  const org = context.plan.orgs[1]?.org.name ?? twin;
  const own = { ...context, org };
  return [
    scriptedScenario(own, 'own-receivers', 'an org with receivers of its own fails', {
      target: org,
      deployment: 'ownReceivers',
      checks: [
        everyoneGot(own, [ownEndpoint]),
        ({ receipts }) =>
          receipts.filter(({ endpoint }) => endpoint !== ownEndpoint).map(({ endpoint }) => `${endpoint} got it too`),
      ],
    }),
  ];
};

/** Whether the outage goes to the receivers of pages. */
function isPage(context: ScenarioContext): boolean {
  return outageNotification(context).route === 'page';
}

/** Fails unless each of these receivers got one message when the outage began, and one when it ended. */
function everyoneGot(context: ScenarioContext, endpoints: readonly string[]) {
  const { alarm } = outageNotification(context);
  return ({ receipts }: Trace): readonly string[] =>
    endpoints.flatMap((endpoint) =>
      (['firing', 'resolved'] as const).flatMap((status) => {
        const count = receipts.filter(
          (each) => each.endpoint === endpoint && each.alarm === alarm && each.status === status,
        ).length;
        return count === 1 ? [] : [`${endpoint} got ${count} messages that ${alarm} is ${status}, expected 1`];
      }),
    );
}

/** The mark of each receiver's format. */
const formats = {
  [endpointOf('chat')]: { source: 'custom' },
  [endpointOf('cloudwatch')]: { NewStateValue: 'ALARM' },
  [endpointOf('json')]: { state: 'unreadable' },
  [pagerDuty]: { event_action: 'trigger' },
};

/** Fails unless each receiver by https got an alarm about the notifier in its own format, and one message of its end. */
export function everyKindHears(alarm: string) {
  return ({ receipts }: Trace): readonly string[] =>
    Object.entries(formats).flatMap(([endpoint, format]) => {
      const about = receipts.filter((each) => each.endpoint === endpoint && each.alarm === alarm);
      const [[field, value] = ['', '']] = Object.entries(format);
      const fired = about.filter(({ status, text }) => status === 'firing' && JSON.parse(text)[field] === value);
      const ended = about.filter(({ status }) => status === 'resolved');
      return fired.length === 1 && ended.length === 1
        ? []
        : [`${endpoint} got ${fired.length} messages that ${alarm} is firing and ${ended.length} that it is over`];
    });
}

function unlessTriedTwice(receipts: Trace['receipts']): readonly string[] {
  return receivers
    .filter((endpoint) => !receipts.some((each) => each.endpoint === endpoint && each.attempts === 2))
    .map((endpoint) => `no message to ${endpoint} took two tries`);
}
