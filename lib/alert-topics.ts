import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { type ITopicSubscription, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription, UrlSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { type Audience, audiences } from '../functions/model/alarm.ts';
import type { Config, Subscriber } from './config/schema.ts';

/** Where alarms go: a topic for what wakes people, and one for what waits for office hours. */
export class AlertTopics extends Construct {
  readonly topics: Readonly<Record<Audience, Topic>>;
  /** What an alarm's link to the runbook begins with. */
  readonly runbook: string;

  constructor(scope: Construct, id: string, alerts: Config['alerts']) {
    super(scope, id);
    this.runbook = alerts.runbook ?? 'docs/runbook.md';
    const key = this.#key();
    const topicFor = (audience: Audience) => this.#topic(audience, key, alerts[`${audience}s`]);
    this.topics = Object.fromEntries(audiences.map((audience) => [audience, topicFor(audience)])) as Record<
      Audience,
      Topic
    >;
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

  #topic(audience: Audience, key: Key, subscribers: readonly Subscriber[]): Topic {
    const topicName = `okta-synthetics-${audience}s`;
    const topic = new Topic(this, `${audience}s`, {
      topicName,
      displayName: topicName,
      masterKey: key,
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
    for (const subscriber of subscribers) topic.addSubscription(subscriptionOf(subscriber));
    return topic;
  }

  #fromThisAccount() {
    return { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } };
  }
}

const cloudWatch = new ServicePrincipal('cloudwatch.amazonaws.com');

function subscriptionOf({ email, https }: Subscriber): ITopicSubscription {
  if (email) return new EmailSubscription(email);
  if (https) return new UrlSubscription(https);
  throw new Error('a subscriber without email and https was taken for valid');
}
