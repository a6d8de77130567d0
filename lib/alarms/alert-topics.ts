import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { IRuleTarget, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { type Conditions, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Subscription, type SubscriptionProps, SubscriptionProtocol, Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { composedName, resourceName } from '../../functions/model/deployment.ts';
import { type Route, routes } from '../../functions/model/finding.ts';
import { type Outlet, outlets } from '../../functions/notify/outlets.ts';
import type { ConfiguredReceivers } from '../../functions/notify/receiver-kinds.ts';
import { type ReceiverKind, receiverKinds, type Shape, shapes } from '../../functions/notify/receiver-kinds.ts';
import { identified, type Receiver } from '../config/receiver.ts';
import { allowAlarmsToUse } from './alert-key.ts';
import { DeadLetters, deliveryPolicy } from './dead-letters.ts';
import { directRuleName, PagerDutyReceiver } from './pagerduty-receiver.ts';

/** Where alarms go: to the notifier of their route, or to people directly. */
export interface AlertTargets {
  readonly deployment: string;
  /** Receive the alarms. The notifier of the route writes a message about each. */
  readonly alarms: Readonly<Record<Route, ITopic>>;
  /** People subscribe to these. Alarms about the notifiers come here directly, as CloudWatch writes them. */
  readonly people: Readonly<Record<Route, ITopic>>;
  /** The same for tools that take what CloudWatch writes, if there are any. */
  readonly cloudwatch: Readonly<Partial<Record<Route, ITopic>>>;
  /** The beginning of an alarm's link to the runbook. */
  readonly runbook: string;
}

export type Receivers = Readonly<Record<`${Route}s`, readonly Receiver[]>>;

/** Those who receive drills too. */
export type AllReceivers = Receivers & { readonly drills?: readonly Receiver[] };

export interface AlertTopicsProps {
  readonly deployment: string;
  /** The org whose own receivers these are. Absent for the receivers of all other orgs. */
  readonly org?: string;
  readonly receivers: AllReceivers;
  /** Topics that others made, for people, in place of our own. */
  readonly existing?: Readonly<Partial<Record<Route, ITopic>>>;
  /** Encrypts our topics. */
  readonly key: IKey;
  /** The beginning of an alarm's link to the runbook. */
  readonly runbook: string;
  /**
   * Whether there is a topic for each shape of messages, even for those without a receiver: the notifier knows only
   * the shared receivers.
   */
  readonly hasAllShapes?: boolean;
}

/** A receiver whose messages go to a queue when they cannot be delivered. */
export interface QueuedReceiver {
  readonly route: Route;
  /** Unique in the deployment: `pages-chat-hooks-example-com`, `acme_pages-pagerduty`. */
  readonly name: string;
  readonly deadLetters: DeadLetters;
}

/** Where a rule sends alarms about the notifiers, for one kind of receiver. */
export interface DirectTarget {
  readonly route: Route;
  readonly kind: ReceiverKind;
  /** Unique among those of its route. */
  readonly id: string;
  /** A topic with receivers of this kind only, or the target of a receiver that subscribes to none. */
  readonly to: Topic | ((event: RuleTargetInput) => IRuleTarget);
}

type PeopleTopics = Readonly<Partial<Record<Shape, ITopic>>> & { readonly people: ITopic };

/**
 * The topics of each route: one for its alarms, one for the messages that people get, and one for each other shape of
 * messages with at least one receiver.
 *
 * A construct refers to the notifiers only by `notifyBy`, so that the topics of an org can be in another stack.
 */
export class AlertTopics extends Construct implements AlertTargets {
  readonly deployment: string;
  readonly receivers: Receivers;
  readonly alarms: Readonly<Record<Route, Topic>>;
  readonly people: Readonly<Record<Route, ITopic>>;
  readonly cloudwatch: Readonly<Partial<Record<Route, ITopic>>>;
  /** Which messages are published for which receivers. */
  readonly shapes: Readonly<Record<Route, PeopleTopics>>;
  readonly queued: readonly QueuedReceiver[];
  /** The topics with receivers, which must confirm their subscriptions. */
  readonly configured: readonly (ConfiguredReceivers & { readonly route: Route })[];
  /** Empty for the receivers of an org: no alarm about the notifiers goes to them. */
  readonly direct: DirectTarget[] = [];
  /** For the messages about drills, if anybody receives them. No alarm comes here. */
  readonly drills: Topic | undefined;
  /** The routes with a topic that others made, to which others may publish too. */
  readonly toExistingTopics: readonly Route[];
  /** The keys of all topics. */
  readonly keys: readonly IKey[];
  readonly runbook: string;
  readonly #key: IKey;
  /** The org, if these are the topics of one. */
  readonly #owner: readonly string[];

  constructor(scope: Construct, id: string, props: AlertTopicsProps) {
    super(scope, id);
    this.deployment = props.deployment;
    this.#owner = props.org === undefined ? [] : [props.org];
    this.receivers = props.receivers;
    this.runbook = props.runbook;
    this.#key = props.key;
    const { existing = {} } = props;
    this.toExistingTopics = routes.filter((route) => existing[route]);
    const others = new Set(routes.flatMap((route) => existing[route] ?? []));
    for (const topic of others) this.#acceptAlarms(topic);
    this.keys = [...new Set([props.key, ...[...others].flatMap(({ masterKey }) => masterKey ?? [])])];
    this.alarms = byRoute((route) => this.#topic(`${route}-alarms`));
    this.shapes = byRoute((route) => {
      const used = outletsOf(props.receivers[`${route}s`]);
      const own = shapes.filter((shape) => shape === 'people' || props.hasAllShapes || used.includes(shape));
      const topicOf = (shape: Shape) =>
        shape === 'people' ? (existing[route] ?? this.#topic(`${route}s`)) : this.#topic(`${route}s-${shape}`);
      return Object.fromEntries(own.map((shape) => [shape, topicOf(shape)])) as unknown as PeopleTopics;
    });
    this.people = byRoute((route) => this.shapes[route].people);
    this.cloudwatch = Object.fromEntries(routes.map((route) => [route, this.shapes[route].cloudwatch]));
    this.queued = routes.flatMap((route) => this.#subscribe(route));
    this.configured = routes.flatMap((route) => this.#configured(route));
    this.drills = this.#drills(props.receivers.drills ?? []);
  }

  /** Subscribes the function with this ARN to the alarms of a route. The function must allow it by itself. */
  notifyBy(route: Route, functionArn: string): void {
    new Subscription(this, `${route}-notifier`, {
      topic: this.alarms[route],
      protocol: SubscriptionProtocol.LAMBDA,
      endpoint: functionArn,
    });
  }

  /** Subscribes a route's receivers. Those that are not people get a queue for what cannot be delivered. */
  #subscribe(route: Route): readonly QueuedReceiver[] {
    return identified(this.receivers[`${route}s`]).flatMap(({ id, receiver }) => {
      const { kind, email, https, secret, region = 'us' } = receiver;
      const list = `${route}s`;
      const outlet: Outlet = outlets[kind];
      const name = this.named(`${list}-${id}`);
      const physicalName = composedName(this.deployment, ...this.#owner, `${list}-${id}`);
      const queued = () => ({ route, name, deadLetters: new DeadLetters(this, `${list}-${id}`, physicalName) });
      if (!('topic' in outlet)) {
        const own = queued();
        const { target: to } = new PagerDutyReceiver(this, `${list}-${id}-rule`, {
          ...{
            name: physicalName,
            directRule: directRuleName(this.deployment, route, id),
            secret: secret ?? '',
            region,
          },
          ...{ topicArn: this.#topicArn(list), deadLetterQueue: own.deadLetters.queue },
        });
        this.#tellDirectly({ route, kind, id, to });
        return [own];
      }
      const { [outlet.topic]: topic } = this.shapes[route];
      // In this scope, because several constructs may add the same address to a topic that others made.
      const subscribe = (endpoint: string, options: Omit<SubscriptionProps, 'topic' | 'endpoint'>) =>
        topic && new Subscription(this, `${list}-${kind}-${endpoint}`, { ...options, topic, endpoint });
      if (email !== undefined) subscribe(email, { protocol: SubscriptionProtocol.EMAIL });
      if (https === undefined) return [];
      const own = queued();
      const options = {
        protocol: SubscriptionProtocol.HTTPS,
        deadLetterQueue: own.deadLetters.queue,
        deliveryPolicy: deliveryPolicy(kind),
      };
      subscribe(https, options);
      if (outlet.receiver?.direct === 'rule' && this.#owner.length === 0) {
        const direct = this.#directTopic(route, kind, outlet);
        if (outlet.topic === 'people') {
          new Subscription(this, `${list}-${kind}-direct-${https}`, { ...options, topic: direct, endpoint: https });
        }
      }
      return [own];
    });
  }

  /**
   * The topic of a kind of receiver for alarms about the notifiers: that of its documents, or one of its own for a kind that
   * gets its messages with others.
   */
  #directTopic(route: Route, kind: ReceiverKind, { topic }: Outlet & { readonly topic: Shape }): Topic {
    const known = this.direct.find((each) => each.route === route && each.kind === kind)?.to;
    if (known instanceof Topic) return known;
    const id = `${route}s-${kind}`;
    const to = (topic === 'people' ? undefined : this.shapes[route][topic]) ?? this.#topic(id, false);
    if (!(to instanceof Topic)) throw new Error(`${id} is not a topic of the monitor's own`);
    this.#tellDirectly({ route, kind, id: kind, to });
    return to;
  }

  #tellDirectly(target: DirectTarget): void {
    if (this.#owner.length === 0) this.direct.push(target);
  }

  #configured(route: Route): AlertTopics['configured'] {
    const receivers = identified(this.receivers[`${route}s`]);
    return shapes.flatMap((shape) => {
      const own = receivers.filter(({ receiver }) => {
        const outlet: Outlet = outlets[receiver.kind];
        return 'topic' in outlet && outlet.topic === shape;
      });
      if (own.length === 0) return [];
      const kinds = [...new Set(own.map(({ receiver }) => receiver.kind))].toSorted();
      // One series for the receivers of all orgs: each hour, the worst counts, and the log says which org's it is.
      const receiver = this.#owner.length === 0 ? `${route}s-${kinds.join('-')}` : ownReceivers(route);
      const isPeoples = shape === 'people' && this.#owner.length === 0;
      const topic = this.#topicName(shape === 'people' ? `${route}s` : `${route}s-${shape}`);
      return [{ route, receiver, count: own.length, ...(!isPeoples && { topic }) }];
    });
  }

  /** A missing drill message is noticed at once, so drills need no queue. */
  #drills(receivers: readonly Receiver[]): Topic | undefined {
    if (receivers.length === 0) return undefined;
    const topic = this.#topic('drills', false);
    for (const { receiver } of identified(receivers)) {
      const { kind, email, https } = receiver;
      const endpoint = email ?? https;
      if (endpoint === undefined) continue;
      new Subscription(this, `drills-${kind}-${endpoint}`, {
        ...{ topic, endpoint },
        ...(email !== undefined
          ? { protocol: SubscriptionProtocol.EMAIL }
          : { protocol: SubscriptionProtocol.HTTPS, deliveryPolicy: deliveryPolicy(kind) }),
      });
    }
    return topic;
  }

  /** A name without the deployment's, which is unique in the deployment: `pages-email`, `acme_pages-email`. */
  named(name: string): string {
    return [...this.#owner, name].join('_');
  }

  #topicName(id: string): string {
    const { deployment } = this;
    return this.#owner.length === 0 ? resourceName(deployment, id) : composedName(deployment, ...this.#owner, id);
  }

  /** By the name, whether or not there is such a topic. */
  #topicArn(id: string): string {
    return Stack.of(this).formatArn({ service: 'sns', resource: this.#topicName(id) });
  }

  #topic(id: string, isForAlarms = true): Topic {
    const topicName = this.#topicName(id);
    const topic = new Topic(this, id, {
      topicName,
      displayName: topicName,
      masterKey: this.#key,
      enforceSSL: true,
    });
    topic.applyRemovalPolicy(RemovalPolicy.DESTROY);
    if (isForAlarms) {
      const alarmArn = Stack.of(this).formatArn({
        ...{ service: 'cloudwatch', resource: 'alarm', resourceName: `${this.deployment}/*` },
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      });
      this.#acceptAlarms(topic, { ArnLike: { 'aws:SourceArn': alarmArn } });
    }
    return topic;
  }

  /**
   * Lets the alarms of this account publish to a topic, and use its key. Only those of this deployment may publish to its
   * own topics.
   *
   * Trap: the CDK cannot change the policy of a topic from outside this app. Without a policy, SNS's default
   * one allows the same.
   */
  #acceptAlarms(topic: ITopic, conditions: Conditions = {}): void {
    const stack = Stack.of(this);
    topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsPublish',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': stack.account }, ...conditions },
      }),
    );
    if (topic.masterKey && topic.masterKey !== this.#key) allowAlarmsToUse(topic.masterKey, stack);
  }
}

/** The topics of a deployment by their names, for stacks other than the one that contains them. */
export function alertTargetsByName(scope: Construct, { deployment, runbook, people }: AlertTargets): AlertTargets {
  const byName = (name: string) => {
    const topicName = resourceName(deployment, name);
    return Topic.fromTopicArn(scope, name, Stack.of(scope).formatArn({ service: 'sns', resource: topicName }));
  };
  return {
    deployment,
    runbook,
    alarms: byRoute((route) => byName(`${route}-alarms`)),
    // No alarm of another stack goes to people directly.
    ...{ people, cloudwatch: {} },
  };
}

/** The receivers of a route, as an event of its notifier names them. */
export function receiversOf({ configured }: AlertTopics, route: Route): readonly ConfiguredReceivers[] {
  return configured.filter((each) => each.route === route).map(({ route: _, ...each }) => each);
}

/** The name that alarms use for the receivers of individual orgs. */
export const ownReceivers = (route: Route) => `${route}s-own-receivers`;

/** The outlets of some receivers besides the people's topic, in the order of the table. */
export function outletsOf(receivers: readonly Receiver[]): readonly string[] {
  return receiverKinds.filter((kind) => {
    const outlet: Outlet = outlets[kind];
    return !('topic' in outlet && outlet.topic === 'people') && receivers.some((receiver) => receiver.kind === kind);
  });
}

function byRoute<Item>(itemFor: (route: Route) => Item): Readonly<Record<Route, Item>> {
  return Object.fromEntries(routes.map((route) => [route, itemFor(route)])) as Record<Route, Item>;
}
