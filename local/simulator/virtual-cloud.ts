import { randomUUID } from 'node:crypto';
import type { AwsEmulator } from '../emulators/aws/aws-emulator.ts';
import type { MetricStore } from '../emulators/cloudwatch/metric-store.ts';
import type { Template } from '../emulators/cloudwatch/template-reader.ts';
import { type AlarmStates, openAlarmStates } from './alarms/alarm-state.ts';
import { lambdaPoints, topicPoints } from './alarms/aws-metrics.ts';
import type { MetricFeed } from './alarms/metric-feed.ts';
import {
  type AsynchronousEvent,
  type Attempt,
  afterAttempt,
  failureRecord,
  type GivenUp,
  isTooOld,
} from './lambda/asynchronous-event.ts';
import type { Ran } from './lambda/containers.ts';
import { aroundRun } from './lambda/lambda-log.ts';
import type { LambdaService } from './lambda/lambda-service.ts';
import { type LoggedRun, readLogged } from './lambda/logged-run.ts';
import type { Invoked, Run } from './simulation.ts';
import { alarmMessage, type Publication } from './sns/alarm-message.ts';
import type { Cause, Delivered } from './sns/message.ts';
import { openSns, type Sns } from './sns/sns.ts';
import { causeOf, snsEvent } from './sns/sns-event.ts';
import type { Deployment, Topic } from './template/deployment.ts';
import { account, region } from './template/resolve-text.ts';

/** What a cloud is made of. */
export interface CloudParts {
  readonly template: Template;
  readonly deployment: Deployment;
  readonly aws: AwsEmulator;
  readonly lambda: LambdaService;
  readonly store: MetricStore;
  readonly feed: MetricFeed;
  /** Whether a function runs by the real clock, because it talks to an Okta that does. */
  readonly isOnRealTime: (lambda: string) => boolean;
}

/** What is to be done with an event that nobody waits for. */
export type Call = Pick<AsynchronousEvent, 'target' | 'payload'> &
  Pick<Invoked, 'by' | 'org'> & { readonly timeoutMs?: number };

type Queued = AsynchronousEvent & Call;

/** Runs functions, evaluates alarms and carries messages, each at the virtual time that it is given. */
export interface VirtualCloud {
  /** Every try to run a function, without what it logged. */
  readonly invocations: readonly Invoked[];
  /** The same with it, since this was last asked. */
  takeRuns(): readonly Run[];
  readonly inbox: readonly Delivered[];
  readonly alarms: AlarmStates;
  readonly sns: Sns;
  /** Runs functions at the same time. */
  call(calls: readonly Call[], at: number): Promise<void>;
  /** Lets alarms act, and what waits in Lambda's queue run. */
  evaluateAlarms(at: number): Promise<void>;
}

export function openVirtualCloud(parts: CloudParts): VirtualCloud {
  const { template, deployment, aws, lambda, store, feed } = parts;
  const alarms = openAlarmStates(deployment.alarms);
  const sns = openSns(deployment.topics);
  const invocations: Invoked[] = [];
  let runs: Run[] = [];
  const inbox: Delivered[] = [];
  const queue: Queued[] = [];
  /** How much of what AWS on loopback was sent has been taken in. */
  const seen = { points: 0, published: 0 };
  aws.alarmHistory = alarms.history;
  for (const { logGroup } of deployment.functions) aws.logs.create(logGroup);

  function topicBy(what: 'arn' | 'logicalId', value: string): Topic {
    const topic = deployment.topics.find((each) => each[what] === value);
    if (!topic) throw new Error(`something was published to ${value}, which is no topic of the template`);
    return topic;
  }

  function accept(call: Call, at: number): Queued {
    return { ...call, requestId: randomUUID(), acceptedAt: at, failures: 0, dueAt: at };
  }

  function publish(
    topic: Topic,
    publication: Publication,
    about: Pick<Delivered, 'at' | 'from'> & { cause?: Cause | undefined },
  ): void {
    const { at } = about;
    const posted = sns.publish(topic, publication, about);
    for (const point of topicPoints(topic.name, at, posted)) feed.add({ ...point, source: 'aws' });
    if (posted.message) inbox.push(posted.message);
    for (const target of posted.calls) {
      queue.push(accept({ target, payload: snsEvent(topic, publication, at), by: { topic: topic.name } }, at));
    }
  }

  /** Takes in what functions sent to AWS while the rehearsal's clock was so far ahead of theirs. */
  function ingest(at: number, aheadMs: number, cause?: Cause): void {
    for (const { at: measuredAt, ...point } of aws.points.slice(seen.points)) {
      feed.add({ ...point, timestamp: Date.parse(measuredAt) + aheadMs, source: 'api' });
    }
    seen.points = aws.points.length;
    const published = aws.published.slice(seen.published);
    seen.published = aws.published.length;
    for (const { topicArn, subject, message, structure } of published) {
      const { default: text, ...byProtocol } = structure === 'json' ? JSON.parse(message) : { default: message };
      const publication = { text, byProtocol, ...(subject !== undefined && { subject }) };
      publish(topicBy('arn', topicArn), publication, { at, from: 'function', cause });
    }
  }

  function log(group: string, at: number, lines: readonly (object | string)[]): void {
    for (const line of lines) {
      aws.logs.add(group, { timestamp: at, message: typeof line === 'string' ? line : JSON.stringify(line) });
    }
  }

  function write(queued: Queued, ran: Ran, at: number, { lines, points }: LoggedRun): void {
    const target = lambda.named(queued.target);
    const { before, after } = aroundRun(target, queued.requestId, at, ran);
    const endedAt = at + Math.round(ran.durationMs);
    log(target.logGroup, at, before);
    log(target.logGroup, endedAt, [...lines, ...after]);
    for (const { at: measuredAt, ...point } of points) {
      feed.add({ ...point, timestamp: Date.parse(measuredAt), source: 'log' });
    }
  }

  function note(invoked: Invoked, lines: readonly string[]): void {
    invocations.push(invoked);
    runs.push({ ...invoked, lines });
  }

  async function run(queued: Queued, at: number): Promise<void> {
    const { target, payload, failures, by, org } = queued;
    const { asynchronous, timeoutMs } = lambda.named(target);
    if (isTooOld(queued, asynchronous, at)) return giveUp(queued, 'EventAgeExceeded', undefined, at);
    const aheadMs = at - Date.now();
    const clock = parts.isOnRealTime(target) ? {} : { clockAheadMs: aheadMs };
    const ran = await lambda.run(target, payload, { timeoutMs: queued.timeoutMs ?? timeoutMs, ...clock });
    const about = { at, lambda: target, by, attempt: failures + 1, ...(org !== undefined && { org }) };
    let attempt: Attempt;
    if (ran === 'throttled') {
      attempt = 'throttled';
      for (const point of lambdaPoints(target, at, ran)) feed.add({ ...point, source: 'aws' });
      note({ ...about, status: attempt, durationMs: 0, cold: false, ...nothing }, []);
    } else {
      const { error, durationMs, cold } = ran;
      const logged = readLogged(ran.lines, parts.isOnRealTime(target) ? aheadMs : 0);
      attempt = error === undefined ? 'succeeded' : 'failed';
      write(queued, ran, at, logged);
      for (const point of lambdaPoints(target, at, { failed: error !== undefined, durationMs })) {
        feed.add({ ...point, source: 'aws' });
      }
      const { lines, outcomes, found } = logged;
      const ended = { status: attempt, durationMs, cold, outcomes, found };
      note({ ...about, ...ended, ...(error !== undefined && { error }) }, lines);
    }
    const next = afterAttempt(queued, attempt, asynchronous, at);
    if (next.kind === 'again') queue.push(next.event);
    if (next.kind === 'given up') giveUp(queued, next.condition, ran === 'throttled' ? undefined : ran.error, at);
  }

  function giveUp(queued: Queued, condition: GivenUp, error: string | undefined, at: number): void {
    const { onFailure } = lambda.named(queued.target).asynchronous;
    if (onFailure === undefined) return;
    const arn = `arn:aws:lambda:${region}:${account}:function:${queued.target}`;
    const text = JSON.stringify(failureRecord(queued, arn, condition, error, at));
    publish(topicBy('arn', onFailure), { text }, { at, from: 'failed invocation', cause: causeOf(queued.payload) });
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
    async call(calls, at) {
      const aheadMs = at - Date.now();
      await Promise.all(calls.map((call) => run(accept(call, at), at)));
      ingest(at, aheadMs);
    },
    async evaluateAlarms(at) {
      feed.arrive(at);
      for (const action of alarms.evaluate(at, store)) {
        const topic = topicBy('logicalId', action.topic);
        const cause = { alarm: action.alarm.name, state: action.to };
        if (topic.takesAlarms) publish(topic, alarmMessage(template, action), { at, from: 'alarm', cause });
      }
      // One after the other, so that it is known which alarm a message is about.
      for (let next = takeDue(queue, at); next; next = takeDue(queue, at)) {
        const aheadMs = at - Date.now();
        await run(next, at);
        ingest(at, aheadMs, causeOf(next.payload));
      }
    },
  };
}

const nothing = { outcomes: { passed: 0, failed: 0, skipped: 0 }, found: [] } as const;

/** The event that has been due for longest, out of the queue. */
function takeDue(queue: Queued[], at: number): Queued | undefined {
  const due = queue.filter(({ dueAt }) => dueAt <= at).toSorted((one, other) => one.dueAt - other.dueAt)[0];
  if (due) queue.splice(queue.indexOf(due), 1);
  return due;
}
