import { randomUUID } from 'node:crypto';
import type { AwsEmulator } from '../emulators/aws/aws-emulator.ts';
import type { MetricStore } from '../emulators/cloudwatch/metric-store.ts';
import type { Template } from '../emulators/cloudwatch/template-reader.ts';
import { type AlarmStates, openAlarmStates } from './alarms/alarm-state.ts';
import { deliveryPoints, lambdaPoints, queuePoints, topicPoints } from './alarms/aws-metrics.ts';
import type { MetricIngestion } from './alarms/metric-ingestion.ts';
import {
  type AsynchronousEvent,
  afterAttempt,
  type DiscardCondition,
  failureRecord,
  isTooOld,
} from './lambda/asynchronous-event.ts';
import { type FunctionLog, readFunctionLog } from './lambda/function-log.ts';
import type { Execution, LambdaService } from './lambda/lambda-service.ts';
import { platformLines } from './lambda/platform-log.ts';
import type { Invocation, Run } from './simulation.ts';
import { alarmMessage } from './sns/alarm-message.ts';
import { eventMessage, isMatch } from './sns/event-rules.ts';
import { type HttpsDelivery, openHttpsDelivery } from './sns/https-delivery.ts';
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

export interface StackParts {
  readonly template: Template;
  readonly deployment: Deployment;
  readonly aws: AwsEmulator;
  readonly lambda: LambdaService;
  readonly store: MetricStore;
  readonly ingestion: MetricIngestion;
  /** Whether a function runs by the real clock, because the Okta emulator that it calls does. */
  readonly isOnRealTime: (lambda: string) => boolean;
}

/** A request to invoke a function asynchronously. */
export type InvokeRequest = Pick<AsynchronousEvent, 'target' | 'payload'> &
  Pick<Invocation, 'by' | 'org'> & { readonly timeoutMs?: number };

type QueuedEvent = AsynchronousEvent & InvokeRequest;

/** The deployed stack in virtual time: it runs functions, evaluates alarms and delivers messages. */
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
  /** Runs functions concurrently. */
  invoke(requests: readonly InvokeRequest[], at: number): Promise<void>;
  /** Evaluates the alarms, runs their actions, and then the events that are due in Lambda's queue. */
  evaluateAlarms(at: number): Promise<void>;
}

export function openSimulatedStack(parts: StackParts): SimulatedStack {
  const { template, deployment, aws, lambda, store, ingestion } = parts;
  const alarms = openAlarmStates(deployment.alarms);
  const queues = openQueues(deployment.queues);
  const https = openHttpsDelivery(queues.add);
  const sns = openSns(deployment.topics, https, (topic, at, isDelivered) => {
    for (const point of deliveryPoints(topic, at, isDelivered)) ingestion.publish(point);
  });
  const invocations: Invocation[] = [];
  let runs: Run[] = [];
  const inbox: DeliveredMessage[] = [];
  const queue: QueuedEvent[] = [];
  /** How many of the AWS emulator's points, messages and events have been ingested. */
  const ingested = { points: 0, published: 0, events: 0 };
  aws.alarmHistory = alarms.history;
  for (const { logGroup } of deployment.functions) aws.logs.create(logGroup);

  function topicBy(key: 'arn' | 'logicalId', value: string): Topic {
    const topic = deployment.topics.find((each) => each[key] === value);
    if (!topic) throw new Error(`cannot publish to ${value}: it is not a topic in the template`);
    return topic;
  }

  function accept(request: InvokeRequest, at: number): QueuedEvent {
    return { ...request, requestId: randomUUID(), acceptedAt: at, failures: 0, dueAt: at };
  }

  function publish(topic: Topic, publication: Publication, origin: MessageOrigin): void {
    const { at } = origin;
    const result = sns.publish(topic, publication, origin);
    for (const point of topicPoints(topic.name, at, result)) ingestion.publish(point);
    if (result.message) inbox.push(result.message);
    for (const target of result.functions) {
      queue.push(accept({ target, payload: snsEvent(topic, publication, at), by: { topic: topic.name } }, at));
    }
  }

  /** Ingests what functions sent to AWS while the virtual clock was ahead of theirs. */
  function ingest(at: number, aheadMs: number, alarm?: MessageAlarm): void {
    for (const { at: measuredAt, ...point } of aws.points.slice(ingested.points)) {
      ingestion.publish({ ...point, timestamp: Date.parse(measuredAt) + aheadMs, source: 'api' });
    }
    ingested.points = aws.points.length;
    const published = aws.published.slice(ingested.published);
    ingested.published = aws.published.length;
    for (const message of published) {
      publish(topicBy('arn', message.topicArn), readPublication(message), { at, from: 'function', ...alarm });
    }
    const events = aws.events.slice(ingested.events);
    ingested.events = aws.events.length;
    for (const event of events) {
      for (const rule of deployment.rules.filter((each) => isMatch(each, event))) {
        inbox.push(eventMessage(rule, event, https, { at, from: 'function', ...alarm }));
      }
    }
  }

  function writeLog(event: QueuedEvent, execution: Execution, at: number, { lines, points }: FunctionLog): void {
    const { logGroup, memoryMb } = lambda.functionByName(event.target);
    const { before, after } = platformLines({ memoryMb }, event.requestId, at, execution);
    const write = (timestamp: number, written: readonly (object | string)[]) => {
      for (const line of written) {
        aws.logs.add(logGroup, { timestamp, message: typeof line === 'string' ? line : JSON.stringify(line) });
      }
    };
    write(at, before);
    write(at + Math.round(execution.durationMs), [...lines, ...after]);
    for (const { at: measuredAt, ...point } of points) {
      ingestion.publish({ ...point, timestamp: Date.parse(measuredAt), source: 'log' });
    }
  }

  async function attempt(event: QueuedEvent, at: number): Promise<void> {
    const { target, payload, failures, by, org } = event;
    const { asynchronous, timeoutMs } = lambda.functionByName(target);
    if (isTooOld(event, asynchronous, at)) return discard(event, 'EventAgeExceeded', undefined, at);
    const aheadMs = at - Date.now();
    const clock = parts.isOnRealTime(target) ? {} : { clockAheadMs: aheadMs };
    const execution = await lambda.invoke(target, payload, { timeoutMs: event.timeoutMs ?? timeoutMs, ...clock });
    const { status, error, durationMs, cold } = execution;
    const log = readFunctionLog(execution.lines, parts.isOnRealTime(target) ? aheadMs : 0);
    if (status !== 'throttled') writeLog(event, execution, at, log);
    for (const point of lambdaPoints(target, at, execution)) ingestion.publish(point);
    const { lines, outcomes, findings } = log;
    const invocation: Invocation = {
      ...{ at, lambda: target, by, ...(org !== undefined && { org }), attempt: failures + 1 },
      ...{ status, durationMs, cold, outcomes, findings, ...(error !== undefined && { error }) },
    };
    invocations.push(invocation);
    runs.push({ ...invocation, lines });
    const next = afterAttempt(event, status, asynchronous, at);
    if (next.kind === 'retry') queue.push(next.event);
    if (next.kind === 'discard') discard(event, next.condition, error, at);
  }

  /** Sends a discarded event to the function's on-failure destination, if it has one. */
  function discard(event: QueuedEvent, condition: DiscardCondition, error: string | undefined, at: number): void {
    const { onFailure } = lambda.functionByName(event.target).asynchronous;
    if (onFailure === undefined) return;
    const arn = `arn:aws:lambda:${region}:${account}:function:${event.target}`;
    const text = JSON.stringify(failureRecord(event, arn, condition, error, at));
    publish(topicBy('arn', onFailure), { text }, { at, from: 'failed invocation', ...alarmIn(event.payload) });
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
    async invoke(requests, at) {
      const aheadMs = at - Date.now();
      await Promise.all(requests.map((request) => attempt(accept(request, at), at)));
      ingest(at, aheadMs);
    },
    async evaluateAlarms(at) {
      https.retryDue(at);
      for (const name of queues.active()) {
        for (const point of queuePoints(name, at - 1, queues.messages(name).length)) ingestion.publish(point);
      }
      ingestion.storeDelayed(at);
      for (const action of alarms.evaluate(at, store)) {
        const topic = topicBy('logicalId', action.topic);
        const origin = { at, from: 'alarm', alarm: action.alarm.name, state: action.to } as const;
        if (topic.acceptsAlarms) publish(topic, alarmMessage(template, action), origin);
      }
      // One at a time, so that each message can be attributed to its alarm.
      for (let next = dequeueDue(queue, at); next; next = dequeueDue(queue, at)) {
        const aheadMs = at - Date.now();
        await attempt(next, at);
        ingest(at, aheadMs, alarmIn(next.payload));
      }
    },
  };
}

/** Removes the event that has been due for the longest time from the queue. */
function dequeueDue(queue: QueuedEvent[], at: number): QueuedEvent | undefined {
  const due = queue.filter(({ dueAt }) => dueAt <= at).toSorted((one, other) => one.dueAt - other.dueAt)[0];
  if (due) queue.splice(queue.indexOf(due), 1);
  return due;
}
