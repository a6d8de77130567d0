import { ArnFormat, Duration, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import { LambdaSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import type { Route } from '../../functions/alarms/subject.ts';
import { resourceName } from '../../functions/model/deployment.ts';
import { eventSource, shapes } from '../../functions/notify/outlets.ts';
import { type AlertTopics, outletsOf } from '../alarms/alert-topics.ts';
import { allowState, stateEnvironment } from '../state-table.ts';
import { MonitorFunction } from './monitor-function.ts';

export interface NotifierProps {
  readonly route: Route;
  readonly code: Code;
  readonly topics: AlertTopics;
  /** Whether an org has receivers, and so topics, of its own. */
  readonly hasOwnReceivers: boolean;
  /** The functions whose logs contain the evidence for messages. */
  readonly readsLogsOf: readonly MonitorFunction[];
  /** The dashboard's name. The notifier makes links of it, for the partition and region that it runs in. */
  readonly dashboard: string;
  readonly logRetentionDays: number;
}

/**
 * The function that writes the messages of a route: it receives the alarms from one topic and publishes to others, to
 * which people and tools subscribe, and to the event bus.
 *
 * Trap: an alarm must not get lost in it. When it has failed twice, or could not be started for five minutes, Lambda
 * itself sends the event to people.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export class Notifier extends MonitorFunction {
  readonly route: Route;

  constructor(scope: Construct, id: string, props: NotifierProps) {
    const { route, topics } = props;
    const people = topics.people[route];
    const used = outletsOf(topics.receivers[`${route}s`]);
    super(scope, id, {
      deployment: topics.deployment,
      name: `notify-${route}`,
      description: `Writes the ${route} messages`,
      purpose: "write its log, read the state, the probes' logs and the alarms' history, and send messages",
      code: props.code,
      memorySize: 256,
      permissions: rightsOf(Stack.of(scope), props),
      environment: {
        ROUTE: route,
        PEOPLE_TOPIC_ARN: people.topicArn,
        ...(used.length > 0 && { OUTLETS: used.join(',') }),
        LOG_GROUPS: props.readsLogsOf.map(({ logGroupName }) => logGroupName).join(','),
        RUNBOOK: topics.runbook,
        DEPLOYMENT: topics.deployment,
        DASHBOARD: props.dashboard,
        ...stateEnvironment(topics.deployment),
      },
      logRetentionDays: props.logRetentionDays,
      retryAttempts: 1,
      maxEventAge: Duration.minutes(5),
      // CDK's SnsDestination would grant permissions that the role already has.
      onFailure: { bind: () => ({ destination: people.topicArn }) },
    });
    this.route = route;
    topics.alarms[route].addSubscription(new LambdaSubscription(this.lambda));
    if (props.hasOwnReceivers) this.#acceptOwnTopics(topics, route);
    Validations.of(this.role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:cloudwatch:<AWS::Region>:<AWS::AccountId>:alarm:${alarmsOf(topics)}]`,
      reason: 'It reads the history of any alarm of this monitor that changes, and of no other alarm.',
    });
  }

  /** One permission for the topics of all orgs: a function's policy may have 20 KB. */
  #acceptOwnTopics(topics: AlertTopics, route: Route): void {
    this.lambda.addPermission('OwnTopics', {
      principal: new ServicePrincipal('sns.amazonaws.com'),
      sourceArn: ownTopic(topics, `${route}-alarms`),
    });
    for (const name of peopleTopicNames(route)) {
      Validations.of(this.role).acknowledge({
        id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:sns:<AWS::Region>:<AWS::AccountId>:${ownTopicName(topics, name)}]`,
        reason: 'It publishes to the topics of any org with receivers of its own.',
      });
    }
  }
}

/** The topics of this name of any org with receivers of its own. */
function ownTopic(topics: AlertTopics, name: string): string {
  return Stack.of(topics).formatArn({ service: 'sns', resource: ownTopicName(topics, name) });
}

const ownTopicName = ({ deployment }: AlertTopics, name: string) => resourceName(deployment, `*-${name}`);

function peopleTopicNames(route: Route): readonly string[] {
  return shapes.map((shape) => (shape === 'people' ? `${route}s` : `${route}s-${shape}`));
}

/** The names of all alarms of this deployment, and of no others, begin like this. */
const alarmsOf = ({ deployment }: AlertTopics) => `${deployment}/*`;

function rightsOf(
  stack: Stack,
  { route, topics, readsLogsOf, hasOwnReceivers }: NotifierProps,
): readonly PolicyStatement[] {
  return [
    new PolicyStatement({
      actions: ['logs:FilterLogEvents'],
      resources: readsLogsOf.map(({ logGroup }) => logGroup.logGroupArn),
    }),
    new PolicyStatement({
      actions: ['cloudwatch:DescribeAlarmHistory'],
      resources: [
        stack.formatArn({
          service: 'cloudwatch',
          resource: 'alarm',
          resourceName: alarmsOf(topics),
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        }),
      ],
    }),
    allowState(stack, ['Query', 'GetItem', 'PutItem'], topics.deployment),
    ...sendMessages(stack, topics, [route], hasOwnReceivers),
  ];
}

/** What sending the messages of these routes needs. */
export function sendMessages(
  stack: Stack,
  topics: AlertTopics,
  sentRoutes: readonly Route[],
  hasOwnReceivers: boolean,
): readonly PolicyStatement[] {
  return [
    new PolicyStatement({
      actions: ['sns:Publish'],
      resources: sentRoutes.flatMap((route) => [
        ...Object.values(topics.shapes[route]).map(({ topicArn }) => topicArn),
        ...(hasOwnReceivers ? peopleTopicNames(route).map((name) => ownTopic(topics, name)) : []),
      ]),
    }),
    new PolicyStatement({
      actions: ['events:PutEvents'],
      resources: [stack.formatArn({ service: 'events', resource: 'event-bus', resourceName: 'default' })],
      conditions: { StringEquals: { 'events:source': eventSource } },
    }),
    // Needed to publish to an encrypted topic.
    new PolicyStatement({ actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [topics.key.keyArn] }),
  ];
}
