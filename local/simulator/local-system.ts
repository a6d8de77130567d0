import type { MetricIdentity } from '../../functions/model/metric.ts';
import type { Org } from '../../functions/model/org.ts';
import type { Entry } from '../../lib/functions/entries.ts';
import type { AwsEmulator } from '../emulators/aws/aws-emulator.ts';
import type { Item } from '../emulators/aws/tables.ts';
import {
  type Evaluation,
  MetricStore,
  statisticOf,
  type Template,
  UnsupportedError,
} from '../emulators/cloudwatch/index.ts';
import type { KeptAlarms } from './alarms/alarm-state.ts';
import { type MetricIngestion, openMetricIngestion, type PublishedPoint } from './alarms/metric-ingestion.ts';
import type { FunctionEnvironment } from './lambda/function-process.ts';
import { type LambdaService, openLambdaService } from './lambda/lambda-service.ts';
import type { RunsInProgress } from './lambda/runs-in-progress.ts';
import { type DueStart, openScheduler, type Scheduler } from './scheduler.ts';
import {
  type Deployed,
  type InvokeRequest,
  openSimulatedStack,
  type QueuedEvent,
  type SimulatedStack,
  type StackParts,
} from './simulated-stack.ts';
import type { Invocation, SystemMinute, Transition } from './simulation.ts';
import type { DeliveredMessage } from './sns/sns.ts';
import type { Deployment } from './template/deployment.ts';
import { readDeployment } from './template/read-deployment.ts';

/** What the system knew when it was last open. */
export interface KeptState {
  /** When each schedule was created, by its name. */
  readonly schedules: ReadonlyMap<string, number>;
  readonly alarms: KeptAlarms;
  readonly points: readonly PublishedPoint[];
  /** The items of each table, by its name. */
  readonly items: ReadonlyMap<string, readonly Item[]>;
  /** The lines of each log group, by its name. */
  readonly logs: ReadonlyMap<string, readonly { readonly timestamp: number; readonly message: string }[]>;
  /** What was in Lambda's queue. */
  readonly events: readonly QueuedEvent[];
  /** Whether nothing ran for some minutes since then. */
  readonly hasGap: boolean;
}

/** What the deployed system on this machine is made of. Its clock is that of the queue. */
export interface SystemParts
  extends Pick<StackParts, 'account' | 'tellsPresentAfterMute' | 'clockOf' | 'openQueue' | 'openHttps' | 'journal'> {
  readonly deployed: Deployed;
  /** The built code of an entry: `flows`, `notify`. */
  readonly bundleOf: (entry: Entry) => string;
  /** Epoch ms, the start of a minute. */
  readonly startedAt: number;
  readonly aws: AwsEmulator;
  /** What a function's process needs to reach AWS, and whom it trusts. */
  readonly access: FunctionEnvironment;
  readonly runsInProgress: RunsInProgress;
  /** The event for an org, as its schedule has it, and the timeout if it is not the function's. */
  readonly eventOf: (org: Org) => { readonly event: Org; readonly timeoutMs?: number };
  readonly kept?: KeptState | undefined;
}

/** The deployed system on this machine: the built functions on their schedules, alarms and messages. */
export interface LocalSystem extends AsyncDisposable {
  readonly deployment: Deployment;
  /** The names of the monitored orgs. */
  readonly orgs: readonly string[];
  readonly startedAt: number;
  /** The end of the last minute, and the start of the next. */
  readonly now: number;
  /** Advances one minute: schedules, runs, alarms, messages. */
  tick(): Promise<SystemMinute>;
  /** How many runs the schedules start in a minute. */
  startsIn(minute: number): number;
  /** Leaves out the minutes before a time, in which this machine ran nothing. */
  skipTo(minute: number): void;
  /** Every message in the order of delivery, including those to a topic without subscribers. */
  readonly inbox: readonly DeliveredMessage[];
  readonly transitions: readonly Transition[];
  /** Every attempt to run a function, in order, without its log. */
  readonly invocations: readonly Invocation[];
  /** An alarm's state, by its full name. */
  alarmState(alarm: string): Evaluation;
  /** The points that the alarms see. */
  readonly store: MetricStore;
  /** Our own series that an alarm watches and nothing has published so far, perhaps because of a misspelt name. */
  unpublished(): readonly { readonly alarm: string; readonly identity: MetricIdentity }[];
  readonly aws: AwsEmulator;
  /** Updates what is deployed. */
  deploy(deployed: Deployed): Promise<void>;
  /** Drops what is older than a time, and what has expired in the tables. */
  forget(before: number): Promise<void>;
}

/** The parts that a simulation disturbs. */
export interface SystemInternals {
  readonly stack: SimulatedStack;
  readonly lambda: LambdaService;
  readonly scheduler: Scheduler;
  readonly ingestion: MetricIngestion;
}

const minuteMs = 60_000;

/** Opens the deployed system on this machine, as it was when it was last open. */
export async function openLocalSystem(parts: SystemParts): Promise<LocalSystem & SystemInternals> {
  const { aws, bundleOf, startedAt, kept } = parts;
  let { deployed } = parts;
  await using opening = new AsyncDisposableStack();
  for (const { name, ...keys } of deployed.deployment.tables) {
    await aws.tables.create(name, keys);
    for (const item of kept?.items.get(name) ?? []) await aws.tables.put(name, item);
  }
  const lambda = opening.use(openLambdaService(deployed.deployment.functions, bundleOf, parts.access));
  const store = new MetricStore();
  aws.metricData = (...query) => statisticOf(store, ...query);
  const ingestion = openMetricIngestion(store);
  for (const point of kept?.points ?? []) ingestion.publish(point, point.timestamp);
  ingestion.storeArrived(Number.POSITIVE_INFINITY);
  ingestion.takePublished();
  const scheduler = openScheduler(deployed.deployment.schedules, startedAt, kept?.schedules);
  const stack = openSimulatedStack({ ...parts, ...deployed, lambda, store, ingestion, alarms: kept?.alarms });
  for (const [group, lines] of kept?.logs ?? []) for (const line of lines) aws.logs.add(group, line);
  if (kept?.hasGap) stack.alarms.resumeAfterGap(startedAt);
  stack.requeue(kept?.events ?? []);
  let now = startedAt;
  let ticking = false;

  function requestOf({ schedule, startsAt: at, ...start }: DueStart): readonly [InvokeRequest, number] {
    const { name, target, input } = schedule;
    const by = { schedule: name };
    if (!isOrg(input)) return [{ target, payload: input, by, start }, at];
    const { event, ...rest } = parts.eventOf(input);
    return [{ target, payload: event, by, start, org: event.name, ...rest }, at];
  }

  opening.defer(() => stack.close());
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
        const before = { transitions: stack.alarms.transitions.length, messages: stack.inbox.length };
        for (const due of scheduler.due(at)) stack.invoke(...requestOf(due));
        await stack.runUntil(at + minuteMs);
        now = at + minuteMs;
        await stack.evaluateAlarms(now);
        return {
          at,
          runs: stack.takeRuns(),
          points: ingestion.takePublished(),
          transitions: stack.alarms.transitions.slice(before.transitions),
          messages: stack.inbox.slice(before.messages),
        };
      } finally {
        ticking = false;
      }
    },
    startsIn: (minute) => scheduler.due(minute).length,
    skipTo(minute) {
      if (minute < now) throw new Error('time does not go back');
      now = minute;
      stack.alarms.resumeAfterGap(minute);
    },
    async deploy(changed) {
      deployed = changed;
      scheduler.deploy(changed.deployment.schedules, now);
      await stack.deploy(changed, now);
    },
    async forget(before) {
      stack.forget(before);
      for (const { name } of deployed.deployment.tables) await aws.tables.expire(name, 'expiresAt', now);
    },
    inbox: stack.inbox,
    transitions: stack.alarms.transitions,
    invocations: stack.invocations,
    alarmState: (alarm) => stack.alarms.alarmState(alarm),
    store,
    unpublished: () =>
      deployed.deployment.alarms.alarms.flatMap((alarm) =>
        alarm.kind === 'composite'
          ? []
          : Object.values(alarm.queries).flatMap((query) =>
              query.kind === 'metric' &&
              !query.identity.namespace.startsWith('AWS/') &&
              !ingestion.hasPublished(query.identity)
                ? [{ alarm: alarm.name, identity: query.identity }]
                : [],
            ),
      ),
    aws,
    stack,
    lambda,
    scheduler,
    ingestion,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** Throws if the simulator does not support something in the template. */
export function readDeployed(json: object): Deployed {
  const template = json as Template;
  const deployment = readDeployment(template);
  if (deployment.unsupported.length > 0) {
    throw new UnsupportedError(
      deployment.unsupported.map(({ logicalId, reason }) => `${logicalId}: ${reason}`).join('\n'),
    );
  }
  return { template, deployment };
}

export function eventsIn({ deployment }: Deployed): readonly Org[] {
  return deployment.schedules.flatMap(({ input }) => (isOrg(input) ? [input] : []));
}

export function orgsIn(deployed: Deployed): readonly string[] {
  return [...new Set(eventsIn(deployed).map(({ name }) => name))];
}

/** The event of a probe function. Every other function is invoked with something else. */
export function isOrg(input: unknown): input is Org {
  return typeof input === 'object' && input !== null && 'servers' in input && 'domain' in input;
}
