import { randomUUID } from 'node:crypto';
import type { MetricIdentity } from '../../functions/model/metric.ts';
import type { Org } from '../../functions/model/org.ts';
import type { Entry } from '../../lib/functions/entries.ts';
import type { Evaluation } from '../../packages/cloudwatch-alarms/src/index.ts';
import { type MetricStore, statisticOf } from '../../packages/cloudwatch-alarms/src/index.ts';
import { lambdaPoints } from './alarms/aws-metrics.ts';
import { CloudWatch, type KeptCloudWatch, type PublishedPoint, type Transition } from './alarms/cloudwatch.ts';
import type { AwsEmulator } from './aws-emulator/aws-emulator.ts';
import type { Item } from './aws-emulator/tables.ts';
import { chance } from './chance.ts';
import { type Invocation, type Journal, noJournal, type Run } from './journal.ts';
import {
  type AsynchronousEvent,
  afterAttempt,
  type DiscardCondition,
  failureRecord,
  isTooOld,
} from './lambda/asynchronous-event.ts';
import { type FunctionLog, readFunctionLog } from './lambda/function-log.ts';
import type { FunctionEnvironment } from './lambda/function-process.ts';
import {
  type ContainerOptions,
  type Execution,
  LambdaService,
  platformLines,
  type RunsInProgress,
  throttledExecution,
} from './lambda/lambda-service.ts';
import type { EventQueue, QueueOptions } from './lambda/real-time-queue.ts';
import { machineNow } from './lambda/shifted-clock.ts';
import { LoopDelayMeter } from './loop-delay.ts';
import { type DueStart, type ScheduledStart, Scheduler, withScheduleContext } from './scheduler.ts';
import type { HttpsDelivery } from './sns/https-delivery.ts';
import { Messages, type Queues } from './sns/messages.ts';
import { alarmIn, type DeliveredMessage, readPublication } from './sns/sns.ts';
import type { Deployment } from './template/deployment.ts';
import { type Deployed, isOrg, orgsIn } from './template/read-deployment.ts';
import { account, region } from './template/resolve-text.ts';

/** The state of the system when it was last open. */
export interface KeptState extends KeptCloudWatch {
  /** When each schedule was created, by its name. */
  readonly schedules: ReadonlyMap<string, number>;
  /** The items of each table, by its name. */
  readonly items: ReadonlyMap<string, readonly Item[]>;
  /** The lines of each log group, by its name. */
  readonly logs: ReadonlyMap<string, readonly { readonly timestamp: number; readonly message: string }[]>;
  /** The contents of Lambda's queue. */
  readonly events: readonly QueuedEvent[];
  /** Whether nothing ran for some minutes since then. */
  readonly hasGap: boolean;
}

/** What depends on the account, and may change while the system runs. */
export interface Conditions {
  readonly account: {
    readonly region: string;
    /** How many functions it may run at the same time. */
    readonly concurrency: number;
  };
  /** Whether an action that was muted names the present state as the old one. AWS does not document it. */
  readonly tellsPresentAfterMute: boolean;
}

/** The parts of a local system. Its clock is that of the queue. */
export interface SystemParts {
  readonly deployed: Deployed;
  /** Returns the built code of an entry: `flows`, `notify`. */
  readonly bundleOf: (entry: Entry) => string;
  /** Epoch ms, the start of a minute. */
  readonly startedAt: number;
  readonly aws: AwsEmulator;
  /** How a function's process reaches AWS, and which authorities it trusts. */
  readonly access: FunctionEnvironment;
  /** Processes by default, and as many as are needed at the same time. */
  readonly containers?: ContainerOptions;
  readonly runsInProgress: RunsInProgress;
  readonly conditions: Conditions;
  /** Returns how far the system's clock is ahead of this machine's when a function starts, in milliseconds. */
  readonly aheadMs: (startsAt: number) => number;
  /** Returns the event for an org, as its schedule has it, and the timeout if it is not the function's. */
  readonly eventOf: (org: Org) => { readonly event: Org; readonly timeoutMs?: number };
  readonly openQueue: (options: QueueOptions<QueuedEvent>) => EventQueue<QueuedEvent>;
  readonly openHttps: (giveUp: Queues['add']) => HttpsDelivery;
  readonly journal?: Journal | undefined;
  readonly kept?: KeptState | undefined;
}

/** A request to invoke a function asynchronously. */
export type InvokeRequest = Pick<AsynchronousEvent, 'target' | 'payload'> &
  Pick<Invocation, 'by' | 'org'> & {
    readonly timeoutMs?: number;
    /** The start of a schedule that requests it. */
    readonly start?: ScheduledStart;
  };

export type QueuedEvent = AsynchronousEvent & InvokeRequest & { readonly number: number };

/** An event that a function runs for. */
type Executed = InvokeRequest & Pick<AsynchronousEvent, 'requestId'>;

/** One minute of the system. */
export interface SystemMinute {
  readonly at: number;
  readonly runs: readonly Run[];
  readonly points: readonly PublishedPoint[];
  readonly transitions: readonly Transition[];
  readonly messages: readonly DeliveredMessage[];
}

const minuteMs = 60_000;

/** Creates the tables of a deployment with the items that they had. Must be done before the system is constructed. */
export async function createTables({ aws, deployed, kept }: Pick<SystemParts, 'aws' | 'deployed' | 'kept'>) {
  for (const { name, ...keys } of deployed.deployment.tables) {
    await aws.tables.create(name, keys);
    for (const item of kept?.items.get(name) ?? []) await aws.tables.put(name, item);
  }
}

/** A deployed system on this machine: it runs the built functions on their schedules, evaluates alarms and delivers messages. */
export class LocalSystem implements AsyncDisposable {
  readonly startedAt: number;
  readonly aws: AwsEmulator;
  /** Every attempt to run a function, in order, without its log. */
  readonly invocations: Invocation[] = [];
  /** By how much this process was late while functions ran. */
  readonly loopDelay = new LoopDelayMeter();
  protected readonly lambda: LambdaService;
  protected readonly scheduler: Scheduler;
  protected readonly cloudWatch: CloudWatch;
  protected readonly messages: Messages;
  protected readonly journal: Journal;
  readonly #parts: SystemParts;
  readonly #queue: EventQueue<QueuedEvent>;
  #deployed: Deployed;
  #now: number;
  #isTicking = false;
  #isClosed = false;
  #runs: Run[] = [];
  #accepted = 0;
  /** How many of the AWS emulator's points, messages and events have been ingested. */
  #ingested = { points: 0, published: 0, events: 0 };

  /** Opens the system as it was when it was last open. */
  constructor(parts: SystemParts) {
    const { aws, deployed, startedAt, kept, journal = noJournal } = parts;
    const { deployment } = deployed;
    this.#parts = parts;
    this.#deployed = deployed;
    this.#now = startedAt;
    this.startedAt = startedAt;
    this.aws = aws;
    this.journal = journal;
    this.lambda = new LambdaService(deployment.functions, parts.bundleOf, parts.access, parts.containers);
    this.cloudWatch = new CloudWatch(deployment.alarms, startedAt, kept);
    this.scheduler = new Scheduler(deployment.schedules, startedAt, kept?.schedules);
    this.messages = new Messages({
      deployed: () => this.#deployed,
      journal,
      openHttps: parts.openHttps,
      publishPoint: (point, arrivesAt) => this.#publishPoint(point, arrivesAt),
      invoke: (target, payload, topic, at) => this.#invoke({ target, payload, by: { topic } }, at),
    });
    this.#queue = parts.openQueue({
      run: (event, at) => this.#attempt(event, at),
      refuse: (event, at) => this.#refuse(event, at),
      concurrency: () => parts.conditions.account.concurrency,
    });
    this.#connect();
    for (const [group, lines] of kept?.logs ?? []) for (const line of lines) aws.logs.add(group, line);
    if (kept?.hasGap) this.cloudWatch.resumeAfterGap(startedAt);
    for (const event of kept?.events ?? []) this.#queue.add({ ...event, number: this.#nextNumber() });
  }

  get deployment(): Deployment {
    return this.#deployed.deployment;
  }

  /** The names of the monitored orgs. */
  get orgs(): readonly string[] {
    return orgsIn(this.#deployed);
  }

  /** The end of the last minute, and the start of the next. */
  get now(): number {
    return this.#now;
  }

  /** Every message in the order of delivery, including those to a topic without subscribers. */
  get inbox(): readonly DeliveredMessage[] {
    return this.messages.inbox;
  }

  get transitions(): readonly Transition[] {
    return this.cloudWatch.transitions;
  }

  /** The points that the alarms see. */
  get store(): MetricStore {
    return this.cloudWatch.store;
  }

  /** Returns an alarm's state, by its full name. */
  alarmState(alarm: string): Evaluation {
    return this.cloudWatch.alarmState(alarm);
  }

  /** Returns our own series that an alarm watches and nothing has published so far, perhaps because of a misspelt name. */
  unpublished(): readonly { readonly alarm: string; readonly identity: MetricIdentity }[] {
    return this.cloudWatch.unpublished();
  }

  /** Returns how many runs the schedules start in a minute. */
  startsIn(minute: number): number {
    return this.scheduler.due(minute).length;
  }

  /** Advances one minute: schedules, runs, alarms, messages. */
  async tick(): Promise<SystemMinute> {
    if (this.#isTicking) throw new Error('the previous tick has not ended');
    this.#isTicking = true;
    try {
      const at = this.#now;
      const before = { transitions: this.transitions.length, messages: this.inbox.length };
      for (const due of this.scheduler.due(at)) this.#start(due);
      await this.#queue.process(at + minuteMs, false);
      this.#now = at + minuteMs;
      this.#evaluateAlarms(this.#now);
      await this.#queue.process(this.#now, true);
      const runs = this.#runs;
      this.#runs = [];
      return {
        at,
        runs,
        points: this.cloudWatch.takePublished(),
        transitions: this.transitions.slice(before.transitions),
        messages: this.inbox.slice(before.messages),
      };
    } finally {
      this.#isTicking = false;
    }
  }

  /** Leaves out the minutes before a time, in which this machine ran nothing. */
  skipTo(minute: number): void {
    if (minute < this.#now) throw new Error('time does not go back');
    this.#now = minute;
    this.cloudWatch.resumeAfterGap(minute);
  }

  /** Drops records older than a time, and expired items of the tables. */
  async forget(before: number): Promise<void> {
    this.#ingest();
    this.aws.forget(before);
    this.#ingested = { points: 0, published: 0, events: 0 };
    this.store.forget(before);
    dropBefore(this.invocations, before);
    dropBefore(this.messages.inbox, before);
    for (const { name } of this.deployment.tables) await this.aws.tables.expire(name, 'expiresAt', this.#now);
  }

  /** Ends the functions. From now on nothing is recorded, not even runs that are under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await this.lambda[Symbol.asyncDispose]();
  }

  /** Updates the deployment. New schedules and alarms begin now. */
  protected async update(deployed: Deployed): Promise<void> {
    const { schedules, alarms, functions } = deployed.deployment;
    this.#deployed = deployed;
    this.scheduler.deploy(schedules, this.#now);
    this.cloudWatch.deploy(alarms, this.#now);
    await this.lambda.deploy(functions);
    for (const { logGroup } of functions) this.aws.logs.create(logGroup);
  }

  /** Runs a function now, and waits for its answer. As in Lambda, a synchronous event is not repeated. */
  protected call(request: InvokeRequest): Promise<Execution> {
    const event = { ...request, requestId: randomUUID(), failures: 0 };
    return this.#execute(event, this.#now, (execution, log) => this.#recordRun(event, this.#now, execution, log));
  }

  /** Lets the AWS emulator answer from this system. */
  #connect(): void {
    const { aws } = this;
    aws.metricData = (...query) => statisticOf(this.store, ...query);
    aws.alarmHistory = (...query) => this.cloudWatch.history(...query);
    aws.topicAttributes = (arn) => this.messages.sns.attributes(this.messages.topicBy('arn', arn));
    for (const { logGroup } of this.deployment.functions) aws.logs.create(logGroup);
  }

  #publishPoint(point: PublishedPoint, arrivesAt: number): void {
    this.cloudWatch.publish(point, arrivesAt);
    this.journal.onPoint(point);
  }

  #evaluateAlarms(at: number): void {
    this.journal.atomically(() => {
      this.messages.beforeEvaluation(at);
      const { changes, actions } = this.cloudWatch.evaluate(at);
      for (const action of actions) {
        const isPresentTold = action.wasMuted && this.#parts.conditions.tellsPresentAfterMute;
        this.messages.act(isPresentTold ? { ...action, from: action.to } : action, at);
      }
      for (const transition of changes) this.messages.putTransition(transition);
      this.journal.onEvaluated(at, changes, this.cloudWatch.statuses);
    });
  }

  #start({ schedule, startsAt: at, ...start }: DueStart): void {
    const { name, target, input } = schedule;
    const request = { target, payload: input, by: { schedule: name }, start };
    if (!isOrg(input)) this.#invoke(request, at);
    else {
      const { event, ...rest } = this.#parts.eventOf(input);
      this.#invoke({ ...request, payload: event, org: event.name, ...rest }, at);
    }
  }

  /** Puts an event into Lambda's queue. */
  #invoke(request: InvokeRequest, at: number): void {
    const times = { acceptedAt: at, failures: 0, throttles: 0, dueAt: at };
    const queued: QueuedEvent = { ...request, requestId: randomUUID(), number: this.#nextNumber(), ...times };
    // A schedule's start is not repeated after a restart.
    if ('topic' in queued.by) this.journal.onAccepted(queued);
    this.#queue.add(queued);
  }

  #nextNumber(): number {
    this.#accepted += 1;
    return this.#accepted;
  }

  /** Ingests what functions have sent to AWS since the last call, in virtual time. */
  #ingest(): void {
    const { aws } = this;
    const { runsInProgress } = this.#parts;
    const before = this.#ingested;
    this.#ingested = { points: aws.points.length, published: aws.published.length, events: aws.events.length };
    const originOf = (caller: string | undefined, receivedAt: number) => {
      const { startedAt = receivedAt, alarm } = runsInProgress.ofCaller(caller) ?? {};
      return { at: startedAt, sentAt: receivedAt, from: 'function', ...alarm } as const;
    };
    for (const { at: measuredAt, caller: _, receivedAt, ...point } of aws.points.slice(before.points)) {
      this.#publishPoint({ ...point, timestamp: Date.parse(measuredAt), source: 'api' }, receivedAt);
    }
    for (const { caller, receivedAt, ...message } of aws.published.slice(before.published)) {
      const topic = this.messages.topicBy('arn', message.topicArn);
      this.messages.publish(topic, readPublication(message), originOf(caller, receivedAt));
    }
    for (const { caller, receivedAt, ...event } of aws.events.slice(before.events)) {
      this.messages.putEvent(event, originOf(caller, receivedAt));
    }
  }

  /** Runs a function for a queued event. Returns how long that took. */
  async #attempt(event: QueuedEvent, at: number): Promise<number> {
    const { asynchronous } = this.lambda.functionByName(event.target);
    if (isTooOld(event, asynchronous, at)) {
      this.#discard(event, 'EventAgeExceeded', undefined, at);
      return 0;
    }
    const { durationMs } = await this.#execute(event, at, (execution, log) => this.#record(event, at, execution, log));
    return durationMs;
  }

  /** Runs a function, and records the result with `keep`, unless the system was closed meanwhile. */
  async #execute(
    event: Executed,
    at: number,
    keep: (execution: Execution, log: FunctionLog) => void,
  ): Promise<Execution> {
    const { target, payload, start } = event;
    const { timeoutMs } = this.lambda.functionByName(target);
    const filled = start ? withScheduleContext(payload, start) : payload;
    const alarm = alarmIn(payload);
    using stack = new DisposableStack();
    stack.defer(this.loopDelay.watchRun());
    const execution = await this.lambda.invoke(target, filled, {
      timeoutMs: event.timeoutMs ?? timeoutMs,
      requestId: event.requestId,
      clockAheadMs: this.#parts.aheadMs(at),
      onStart: (accessKeyId) =>
        this.#parts.runsInProgress.begin(accessKeyId, {
          startedAt: at,
          beganAt: machineNow(),
          ...(alarm && { alarm }),
        }),
    });
    if (this.#isClosed) return execution;
    this.journal.atomically(() => {
      this.#ingest();
      const log = readFunctionLog(execution.lines);
      if (execution.status !== 'throttled') this.#writeLog(event, execution, at, log);
      keep(execution, log);
    });
    return execution;
  }

  #writeLog(event: Executed, execution: Execution, at: number, { lines }: FunctionLog): void {
    const { logGroup, memoryMb } = this.lambda.functionByName(event.target);
    const { before, after } = platformLines({ memoryMb }, event.requestId, at, execution);
    const write = (timestamp: number, written: readonly (object | string)[]) => {
      for (const line of written) {
        this.aws.logs.add(logGroup, { timestamp, message: typeof line === 'string' ? line : JSON.stringify(line) });
      }
    };
    write(at, before);
    write(at + Math.round(execution.durationMs), [...lines, ...after]);
  }

  /** Records an attempt for which the account has no concurrency left. */
  #refuse(event: QueuedEvent, at: number): void {
    const { asynchronous } = this.lambda.functionByName(event.target);
    if (isTooOld(event, asynchronous, at)) this.#discard(event, 'EventAgeExceeded', undefined, at);
    else this.#record(event, at, throttledExecution, readFunctionLog([]));
  }

  /** Records an attempt, and does what Lambda does next with its event. */
  #record(event: QueuedEvent, at: number, execution: Execution, log: FunctionLog): void {
    this.#recordRun(event, at, execution, log);
    const { asynchronous } = this.lambda.functionByName(event.target);
    const drawn = chance(`${event.number} ${event.throttles}`);
    const next = afterAttempt(event, execution.status, asynchronous, at, drawn);
    if (next.kind !== 'retry') this.journal.onEnded(event);
    else {
      this.#queue.add(next.event);
      if ('topic' in event.by) this.journal.onAccepted(next.event);
    }
    if (next.kind === 'discard') this.#discard(event, next.condition, execution.error, at);
  }

  #recordRun(event: Executed & Pick<QueuedEvent, 'failures'>, at: number, execution: Execution, log: FunctionLog) {
    const { target, failures, by, org } = event;
    const { status, error, durationMs, cold } = execution;
    const { lines, points, outcomes, findings } = log;
    const logged = points.map(({ at: measuredAt, ...point }): PublishedPoint => {
      return { ...point, timestamp: Date.parse(measuredAt), source: 'log' };
    });
    for (const point of [...logged, ...lambdaPoints(target, at, execution)]) this.#publishPoint(point, at + durationMs);
    const invocation: Invocation = {
      at,
      lambda: target,
      by,
      ...(org !== undefined && { org }),
      attempt: failures + 1,
      status,
      durationMs,
      cold,
      outcomes,
      findings,
      ...(error !== undefined && { error }),
    };
    this.invocations.push(invocation);
    const run: Run = { ...invocation, lines };
    this.#runs.push(run);
    this.journal.onRun(run);
  }

  /** Sends a discarded event to the function's on-failure destination, if it has one. */
  #discard(event: QueuedEvent, condition: DiscardCondition, error: string | undefined, at: number): void {
    const { onFailure } = this.lambda.functionByName(event.target).asynchronous;
    if (onFailure === undefined) return;
    const arn = `arn:aws:lambda:${region}:${account}:function:${event.target}`;
    const text = JSON.stringify(failureRecord(event, arn, condition, error, at));
    const origin = { at, sentAt: at, from: 'failed invocation', ...alarmIn(event.payload) } as const;
    this.messages.publish(this.messages.topicBy('arn', onFailure), { text }, origin);
  }
}

/** Drops the first items of a list, up to the first that is not older than a time. */
function dropBefore(list: { readonly at: number }[], before: number): void {
  const kept = list.findIndex(({ at }) => at >= before);
  list.splice(0, kept < 0 ? list.length : kept);
}
