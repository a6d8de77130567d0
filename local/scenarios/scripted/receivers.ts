import { alarmName } from '../../../functions/alarms/subject.ts';
import { composedName, defaultDeployment } from '../../../functions/model/deployment.ts';
import { identified } from '../../../lib/config/receiver.ts';
import { drillReceivers, ownEndpoint, twin } from '../deployment-variants.ts';
import type { SimulationFault } from '../faults/simulation-fault.ts';
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

/** Each receiver answers 500 and then 200: each gets its message, and nobody is told of it. */
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

/** An org with receivers of its own fails: they get its messages, and the others get none. */
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

function unlessTriedTwice(receipts: Trace['receipts']): readonly string[] {
  return receivers
    .filter((endpoint) => !receipts.some((each) => each.endpoint === endpoint && each.attempts === 2))
    .map((endpoint) => `no message to ${endpoint} took two tries`);
}
