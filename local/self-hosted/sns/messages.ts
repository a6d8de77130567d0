import type { AlarmAction } from '../../../packages/cloudwatch-alarms/src/index.ts';
import { deliveryPoints, queuePoints, topicPoints } from '../alarms/aws-metrics.ts';
import type { PublishedPoint, Transition } from '../alarms/cloudwatch.ts';
import type { PutEvent } from '../aws-emulator/messages.ts';
import type { Journal } from '../journal.ts';
import type { Topic } from '../template/deployment.ts';
import type { Deployed } from '../template/read-deployment.ts';
import { alarmMessage, ownAlarmMessage } from './alarm-message.ts';
import { alarmEvent, type BusEvent, busEvent, eventMessage, inputOf, isMatch, postEvent } from './event-rules.ts';
import type { HttpsDelivery } from './https-delivery.ts';
import {
  type DeliveredMessage,
  type MessageAlarm,
  type MessageOrigin,
  type Publication,
  Sns,
  snsEvent,
} from './sns.ts';

export interface MessageParts {
  readonly deployed: () => Deployed;
  readonly journal: Journal;
  readonly openHttps: (giveUp: Queues['add']) => HttpsDelivery;
  readonly publishPoint: (point: PublishedPoint, arrivesAt: number) => void;
  /** Invokes a function with the event of a topic of this name. */
  readonly invoke: (lambda: string, event: object, topic: string, at: number) => void;
}

/** Delivers what alarms, functions and rules of the event bus send, to people and to functions. */
export class Messages {
  readonly inbox: DeliveredMessage[] = [];
  readonly queues: Queues;
  readonly sns: Sns;
  readonly #https: HttpsDelivery;
  readonly #parts: MessageParts;

  constructor(parts: MessageParts) {
    this.#parts = parts;
    this.queues = new Queues(() => this.#deployment.queues);
    this.#https = parts.openHttps((queue, text) => this.queues.add(queue, text));
    this.sns = new Sns(
      () => this.#deployment.topics,
      this.#https,
      (topic, at, isDelivered) => {
        for (const point of deliveryPoints(topic, at, isDelivered)) parts.publishPoint(point, at);
      },
    );
  }

  get #deployment() {
    return this.#parts.deployed().deployment;
  }

  topicBy(key: 'arn' | 'logicalId' | 'name', value: string): Topic {
    const topic = this.#deployment.topics.find((each) => each[key] === value);
    if (!topic) throw new Error(`cannot publish to ${value}: it is not a topic in the template`);
    return topic;
  }

  /** Publishes to a topic: delivers to people, and invokes functions. */
  publish(topic: Topic, publication: Publication, origin: MessageOrigin): void {
    const { at } = origin;
    const { message, functions, ...counts } = this.sns.publish(topic, publication, origin);
    for (const point of topicPoints(topic.name, at, counts)) this.#parts.publishPoint(point, at);
    if (message) this.#deliver(message);
    for (const lambda of functions) this.#parts.invoke(lambda, snsEvent(topic, publication, at), topic.name, at);
  }

  /** Runs an alarm's action. */
  act(action: AlarmAction, at: number): void {
    const topic = this.topicBy('logicalId', action.topic);
    const origin = { at, sentAt: at, from: 'alarm', alarm: action.alarm.name, state: action.to } as const;
    if (topic.acceptsAlarms) this.publish(topic, alarmMessage(this.#parts.deployed().template, action), origin);
  }

  /** Announces an alarm that is not in the template, by the topic of this name. */
  announce(topic: string, about: MessageAlarm, reason: string, at: number): void {
    const origin = { at, sentAt: at, from: 'alarm', ...about } as const;
    this.#parts.journal.atomically(() =>
      this.publish(this.topicBy('name', topic), ownAlarmMessage(about, reason, at), origin),
    );
  }

  /** Puts a function's event on the default bus. */
  putEvent(event: PutEvent, origin: MessageOrigin): void {
    this.#route(busEvent(event, origin.sentAt), origin);
  }

  /** Puts the event of an alarm's change on the default bus. */
  putTransition(transition: Transition): void {
    const { alarm, at, to: state } = transition;
    const { description } = this.#deployment.alarms.alarms.find(({ name }) => name === alarm) ?? {};
    this.#route(alarmEvent(transition, description), { at, sentAt: at, from: 'alarm', alarm, state });
  }

  /** Delivers a message again to the receivers by https that do not have it yet. */
  redeliver(message: DeliveredMessage): void {
    const { topics, rules } = this.#deployment;
    this.inbox.push(message);
    for (const delivery of message.deliveries) {
      const topic = topics.find(({ name }) => name === message.topic);
      const subscription = topic?.subscriptions.find(({ endpoint }) => endpoint === delivery.endpoint);
      const { to } = rules.find(({ name }) => name === message.topic) ?? {};
      const { retryDelaysMs } = subscription ?? {};
      if (topic && subscription && retryDelaysMs)
        this.sns.retry(topic, { ...subscription, retryDelaysMs }, delivery, message.sentAt);
      else if (to && 'endpoint' in to && to.endpoint === delivery.endpoint)
        postEvent(to, delivery, this.#https, message.sentAt);
    }
  }

  /** Makes the tries by https that are due, and publishes how many messages each queue holds. */
  beforeEvaluation(at: number): void {
    this.#https.retryDue(at);
    for (const name of this.queues.active()) {
      const points = queuePoints(name, at - 1, this.queues.messages(name).length);
      for (const point of points) this.#parts.publishPoint(point, point.timestamp);
    }
  }

  /** Applies the rules on the default bus to an event. */
  #route(event: BusEvent, origin: MessageOrigin): void {
    for (const rule of this.#deployment.rules.filter((each) => isMatch(each, event))) {
      const { to } = rule;
      if ('topicId' in to) {
        this.publish(this.topicBy('logicalId', to.topicId), { text: inputOf(rule, event) }, origin);
      } else this.#deliver(eventMessage({ ...rule, to }, event, this.#https, origin));
    }
  }

  #deliver(message: DeliveredMessage): void {
    this.inbox.push(message);
    this.#parts.journal.onMessage(message);
  }
}

/** Queues of messages that could not be delivered. Nothing but a person reads them. */
export class Queues {
  readonly #names: () => readonly string[];
  readonly #contents = new Map<string, string[]>();

  constructor(names: () => readonly string[]) {
    this.#names = names;
  }

  add(queue: string, text: string): void {
    this.#contents.set(queue, [...this.messages(queue), text]);
  }

  /** Returns the messages in a queue, the oldest first. */
  messages(queue: string): readonly string[] {
    if (!this.#names().includes(queue)) throw new Error(`no queue is named ${queue}`);
    return this.#contents.get(queue) ?? [];
  }

  purge(queue: string): void {
    if (this.messages(queue).length > 0) this.#contents.set(queue, []);
  }

  /** Returns the queues that have ever contained a message: SQS publishes metrics only of active ones. */
  active(): readonly string[] {
    return [...this.#contents.keys()];
  }
}
