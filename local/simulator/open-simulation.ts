import type { Org } from '../../functions/model/org.ts';
import type { Entry } from '../../lib/functions/entries.ts';
import type { Statistic } from '../emulators/cloudwatch/alarm-definition.ts';
import { MetricStore } from '../emulators/cloudwatch/metric-store.ts';
import type { Template } from '../emulators/cloudwatch/template-reader.ts';
import { UnsupportedError } from '../emulators/cloudwatch/unsupported-error.ts';
import { ratesIn, usualAccount } from './account.ts';
import { openMetricIngestion } from './alarms/metric-ingestion.ts';
import { emulateOrgs } from './emulated-orgs.ts';
import { startEmulators } from './environment.ts';
import { noShift } from './lambda/clock-shift.ts';
import { openLambdaService } from './lambda/lambda-service.ts';
import { openRunsInProgress } from './lambda/runs-in-progress.ts';
import { losePackets } from './packet-loss.ts';
import { type DueStart, openScheduler } from './scheduler.ts';
import { type Deployed, type InvokeRequest, openSimulatedStack } from './simulated-stack.ts';
import type { Simulation } from './simulation.ts';
import { readDeployment } from './template/read-deployment.ts';

export interface SimulationOptions {
  /** As synthesized. Throws `UnsupportedError` for anything that the simulator does not support. */
  readonly template: object;
  /** The built code of an entry: `flows`, `notify`. */
  readonly bundleOf: (entry: Entry) => string;
  /** Epoch ms, the start of a minute. The current minute by default. */
  readonly startsAt?: number;
  /** One Okta emulator for all orgs. See `EmulatorOptions`. */
  readonly sharesOkta?: boolean;
}

const minuteMs = 60_000;

/**
 * Runs a template on this machine: an Okta emulator per org, an AWS emulator, and the built functions. Virtual time moves
 * only by `tick`. Several simulations can be open at the same time; they share nothing.
 *
 * A run takes in virtual time what it takes in real time, from the second at which its schedule or its queue starts it.
 * AWS's rates, the account's concurrency, and when points arrive are reckoned in that time.
 *
 * Trap: probe functions run on the real clock, because the emulator does, and their timestamps are shifted afterwards. So
 * requests take real time, and an hour of virtual timeouts takes real minutes.
 */
export async function openSimulation(options: SimulationOptions): Promise<Simulation> {
  const { bundleOf, startsAt, sharesOkta = false } = options;
  let deployed = readTemplate(options.template);
  const startedAt = startsAt ?? Math.floor(Date.now() / minuteMs) * minuteMs;
  await using opening = new AsyncDisposableStack();
  let account = usualAccount;
  let tellsPresentAfterMute = false;
  const runsInProgress = openRunsInProgress(startedAt);
  const emulators = opening.use(
    await startEmulators(orgsIn(deployed), {
      sharesOkta,
      rates: () => ratesIn(account),
      now: runsInProgress.timeOf,
    }),
  );
  const { aws } = emulators;
  for (const { name, ...keys } of deployed.deployment.tables) await aws.tables.create(name, keys);
  const lambda = opening.use(openLambdaService(deployed.deployment.functions, bundleOf, emulators.access));
  const orgs = emulateOrgs(eventsIn(deployed), emulators);
  const store = new MetricStore();
  const feed = openMetricIngestion(store);
  aws.metricData = (identity, statistic, periodMs, window) =>
    store.statistic(identity, statistic as Statistic, periodMs, window);
  const scheduler = openScheduler(deployed.deployment.schedules, startedAt);
  const cloud = openSimulatedStack({
    ...deployed,
    ...{ aws, lambda, runsInProgress, store, ingestion: feed, startedAt },
    account: () => account,
    tellsPresentAfterMute: () => tellsPresentAfterMute,
    isOnRealTime: (name) => deployed.deployment.schedules.some(({ target, input }) => target === name && isOrg(input)),
  });
  let now = startedAt;
  let ticking = false;

  function requestOf({ schedule, startsAt: at, ...start }: DueStart): readonly [InvokeRequest, number] {
    const { name, target, input } = schedule;
    const by = { schedule: name };
    if (!isOrg(input)) return [{ target, payload: input, by, start }, at];
    const { event, ...rest } = orgs.eventOf(input);
    return [{ target, payload: event, by, start, org: event.name, ...rest }, at];
  }

  const opened = opening.move();
  return {
    get deployment() {
      return deployed.deployment;
    },
    get orgs() {
      return orgsIn(deployed);
    },
    startedAt,
    get now() {
      return now;
    },
    async tick() {
      if (ticking) throw new Error('the previous tick has not ended');
      ticking = true;
      try {
        const at = now;
        const before = { transitions: cloud.alarms.transitions.length, messages: cloud.inbox.length };
        orgs.beginMinute();
        for (const due of scheduler.due(at)) cloud.invoke(...requestOf(due));
        await cloud.runUntil(at + minuteMs);
        now = at + minuteMs;
        await cloud.evaluateAlarms(now);
        return {
          at,
          runs: cloud.takeRuns(),
          points: feed.takePublished(),
          transitions: cloud.alarms.transitions.slice(before.transitions),
          messages: cloud.inbox.slice(before.messages),
          requests: orgs.takeRequests(),
        };
      } finally {
        ticking = false;
      }
    },
    call: (name, event) =>
      lambda.invoke(name, event, {
        timeoutMs: lambda.functionByName(name).timeoutMs,
        clockAheadMs: now - Date.now(),
        onStart: (key) => runsInProgress.begin(key, { startedAt: now, beganAt: Date.now(), shift: noShift }),
      }),
    async deploy(template) {
      const changed = readTemplate(template);
      await emulators.add(orgsIn(changed));
      orgs.add(eventsIn(changed));
      deployed = changed;
      scheduler.deploy(changed.deployment.schedules, now);
      await cloud.deploy(changed, now);
    },
    inbox: cloud.inbox,
    transitions: cloud.alarms.transitions,
    invocations: cloud.invocations,
    alarmState: (alarm) => cloud.alarms.alarmState(alarm),
    store,
    unpublished: () =>
      deployed.deployment.alarms.alarms.flatMap((alarm) =>
        alarm.kind === 'composite'
          ? []
          : Object.values(alarm.queries).flatMap((query) =>
              query.kind === 'metric' &&
              !query.identity.namespace.startsWith('AWS/') &&
              !feed.hasPublished(query.identity)
                ? [{ alarm: alarm.name, identity: query.identity }]
                : [],
            ),
      ),
    inject: orgs.inject,
    environment: orgs.environment,
    aws,
    losePackets: (org, loss) => losePackets(orgs.environment(org).okta, () => now, loss),
    useAccount(changes) {
      const before = account;
      account = { ...account, ...changes };
      return () => {
        account = before;
      };
    },
    tellPresentAfterMute() {
      tellsPresentAfterMute = true;
      return () => {
        tellsPresentAfterMute = false;
      };
    },
    disable: scheduler.disable,
    jitter: scheduler.jitter,
    duplicate: scheduler.duplicate,
    throttle: lambda.throttle,
    crash: lambda.crash,
    delayPoints: feed.delay,
    answer: cloud.https.answer,
    failDeliveries: cloud.sns.failDeliveries,
    queues: cloud.queues,
    coldStart: lambda.coldStart,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** Throws if the simulator does not support something in the template. */
function readTemplate(json: object): Deployed {
  const template = json as Template;
  const deployment = readDeployment(template);
  if (deployment.unsupported.length > 0) {
    throw new UnsupportedError(
      deployment.unsupported.map(({ logicalId, reason }) => `${logicalId}: ${reason}`).join('\n'),
    );
  }
  return { template, deployment };
}

function eventsIn({ deployment }: Deployed): readonly Org[] {
  return deployment.schedules.flatMap(({ input }) => (isOrg(input) ? [input] : []));
}

function orgsIn(deployed: Deployed): readonly string[] {
  return [...new Set(eventsIn(deployed).map(({ name }) => name))];
}

/** The event of a probe function. Every other function is invoked with something else. */
function isOrg(input: unknown): input is Org {
  return typeof input === 'object' && input !== null && 'servers' in input && 'domain' in input;
}
