import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { type ITopicSubscription, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription, UrlSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { type Route, routes } from '../../functions/alarms/subject.ts';
import type { Config, Subscriber } from '../config/schema.ts';

type Topics = Readonly<Record<Route, Topic>>;

/** Where alarms go, for what wakes people and for what waits for office hours. */
export class AlertTopics extends Construct {
  /** What alarms tell. The notifier of the route makes a message of it. */
  readonly alarms: Topics;
  /** What people are subscribed to. Alarms about the notifiers come here directly, as CloudWatch words them. */
  readonly people: Topics;
  readonly key: Key;
  /** What an alarm's link to the runbook begins with. */
  readonly runbook: string;

  constructor(scope: Construct, id: string, alerts: Config['alerts']) {
    super(scope, id);
    this.runbook = alerts.runbook ?? 'docs/runbook.md';
    this.key = this.#key();
    this.alarms = byRoute((route) => this.#topic(`${route}-alarms`));
    this.people = byRoute((route) => {
      const topic = this.#topic(`${route}s`);
      for (const subscriber of alerts[`${route}s`]) topic.addSubscription(subscriptionOf(subscriber));
      return topic;
    });
  }

  /**
   * A key of our own, because CloudWatch may not use the one that AWS manages for SNS: an alarm's message to a topic
   * under that key is lost without a word.
   * https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
   */
  #key(): Key {
    const key = new Key(this, 'Key', {
      description: 'Encrypts the alerts of okta-synthetics',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.DESTROY,
      pendingWindow: Duration.days(7),
    });
    key.addToResourcePolicy(
      new PolicyStatement({
        principals: [cloudWatch],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'], // a key's policy knows no resource but the key
        conditions: this.#fromThisAccount(),
      }),
    );
    return key;
  }

  #topic(id: string): Topic {
    const topicName = `okta-synthetics-${id}`;
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

const cloudWatch = new ServicePrincipal('cloudwatch.amazonaws.com');

/** One of something for each route. */
function byRoute<Item>(itemFor: (route: Route) => Item): Readonly<Record<Route, Item>> {
  return Object.fromEntries(routes.map((route) => [route, itemFor(route)])) as Record<Route, Item>;
}

function subscriptionOf({ email, https }: Subscriber): ITopicSubscription {
  if (email) return new EmailSubscription(email);
  if (https) return new UrlSubscription(https);
  throw new Error('a subscriber without email and https was taken for valid');
}
