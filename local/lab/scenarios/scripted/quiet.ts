import { createHash } from 'node:crypto';
import type { PublishedPoint } from '../../../self-hosted/alarms/cloudwatch.ts';
import type { SimulationFault } from '../faults/configuration.ts';
import { faultRuns } from '../scenario.ts';
import { outage, type ScenarioFactory, scriptedScenario } from './scripted-scenario.ts';

/** Every deployed resource must be able to have an effect. An alarm on a series without a publisher never fires. */
export const deployment: ScenarioFactory = (context) => {
  const known = context.plan.unsubscribed.map((topic) => `${topic} has no subscribers`);
  return [
    scriptedScenario(context, 'deployment', 'every part of the deployment has an effect', {
      target: 'the template',
      faultPhases: [{ minutes: context.every }],
      expected: [],
      checks: [({ ineffective }) => ineffective.filter((reason) => !known.includes(reason))],
    }),
  ];
};

/** The share of requests that are lost, and how late a point may arrive. */
const loss = { share: 0.02, latestMs: 120_000 } as const;

/** Several scenarios, so that they use all processors. */
const parts = 4;

/** A network that loses requests, and points that arrive late. The same seed loses and delays the same ones. */
const losePackets =
  (seed: number): SimulationFault =>
  (simulation, org, tally) => {
    const packetLoss = simulation.losePackets(org, { share: loss.share, seed });
    const stopDelay = simulation.delayPoints((point) => delayOf(point, seed));
    return () => {
      tally.packetsLost += packetLoss.lost;
      packetLoss.stop();
      stopDelay();
    };
  };

/** All points of one call arrive together. */
function delayOf({ timestamp, source }: PublishedPoint, seed: number): number {
  const digest = createHash('sha256').update(`${seed} ${timestamp} ${source}`).digest();
  return (digest.readUInt32BE() / 2 ** 32) * loss.latestMs;
}

/** Many minutes of an imperfect network. It must not notify anybody. */
export const packetLoss: ScenarioFactory = (context) => {
  const count = Math.min(parts, Math.ceil(context.packetLossMinutes / 250));
  const minutes = Math.ceil(context.packetLossMinutes / count);
  const inWords = `${minutes.toLocaleString('en-US')} minutes`;
  return Array.from({ length: count }, (_, index) =>
    scriptedScenario(context, 'packet-loss', `${inWords} of a network that loses 2 % of all requests`, {
      ...{ name: count > 1 ? `packet-loss, ${index + 1} of ${count}` : 'packet-loss', target: inWords },
      faultPhases: [{ minutes, faults: [losePackets(index + 1)] }],
      expected: [],
      checks: [],
      pace: 'long',
      remark: ({ packetsLost }) => `${inWords}, ${packetsLost.toLocaleString('en-US')} requests lost`,
    }),
  );
};

/** As late as EventBridge Scheduler may start a run, another time each minute. */
const jitter: SimulationFault = (simulation) => simulation.jitter({ mostSeconds: 59 });

/** Far more than there are at AWS. */
const duplicates: SimulationFault = (simulation) => simulation.duplicate({ share: 0.3 });

/** Scheduler starts runs at any second of their minute, and some twice. Neither is news. */
export const schedules: ScenarioFactory = (context) =>
  [
    { name: 'jitter', title: 'schedules start up to 59 seconds late', fault: jitter },
    { name: 'duplicates', title: 'three of ten schedules start twice', fault: duplicates },
  ].flatMap(({ name, title, fault }) => [
    scriptedScenario(context, name, `${title}, on a healthy day`, {
      ...{ name: `${name}, healthy`, target: 'half an hour' },
      faultPhases: [{ minutes: 30 * context.every, faults: [fault] }],
      expected: [],
    }),
    scriptedScenario(context, name, `${title}, in an outage`, {
      ...{ name: `${name}, outage`, target: 'an outage' },
      before: [{ minutes: 10 * context.every, faults: [fault] }],
      faultPhases: [{ minutes: faultRuns * context.every, faults: [fault, outage] }],
    }),
  ]);
