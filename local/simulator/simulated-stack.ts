import { randomUUID } from 'node:crypto';
import type { AwsEmulator } from '../emulators/aws/aws-emulator.ts';
import type { AlarmAction, MetricStore, Template } from '../emulators/cloudwatch/index.ts';
import type { Account } from './account.ts';
import { type AlarmStates, type KeptAlarms, openAlarmStates } from './alarms/alarm-state.ts';
import { deliveryPoints, lambdaPoints, queuePoints, topicPoints } from './alarms/aws-metrics.ts';
import type { MetricIngestion, PublishedPoint } from './alarms/metric-ingestion.ts';
import { chance } from './chance.ts';
import { type Journal, noJournal } from './journal.ts';
import {
  type AsynchronousEvent,
  afterAttempt,
  type DiscardCondition,
  failureRecord,
  isTooOld,
} from './lambda/asynchronous-event.ts';
import { type ClockShift, noShift, shiftPoint } from './lambda/clock-shift.ts';
import type { EventQueue, QueueOptions } from './lambda/event-queue.ts';
import { type FunctionLog, readFunctionLog } from './lambda/function-log.ts';
import { type Execution, type LambdaService, throttledExecution } from './lambda/lambda-service.ts';
import { platformLines } from './lambda/platform-log.ts';
import type { RunsInProgress } from './lambda/runs-in-progress.ts';
import { type ScheduledStart, withScheduleContext } from './schedule-context.ts';
import { shiftItems } from './shift-items.ts';
import type { Invocation, Run } from './simulation.ts';
import { alarmMessage, ownAlarmMessage } from './sns/alarm-message.ts';
import { alarmEvent, type BusEvent, busEvent, eventMessage, inputOf, isMatch, postEvent } from './sns/event-rules.ts';
import type { HttpsDelivery } from './sns/https-delivery.ts';
import { openQueues, type Queues } from './sns/queues.ts';
import {
  alarmIn,
  type DeliveredMessage,
  type MessageAlarm,
  type MessageOrigin,
  openSns,
  type Publication,
  readPublication,
  type Sns,
  snsEvent,
} from './sns/sns.ts';
import type { Deployment, Topic } from './template/deployment.ts';
import { account, region } from './template/resolve-text.ts';

/** What is deployed, and the template that it was read from. */
export interface Deployed {
  readonly template: Template;
  readonly deployment: Deployment;
}

export interface StackParts extends Deployed {
  readonly aws: AwsEmulator;
  readonly lambda: LambdaService;
  readonly runsInProgress: RunsInProgress;
  readonly store: MetricStore;
  readonly ingestion: MetricIngestion;
  readonly account: () => Account;
  /** Whether an action that was muted names the present state as the old one. AWS does not document it. */
  readonly tellsPresentAfterMute: () => boolean;
  readonly startedAt: number;
  /** The clock of a function that is due at `due` and starts at `at`, by the clock of the stack. */
  readonly clockOf: (lambda: string, at: number, due: number) => FunctionClock;
  /** Opens Lambda's queue, which goes by the clock of the stack. */
  readonly openQueue: (options: QueueOptions<QueuedEvent>) => EventQueue<QueuedEvent>;
  readonly openHttps: (giveUp: Queues['add']) => HttpsDelivery;
  /** Is told everything that must not be lost. */
  readonly journal?: Journal | undefined;
  /** What is known of the alarms from before. */
  readonly alarms?: KeptAlarms | undefined;
}

/** How a function's clock relates to the others. */
export interface FunctionClock {
  /** From the clock of the function to that of the stack. */
  readonly shift: ClockShift;
  /** How far the function's clock is ahead of this machine's. */
  readonly aheadMs?: number;
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

/** The deployed stack on this machine: it runs functions, evaluates alarms and delivers messages. */
export interface SimulatedStack {
  /** Every attempt to run a function, without its log. */
  readonly invocations: readonly Invocation[];
  /** The attempts since the last call, with their logs. */
  takeRuns(): readonly Run[];
  readonly inbox: readonly DeliveredMessage[];
  readonly alarms: AlarmStates;
  readonly sns: Sns;
  readonly https: HttpsDelivery;
  readonly queues: Queues;
  /** Puts an event into Lambda's queue. */
  invoke(request: InvokeRequest, at: number): void;
  /** Runs a function at once, and waits for its answer. As in Lambda, a synchronous event is not repeated. */
  call(request: InvokeRequest, at: number): Promise<Execution>;
  /** Puts events back into Lambda's queue that were there before the stack was opened. */
  requeue(events: readonly QueuedEvent[]): void;
  /** Tells of an alarm that is not in the template, by the topic of this name. */
  announce(topic: string, about: MessageAlarm, reason: string, at: number): void;
  /** Publishes a message again to those who have not got it. */
  redeliver(message: DeliveredMessage): void;
  /** Drops what is older than a time, and nobody needs to evaluate alarms or to write messages. */
  forget(before: number): void;
  /** From now on nothing is recorded: what has not ended will not have been. */
  close(): void;
  /** Runs the events in Lambda's queue that are due before a time. */
  runUntil(before: number): Promise<void>;
  /** Evaluates the alarms, runs their actions, and then the events that are due in Lambda's queue. */
  evaluateAlarms(at: number): Promise<void>;
  /** Updates what is deployed. */
  deploy(deployed: Deployed, at: number): Promise<void>;
}

export function openSimulatedStack(parts: StackParts): SimulatedStack {
  const { aws, lambda, store, ingestion, runsInProgress, journal = noJournal } = parts;
  let { template, deployment }: Deployed = parts;
  const alarms = openAlarmStates(deployment.alarms, parts.startedAt, parts.alarms);
  const queues = openQueues(() => deployment.queues);
  const https = parts.openHttps(queues.add);
  const sns = openSns(
    () => deployment.topics,
    https,
    (topic, at, isDelivered) => {
      for (const point of deliveryPoints(topic, at, isDelivered)) publishPoint(point, at);
    },
  );
  const invocations: Invocation[] = [];
  let runs: Run[] = [];
  const inbox: DeliveredMessage[] = [];
  let accepted = 0;
  let closed = false;
  const queue = parts.openQueue({
    run: attempt,
    refuse,
    concurrency: () => parts.account().concurrency,
  });
  /** How many of the AWS emulator's points, messages and events have been ingested. */
  const ingested = { points: 0, published: 0, events: 0 };
  aws.alarmHistory = alarms.history;
  aws.topicAttributes = (arn) => sns.attributes(topicBy('arn', arn));
  // A probe function writes and reads times by its own clock. In the table, all times are virtual.
  aws.translateItems = (caller, direction, json) => {
    const { byMs, minuteByMs } = runsInProgress.ofCaller(caller)?.shift ?? noShift;
    const sign = direction === 'written' ? 1 : -1;
    return shiftItems(json, { byMs: sign * byMs, minuteByMs: sign * minuteByMs });
  };
  for (const { logGroup } of deployment.functions) aws.logs.create(logGroup);

  function publishPoint(point: PublishedPoint, arrivesAt: number): void {
    ingestion.publish(point, arrivesAt);
    journal.onPoint(point);
  }

  function deliver(message: DeliveredMessage): void {
    inbox.push(message);
    journal.onMessage(message);
  }

  function topicBy(key: 'arn' | 'logicalId', value: string): Topic {
    const topic = deployment.topics.find((each) => each[key] === value);
    if (!topic) throw new Error(`cannot publish to ${value}: it is not a topic in the template`);
    return topic;
  }

  function invoke(request: InvokeRequest, at: number): void {
    accepted += 1;
    const event = { requestId: randomUUID(), number: accepted, acceptedAt: at, failures: 0, throttles: 0, dueAt: at };
    const queued: QueuedEvent = { ...request, ...event };
    // What a schedule starts is not made up for.
    if ('topic' in queued.by) journal.onAccepted(queued);
    queue.add(queued);
  }

  function publish(topic: Topic, publication: Publication, origin: MessageOrigin): void {
    const { at } = origin;
    const result = sns.publish(topic, publication, origin);
    for (const point of topicPoints(topic.name, at, result)) publishPoint(point, at);
    if (result.message) deliver(result.message);
    for (const target of result.functions) {
      invoke({ target, payload: snsEvent(topic, publication, at), by: { topic: topic.name } }, at);
    }
  }

  /** Ingests what functions have sent to AWS since the last call, in virtual time. */
  function ingest(): void {
    const points = aws.points.slice(ingested.points);
    ingested.points = aws.points.length;
    for (const { at: measuredAt, caller, receivedAt, ...point } of points) {
      const shift = runsInProgress.ofCaller(caller)?.shift ?? noShift;
      publishPoint({ ...point, timestamp: shiftPoint(Date.parse(measuredAt), shift), source: 'api' }, receivedAt);
    }
    const published = aws.published.slice(ingested.published);
    ingested.published = aws.published.length;
    for (const { caller, receivedAt, ...message } of published) {
      const { startedAt = receivedAt, alarm } = runsInProgress.ofCaller(caller) ?? {};
      const origin = { at: startedAt, sentAt: receivedAt, from: 'function', ...alarm } as const;
      publish(topicBy('arn', message.topicArn), readPublication(message), origin);
    }
    const events = aws.events.slice(ingested.events);
    ingested.events = aws.events.length;
    for (const { caller, receivedAt, ...event } of events) {
      const { startedAt = receivedAt, alarm } = runsInProgress.ofCaller(caller) ?? {};
      const origin = { at: startedAt, sentAt: receivedAt, from: 'function', ...alarm } as const;
      route(busEvent(event, receivedAt), origin);
    }
  }

  /** Does what the rules on the default bus say of an event. */
  function route(event: BusEvent, origin: MessageOrigin): void {
    for (const rule of deployment.rules.filter((each) => isMatch(each, event))) {
      const { to } = rule;
      if ('topicId' in to) publish(topicBy('logicalId', to.topicId), { text: inputOf(rule, event) }, origin);
      else deliver(eventMessage({ ...rule, to }, event, https, origin));
    }
  }

  function writeLog(event: Executed, execution: Execution, at: number, { lines }: FunctionLog): void {
    const { logGroup, memoryMb } = lambda.functionByName(event.target);
    const { before, after } = platformLines({ memoryMb }, event.requestId, at, execution);
    const write = (timestamp: number, written: readonly (object | string)[]) => {
      for (const line of written) {
        aws.logs.add(logGroup, { timestamp, message: typeof line === 'string' ? line : JSON.stringify(line) });
      }
    };
    write(at, before);
    write(at + Math.round(execution.durationMs), [...lines, ...after]);
  }

  /** Runs a function. Returns how long that took. */
  async function attempt(event: QueuedEvent, at: number): Promise<number> {
    const { asynchronous } = lambda.functionByName(event.target);
    if (isTooOld(event, asynchronous, at)) {
      discard(event, 'EventAgeExceeded', undefined, at);
      return 0;
    }
    const { durationMs } = await execute(event, at, (execution, log) => record(event, at, execution, log));
    return durationMs;
  }

  /** Runs a function, and keeps what came of it, unless the stack was closed meanwhile. */
  async function execute(
    event: Executed,
    at: number,
    keep: (execution: Execution, log: FunctionLog) => void,
  ): Promise<Execution> {
    const { target, payload, start } = event;
    const { timeoutMs } = lambda.functionByName(target);
    const beganAt = Date.now();
    const due = start?.scheduledAt ?? at;
    const { shift, aheadMs } = parts.clockOf(target, at, due);
    const filled = start ? withScheduleContext(payload, { ...start, scheduledAt: due - shift.byMs }) : payload;
    const alarm = alarmIn(payload);
    const execution = await lambda.invoke(target, filled, {
      timeoutMs: event.timeoutMs ?? timeoutMs,
      requestId: event.requestId,
      ...(aheadMs !== undefined && { clockAheadMs: aheadMs }),
      onStart: (accessKeyId) =>
        runsInProgress.begin(accessKeyId, { startedAt: at, beganAt, shift, ...(alarm && { alarm }) }),
    });
    if (closed) return execution;
    journal.atomically(() => {
      ingest();
      const log = readFunctionLog(execution.lines, shift);
      if (execution.status !== 'throttled') writeLog(event, execution, at, log);
      keep(execution, log);
    });
    return execution;
  }

  async function call(request: InvokeRequest, at: number): Promise<Execution> {
    const event = { ...request, requestId: randomUUID() };
    return execute(event, at, (execution, log) => recordRun({ ...event, failures: 0 }, at, execution, log));
  }

  /** An attempt for which the account has no concurrency left. */
  function refuse(event: QueuedEvent, at: number): void {
    const { asynchronous } = lambda.functionByName(event.target);
    if (isTooOld(event, asynchronous, at)) discard(event, 'EventAgeExceeded', undefined, at);
    else record(event, at, throttledExecution, readFunctionLog([], noShift));
  }

  /** Records an attempt, and what Lambda does next with its event. */
  function record(event: QueuedEvent, at: number, execution: Execution, log: FunctionLog): void {
    recordRun(event, at, execution, log);
    const { status, error } = execution;
    const { asynchronous } = lambda.functionByName(event.target);
    const drawn = chance(`${event.number} ${event.throttles}`);
    const next = afterAttempt(event, status, asynchronous, at, drawn);
    if (next.kind !== 'retry') journal.onEnded(event);
    else {
      queue.add(next.event);
      if ('topic' in event.by) journal.onAccepted(next.event);
    }
    if (next.kind === 'discard') discard(event, next.condition, error, at);
  }

  function recordRun(
    event: Executed & Pick<QueuedEvent, 'failures'>,
    at: number,
    execution: Execution,
    log: FunctionLog,
  ) {
    const { target, failures, by, org } = event;
    const { status, error, durationMs, cold } = execution;
    const endsAt = at + durationMs;
    const logged = log.points.map(({ at: measuredAt, ...point }): PublishedPoint => {
      return { ...point, timestamp: Date.parse(measuredAt), source: 'log' };
    });
    for (const point of [...logged, ...lambdaPoints(target, at, execution)]) publishPoint(point, endsAt);
    const { lines, outcomes, findings } = log;
    const invocation: Invocation = {
      ...{ at, lambda: target, by, ...(org !== undefined && { org }), attempt: failures + 1 },
      ...{ status, durationMs, cold, outcomes, findings, ...(error !== undefined && { error }) },
    };
    invocations.push(invocation);
    const run: Run = { ...invocation, lines };
    runs.push(run);
    journal.onRun(run);
  }

  /** Sends a discarded event to the function's on-failure destination, if it has one. */
  function discard(event: QueuedEvent, condition: DiscardCondition, error: string | undefined, at: number): void {
    const { onFailure } = lambda.functionByName(event.target).asynchronous;
    if (onFailure === undefined) return;
    const arn = `arn:aws:lambda:${region}:${account}:function:${event.target}`;
    const text = JSON.stringify(failureRecord(event, arn, condition, error, at));
    publish(
      topicBy('arn', onFailure),
      { text },
      { at, sentAt: at, from: 'failed invocation', ...alarmIn(event.payload) },
    );
  }

  function act(action: AlarmAction, at: number): void {
    const topic = topicBy('logicalId', action.topic);
    const origin = { at, sentAt: at, from: 'alarm', alarm: action.alarm.name, state: action.to } as const;
    const from = action.wasMuted && parts.tellsPresentAfterMute() ? action.to : action.from;
    if (topic.acceptsAlarms) publish(topic, alarmMessage(template, { ...action, from }), origin);
  }

  return {
    invocations,
    takeRuns() {
      const taken = runs;
      runs = [];
      return taken;
    },
    inbox,
    alarms,
    sns,
    https,
    queues,
    invoke,
    call,
    requeue(events) {
      for (const event of events) {
        accepted += 1;
        queue.add({ ...event, number: accepted });
      }
    },
    announce(name, about, reason, at) {
      const topic = deployment.topics.find((each) => each.name === name);
      if (!topic) throw new Error(`no topic is named ${name}`);
      const origin = { at, sentAt: at, from: 'alarm', ...about } as const;
      journal.atomically(() => publish(topic, ownAlarmMessage(about, reason, at), origin));
    },
    redeliver(message) {
      inbox.push(message);
      for (const delivery of message.deliveries) {
        const topic = deployment.topics.find(({ name }) => name === message.topic);
        const subscription = topic?.subscriptions.find(({ endpoint }) => endpoint === delivery.endpoint);
        const { to } = deployment.rules.find(({ name }) => name === message.topic) ?? {};
        const { retryDelaysMs } = subscription ?? {};
        if (topic && subscription && retryDelaysMs)
          sns.retry(topic, { ...subscription, retryDelaysMs }, delivery, message.sentAt);
        else if (to && 'endpoint' in to && to.endpoint === delivery.endpoint)
          postEvent(to, delivery, https, message.sentAt);
      }
    },
    forget(before) {
      ingest();
      aws.forget(before);
      Object.assign(ingested, { points: 0, published: 0, events: 0 });
      store.forget(before);
      dropBefore(invocations, before);
      dropBefore(inbox, before);
    },
    close() {
      closed = true;
    },
    runUntil: (before) => queue.process(before, false),
    async evaluateAlarms(at) {
      journal.atomically(() => {
        https.retryDue(at);
        for (const name of queues.active()) {
          const points = queuePoints(name, at - 1, queues.messages(name).length);
          for (const point of points) publishPoint(point, point.timestamp);
        }
        ingestion.storeArrived(at);
        const before = alarms.transitions.length;
        for (const action of alarms.evaluate(at, store)) act(action, at);
        const changed = alarms.transitions.slice(before);
        for (const each of changed) {
          const { description } = deployment.alarms.alarms.find(({ name }) => name === each.alarm) ?? {};
          const { alarm, to: state } = each;
          route(alarmEvent(each, description), { at, sentAt: at, from: 'alarm', alarm, state });
        }
        journal.onEvaluated(at, changed, alarms.statuses);
      });
      await queue.process(at, true);
    },
    async deploy(deployed, at) {
      ({ template, deployment } = deployed);
      alarms.deploy(deployment.alarms, at);
      await lambda.deploy(deployment.functions);
      for (const { logGroup } of deployment.functions) aws.logs.create(logGroup);
    },
  };
}

/** Drops the first items of a list, up to the first that is not older than a time. */
function dropBefore(list: { readonly at: number }[], before: number): void {
  const kept = list.findIndex(({ at }) => at >= before);
  list.splice(0, kept < 0 ? list.length : kept);
}
