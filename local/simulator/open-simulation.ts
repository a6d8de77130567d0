import type { Org } from '../../functions/model/org.ts';
import type { Entry } from '../../lib/functions/bundle.ts';
import { MetricStore } from '../emulators/cloudwatch/metric-store.ts';
import type { Template } from '../emulators/cloudwatch/template-reader.ts';
import { UnsupportedError } from '../emulators/cloudwatch/unsupported-error.ts';
import { openMetricIngestion } from './alarms/metric-ingestion.ts';
import { emulateOrgs } from './emulated-orgs.ts';
import { startEmulators } from './environment.ts';
import { openLambdaService } from './lambda/lambda-service.ts';
import { losePackets } from './packet-loss.ts';
import { openSimulatedStack } from './simulated-stack.ts';
import type { Simulation } from './simulation.ts';
import { readDeployment } from './template/read-deployment.ts';

export interface SimulationOptions {
  /** As synthesized. Throws `UnsupportedError` for anything that the simulator does not support. */
  readonly template: object;
  /** The built code of an entry: `flows`, `notify`. */
  readonly bundleOf: (entry: Entry) => string;
  /** Epoch ms, the start of a minute. The current minute by default. */
  readonly startsAt?: number;
}

const minuteMs = 60_000;

/**
 * Runs a template on this machine: an Okta emulator per org, an AWS emulator, and the built functions. Virtual time moves
 * only by `tick`. Several simulations can be open at the same time; they share nothing.
 *
 * Trap: probe functions run on the real clock, because the emulator does, and their timestamps are shifted afterwards. So
 * requests take real time, and an hour of virtual timeouts takes real minutes.
 */
export async function openSimulation({ template: json, bundleOf, startsAt }: SimulationOptions): Promise<Simulation> {
  const template = json as Template;
  const deployment = readDeployment(template);
  if (deployment.unsupported.length > 0) {
    throw new UnsupportedError(
      deployment.unsupported.map(({ logicalId, reason }) => `${logicalId}: ${reason}`).join('\n'),
    );
  }
  const startedAt = startsAt ?? Math.floor(Date.now() / minuteMs) * minuteMs;
  await using opening = new AsyncDisposableStack();
  const events = deployment.schedules.flatMap(({ input }) => (isOrg(input) ? [input] : []));
  const names = [...new Set(events.map(({ name }) => name))];
  const emulators = opening.use(await startEmulators(names));
  const { aws } = emulators;
  const lambda = opening.use(openLambdaService(deployment.functions, bundleOf, emulators.access));
  const orgs = emulateOrgs(events, emulators);
  const store = new MetricStore();
  const feed = openMetricIngestion(store);
  const isOnRealTime = (name: string) =>
    deployment.schedules.some(({ target, input }) => target === name && isOrg(input));
  const cloud = openSimulatedStack({ template, deployment, aws, lambda, store, ingestion: feed, isOnRealTime });
  const disabled = new Set<string>();
  let now = startedAt;
  let ticking = false;

  function callsDue() {
    const minute = Math.round((now - startedAt) / minuteMs);
    return deployment.schedules
      .filter(({ name, enabled, intervalMinutes }) => enabled && !disabled.has(name) && minute % intervalMinutes === 0)
      .map(({ name, target, input }) => {
        const by = { schedule: name };
        if (!isOrg(input)) return { target, payload: input, by };
        const { event, ...rest } = orgs.eventOf(input);
        return { target, payload: event, by, org: event.name, ...rest };
      });
  }

  const opened = opening.move();
  return {
    deployment,
    orgs: names,
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
        await cloud.invoke(callsDue(), at);
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
    inbox: cloud.inbox,
    transitions: cloud.alarms.transitions,
    invocations: cloud.invocations,
    alarmState: (alarm) => cloud.alarms.alarmState(alarm),
    store,
    unpublished: () =>
      deployment.alarms.alarms.flatMap((alarm) =>
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
    losePackets: (org, options) => losePackets(orgs.environment(org).okta, () => now, options),
    disable(name) {
      if (!deployment.schedules.some((each) => each.name === name)) throw new Error(`there is no schedule ${name}`);
      disabled.add(name);
      return () => {
        disabled.delete(name);
      };
    },
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

/** The event of a probe function. Every other function is invoked with something else. */
function isOrg(input: unknown): input is Org {
  return typeof input === 'object' && input !== null && 'servers' in input && 'domain' in input;
}
