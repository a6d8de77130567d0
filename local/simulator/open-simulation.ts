import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Entry } from '../../lib/functions/bundle.ts';
import { startAwsEmulator } from '../emulators/aws/aws-emulator.ts';
import { MetricStore } from '../emulators/cloudwatch/metric-store.ts';
import type { Template } from '../emulators/cloudwatch/template-reader.ts';
import { UnsupportedError } from '../emulators/cloudwatch/unsupported-error.ts';
import { type OktaEmulator, startOktaEmulator } from '../emulators/okta/okta-emulator.ts';
import { openMetricIngestion } from './alarms/metric-ingestion.ts';
import { emulateOrgs, isOrg } from './emulated-orgs.ts';
import type { TestEnvironment } from './environment.ts';
import { openLambdaService } from './lambda/lambda-service.ts';
import { losePackets } from './packet-loss.ts';
import { openSimulatedStack } from './simulated-stack.ts';
import type { Simulation } from './simulation.ts';
import type { Deployment } from './template/deployment.ts';
import { readDeployment } from './template/read-deployment.ts';

export interface SimulationOptions {
  /** As it is synthesized. What is not understood of it is refused. */
  readonly template: object;
  /** The built code of an entry: `flows`, `notify`. */
  readonly bundleOf: (entry: Entry) => string;
  /** Epoch ms, the start of a minute. By default the minute that it is. */
  readonly startsAt?: number;
}

const minuteMs = 60_000;

/**
 * Deploys a template to the laptop: an embedded Okta an org, AWS on loopback, and the functions as they are built. Time
 * goes on by `tick`, and only so. Any number may be open at the same time, each a world of its own.
 *
 * Trap: functions run by the real clock, because the embedded Okta does; what they say of time is moved. So a run's
 * requests are real, and a rehearsed outage of an hour that ends in timeouts takes real minutes.
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
  const secrets: TestEnvironment['secrets'] = new Map();
  const aws = opening.use(await startAwsEmulator(secrets));
  const oktas = new Map<string, OktaEmulator>();
  for (const name of orgsIn(deployment)) oktas.set(name, opening.use(await startOktaEmulator()));
  const directory = await mkdtemp(path.join(tmpdir(), 'okta-synthetics-rehearsal-'));
  opening.defer(() => rm(directory, { recursive: true }));
  const caFile = path.join(directory, 'authorities.pem');
  await writeFile(caFile, [...oktas.values()].map(({ ca }) => ca).join('\n'));

  const lambda = opening.use(openLambdaService(deployment.functions, bundleOf, { awsEndpoint: aws.url, caFile }));
  const orgs = emulateOrgs(deployment.schedules, oktas, aws, secrets);
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
      .map((schedule) => {
        const { event: payload, ...rest } = orgs.eventOf(schedule);
        return { target: schedule.target, payload, by: { schedule: schedule.name }, ...rest };
      });
  }

  const opened = opening.move();
  return {
    deployment,
    orgs: orgs.names,
    startedAt,
    get now() {
      return now;
    },
    async tick() {
      if (ticking) throw new Error('one minute after the other');
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
      if (!deployment.schedules.some((each) => each.name === name)) throw new Error(`no schedule is called ${name}`);
      disabled.add(name);
      return () => {
        disabled.delete(name);
      };
    },
    throttle: lambda.throttle,
    crash: lambda.crash,
    delayPoints: feed.delay,
    failDeliveries: cloud.sns.failDeliveries,
    coldStart: lambda.coldStart,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

function orgsIn({ schedules }: Deployment): readonly string[] {
  return [...new Set(schedules.flatMap(({ input }) => (isOrg(input) ? [input.name] : [])))];
}
