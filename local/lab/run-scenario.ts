import { faultDomains } from '../../functions/model/fault-domain.ts';
import { retriesSeries, severitySeries } from '../../functions/model/series.ts';
import type { MetricAlarm, Template } from '../../packages/cloudwatch-alarms/src/index.ts';
import { eventsOf, type TimelineEvent } from '../self-hosted/timeline.ts';
import { type DeploymentVariant, healthyMinutes } from './scenarios/deployment-variants.ts';
import type { Tally } from './scenarios/faults/configuration.ts';
import type { Notification, Phase, Receipt, Scenario, Trace } from './scenarios/scenario.ts';
import type { Simulation } from './simulation/simulation.ts';

const minuteMs = 60_000;

/** How many points an alarm may look at beyond its window. */
const pointsBeyondWindow = 5;

/** How long a phase lasts after all alarms fire that it waits for. */
const minutesAfterFiring = 5;

/** How many runs the sweep needs to see a recovery, where no alarm takes longer. */
const runsToRecover = 15;

export interface RunOptions {
  /** Since when the simulation has been healthy, epoch ms. Those minutes count as the healthy ones before the faults. */
  readonly healthySince: number;
  /** For people who watch: fewer healthy minutes, and the end as soon as the alarms have fired and resolved. */
  readonly brief?: boolean;
  /** The template of a deployment variant, for phases that deploy one. */
  readonly templateOf?: (variant: DeploymentVariant) => Promise<Template>;
  readonly onEvent?: (event: TimelineEvent) => void;
}

/** In brief, in runs. */
const brief = { healthy: 4, afterFiring: 1 } as const;

/** Runs a scenario: healthy minutes, the phases with faults, and healthy minutes until every alarm is resolved. */
export async function runScenario(simulation: Simulation, scenario: Scenario, options: RunOptions): Promise<Trace> {
  const { onEvent = () => {} } = options;
  const tally: Tally = { packetsLost: 0 };
  const startedAt = simulation.now;
  const before = { messages: simulation.inbox.length, transitions: simulation.transitions.length };
  const every = Math.max(1, ...scenario.expected.map((each) => each.every));
  const awaited = scenario.expected.map(({ alarm }) => alarm);
  const areFiring = () => awaited.length > 0 && awaited.every((alarm) => stateOf(simulation, alarm) === 'ALARM');
  const pass = async ({ minutes, faults = [], deploys }: Phase, isOver: () => boolean = () => false) => {
    const restores: (() => unknown)[] = [];
    if (deploys) {
      if (!options.templateOf) throw new Error(`there is no template of ${deploys}`);
      await simulation.deploy(await options.templateOf(deploys));
    }
    try {
      for (const fault of faults) restores.push(await fault(simulation, scenario.org, tally));
      for (let minute = 0; minute < minutes && !isOver(); minute += 1) {
        for (const event of eventsOf(await simulation.tick())) onEvent(event);
      }
    } finally {
      for (const restore of restores.toReversed()) await restore();
    }
  };

  const healthyFor = (simulation.now - options.healthySince) / minuteMs;
  const usual = Math.max(0, healthyMinutes - healthyFor);
  const healthy = options.brief ? brief.healthy * every : scenario.isFirstDeployment ? 0 : usual;
  for (const phase of scenario.before ?? [{ minutes: healthy }]) await pass(phase);

  const firstFaultAt = simulation.now;
  onEvent({ kind: 'fault', at: firstFaultAt });
  let firingFor = 0;
  const isShown = () => {
    if (areFiring()) firingFor += 1;
    return firingFor > brief.afterFiring * every + 1;
  };
  const hasFired = () => {
    if (areFiring()) firingFor += 1;
    return firingFor > minutesAfterFiring;
  };
  for (const phase of scenario.faultPhases) {
    await pass(phase, options.brief ? isShown : phase.untilFired ? hasFired : undefined);
  }
  const restoredAt = simulation.now;
  onEvent({ kind: 'restored', at: restoredAt });

  const most = () => scenario.recoversWithin ?? Math.max(runsToRecover * every, minutesToResolve(simulation));
  const least = options.brief
    ? awaited.length > 0
      ? 1
      : brief.healthy * every
    : (scenario.watchedFor ?? healthyMinutes);
  for (let minute = 0; minute < most() && (minute < least || stillFiring(simulation).length > 0); minute += 1) {
    await pass({ minutes: 1 });
  }
  // A function that was invoked in the last minute may still have to run.
  if (!options.brief) await pass({ minutes: 1 });

  const minuteOf = (at: number) => Math.ceil((at - firstFaultAt) / minuteMs);
  return {
    transitions: simulation.transitions
      .slice(before.transitions)
      .map(({ at, alarm, from, to }) => ({ minute: minuteOf(at), alarm, from, to })),
    notifications: simulation.inbox
      .slice(before.messages)
      .flatMap((message) => notificationOf(message, firstFaultAt) ?? []),
    receipts: simulation.inbox.slice(before.messages).flatMap((message) => receiptsOf(message, minuteOf)),
    gaps: gapsIn(simulation, scenario.org, startedAt).map(({ series, at }) => ({ series, minute: minuteOf(at) })),
    minutes: (simulation.now - startedAt) / minuteMs,
    faultMinutes: minuteOf(restoredAt),
    stillFiring: stillFiring(simulation),
    healthySince: restoredAt,
    ineffective: ineffectiveParts(simulation),
    packetsLost: tally.packetsLost,
  };
}

function stateOf(simulation: Simulation, alarm: string): string | undefined {
  const isDeployed = simulation.deployment.alarms.alarms.some(({ name }) => name === alarm);
  return isDeployed ? simulation.alarmState(alarm).state : undefined;
}

/** Returns how many minutes the alarms that fire look back, which follows from their own definitions. */
function minutesToResolve(simulation: Simulation): number {
  return longestWindow(simulation, ({ name }) => stateOf(simulation, name) === 'ALARM');
}

/** Drops the metrics that are older than the window of every alarm. */
export async function forgetOld(simulation: Simulation): Promise<void> {
  await simulation.forget(simulation.now - longestWindow(simulation) * minuteMs);
}

/** Returns the longest window of these alarms in minutes, with the points that CloudWatch reads before it. */
function longestWindow(simulation: Simulation, isMeant: (alarm: MetricAlarm) => boolean = () => true): number {
  const windows = simulation.deployment.alarms.alarms.flatMap((alarm) =>
    alarm.kind === 'metric' && isMeant(alarm)
      ? [((alarm.evaluationPeriods + pointsBeyondWindow) * alarm.periodMs) / minuteMs]
      : [],
  );
  return Math.max(0, ...windows);
}

/** Alarms without actions are parts of others, and may have a longer memory. */
function stillFiring(simulation: Simulation): readonly string[] {
  const names = simulation.deployment.alarms.alarms.flatMap(({ name, actions }) =>
    actions.ALARM.length > 0 ? [name] : [],
  );
  return names.filter((name) => stateOf(simulation, name) === 'ALARM');
}

/**
 * Returns a message as people got it. Undefined if it reached no one: it was not delivered, or its topic is one for functions.
 *
 * Trap: a message that got stuck in a topic of alarms has reached no one.
 */
export function notificationOf(message: Simulation['inbox'][number], firstFaultAt: number): Notification | undefined {
  const { at, sentAt, topic, route, state, from, subject, deliveries, context } = message;
  // The sweep sends messages without an alarm's change.
  const { alarm = context?.alarm } = message;
  const isResolved = state === undefined ? context?.state === 'resolved' : state === 'OK';
  if (!route || topic.endsWith('-alarms')) return undefined;
  const delivered = deliveries.find(({ failed }) => !failed);
  if (!delivered) return undefined;
  return {
    minute: Math.ceil((at - firstFaultAt) / minuteMs),
    sentAfterSeconds: (sentAt - firstFaultAt) / 1000,
    hasGaps: deliveries.some(({ text }) => gapsHeading.test(text)),
    route,
    status: isResolved ? 'resolved' : 'firing',
    delivery: from === 'function' ? 'notifier' : 'direct',
    ...(alarm !== undefined && { alarm }),
    subject: delivered.subject ?? subject ?? '',
    ...(context && { context }),
  };
}

function receiptsOf(
  { alarm, state, deliveries }: Simulation['inbox'][number],
  minuteOf: (at: number) => number,
): readonly Receipt[] {
  return deliveries.flatMap(({ endpoint, text, subject, attempts = 1, deliveredAt }) =>
    deliveredAt === undefined
      ? []
      : [
          {
            ...{ endpoint, attempts, text, minute: minuteOf(deliveredAt) },
            ...{ status: state === 'OK' ? 'resolved' : 'firing', ...(alarm !== undefined && { alarm }) },
            // The sweep's messages follow from no alarm's message.
            ...statedIn(text),
            ...(subject !== undefined && { subject }),
          },
        ],
  );
}

/** The alarm and its state in a document of any shape. */
function statedIn(text: string): Partial<Pick<Receipt, 'alarm' | 'status'>> {
  const document = JSON.parse(text);
  const { alarm, state } = document.metadata?.additionalContext ?? document.payload?.custom_details ?? document;
  if (document.AlarmName) {
    return { alarm: document.AlarmName, status: document.NewStateValue === 'OK' ? 'resolved' : 'firing' };
  }
  return alarm === undefined ? {} : { alarm, status: state };
}

/** The section of an e-mail in which the notifier says what evidence it could not read. */
const gapsHeading = /^GAPS\b/m;

function ineffectiveParts(simulation: Simulation): readonly string[] {
  return [
    ...simulation.deployment.ineffective.map(({ reason }) => reason),
    ...simulation
      .unpublished()
      .map(
        ({ alarm, identity: { name, dimensions } }) =>
          `${alarm} watches ${name} with ${JSON.stringify(dimensions)}, which nothing publishes`,
      ),
  ];
}

/** The minutes without a point in the series that flows publish on every run. */
function gapsIn({ store, now }: Simulation, org: string, from: number) {
  const dense = [...faultDomains.map((domain) => severitySeries({ name: org }, domain)), retriesSeries({ name: org })];
  return dense.flatMap(({ identity }) => {
    const series = `${identity.name} of ${Object.values(identity.dimensions).join(', ')}`;
    return store
      .statistic(identity, 'SampleCount', minuteMs, { start: from, end: now })
      .flatMap((count, index) => (count === undefined ? [{ series, at: from + index * minuteMs }] : []));
  });
}
