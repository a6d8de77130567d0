import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { type ITopic, type ITopicSubscription, type SubscriptionProtocol, Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { type Route, routes } from '../../functions/alarms/subject.ts';
import { resourceName } from '../../functions/model/deployment.ts';
import { subscriberFields } from '../../functions/notify/outlets.ts';
import type { Config, Subscriber } from '../config/schema.ts';

/** Where alarms go: to the notifier of their route, or to people directly. */
export interface AlertTargets {
  readonly deployment: string;
  /** Receive the alarms. The notifier of the route writes a message about each. */
  readonly alarms: Readonly<Record<Route, ITopic>>;
  /** People subscribe to these. Alarms about the notifiers come here directly, as CloudWatch writes them. */
  readonly people: Readonly<Record<Route, ITopic>>;
  /** The beginning of an alarm's link to the runbook. */
  readonly runbook: string;
}

type Topics = Readonly<Record<Route, Topic>>;

/** The topics of each route: one for its alarms, and one for the messages that people get. */
export class AlertTopics extends Construct implements AlertTargets {
  readonly deployment: string;
  readonly alarms: Topics;
  readonly people: Topics;
  readonly key: Key;
  readonly runbook: string;

  constructor(scope: Construct, id: string, { deployment, alerts }: Pick<Config, 'deployment' | 'alerts'>) {
    super(scope, id);
    this.deployment = deployment;
    this.runbook = alerts.runbook ?? 'docs/runbook.md';
    this.key = this.#key();
    this.alarms = byRoute((route) => this.#topic(`${route}-alarms`));
    this.people = byRoute((route) => {
      const topic = this.#topic(`${route}s`);
      for (const each of alerts[`${route}s`].flatMap(subscriptionsOf)) topic.addSubscription(each);
      return topic;
    });
  }

  /**
   * A customer managed key, because CloudWatch may not use the key that AWS manages for SNS: an alarm's message to a
   * topic that is encrypted with that key is lost silently.
   * https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
   */
  #key(): Key {
    const key = new Key(this, 'Key', {
      description: `Encrypts the alerts of ${this.deployment}`,
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.DESTROY,
      pendingWindow: Duration.days(7),
    });
    key.addToResourcePolicy(
      new PolicyStatement({
        principals: [cloudWatch],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'], // in a key's policy, this is the key
        conditions: this.#fromThisAccount(),
      }),
    );
    return key;
  }

  #topic(id: string): Topic {
    const topicName = resourceName(this.deployment, id);
    const topic = new Topic(this, id, {
      topicName,
      displayName: topicName,
      masterKey: this.key,
      enforceSSL: true,
    });
    topic.applyRemovalPolicy(RemovalPolicy.DESTROY);
    topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsPublish',
        principals: [cloudWatch],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: this.#fromThisAccount(),
      }),
    );
    return topic;
  }

  #fromThisAccount() {
    return { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } };
  }
}

/** The topics of a deployment by their names, for stacks other than the one that contains them. */
export function alertTargetsByName(scope: Construct, { deployment, runbook }: AlertTargets): AlertTargets {
  const byName = (name: string) => {
    const topicName = resourceName(deployment, name);
    return Topic.fromTopicArn(scope, name, Stack.of(scope).formatArn({ service: 'sns', resource: topicName }));
  };
  return {
    deployment,
    runbook,
    alarms: byRoute((route) => byName(`${route}-alarms`)),
    people: byRoute((route) => byName(`${route}s`)),
  };
}

const cloudWatch = new ServicePrincipal('cloudwatch.amazonaws.com');

function byRoute<Item>(itemFor: (route: Route) => Item): Readonly<Record<Route, Item>> {
  return Object.fromEntries(routes.map((route) => [route, itemFor(route)])) as Record<Route, Item>;
}

/** One subscription for each outlet that the subscriber names. */
function subscriptionsOf(subscriber: Subscriber): readonly ITopicSubscription[] {
  return subscriberFields.flatMap(({ name, protocol }) => {
    const endpoint = subscriber[name];
    if (endpoint === undefined) return [];
    return { bind: () => ({ subscriberId: endpoint, endpoint, protocol: protocol as SubscriptionProtocol }) };
  });
}
