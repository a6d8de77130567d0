import { ArnFormat, Duration, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import { LambdaSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { composedName } from '../../functions/model/deployment.ts';
import type { Route } from '../../functions/model/finding.ts';
import { eventSource } from '../../functions/notify/outlets.ts';
import { shapes } from '../../functions/notify/receiver-kinds.ts';
import { drillTopicVariable, outletsVariable } from '../../functions/notify/settings.ts';
import type { AlertTopics } from '../alarms/alert-topics.ts';
import { outletsOf } from '../alarms/alert-topics.ts';
import { allowState, stateEnvironment } from '../state-table.ts';
import { MonitorFunction } from './monitor-function.ts';

export interface NotifierProps {
  readonly route: Route;
  readonly code: Code;
  readonly topics: AlertTopics;
  /** Whether an org has receivers, and so topics, of its own. */
  readonly hasOwnReceivers: boolean;
  /** Whether an org has a service level objective: then messages show its remaining error budget. */
  readonly readsErrorBudgets: boolean;
  /** The functions to whose logs messages link. */
  readonly probeFunctions: readonly MonitorFunction[];
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
    super(scope, id, {
      deployment: topics.deployment,
      name: `notify-${route}`,
      description: `Writes the ${route} messages`,
      purpose: "write its log, read the state and the alarms' history, and send messages",
      code: props.code,
      memorySize: 256,
      permissions: rightsOf(Stack.of(scope), props),
      environment: {
        ROUTE: route,
        PEOPLE_TOPIC_ARN: people.topicArn,
        ...sendEnvironment(topics, [route]),
        LOG_GROUPS: props.probeFunctions.map(({ logGroupName }) => logGroupName).join(','),
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
    if (props.readsErrorBudgets) {
      Validations.of(this.role).acknowledge({
        id: 'AwsSolutions-IAM5[Resource::*]',
        reason: 'It reads what is left of error budgets, and AWS allows no resource to be named for GetMetricData.',
      });
    }
    Validations.of(this.role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:cloudwatch:<AWS::Region>:<AWS::AccountId>:alarm:${alarmsOf(topics)}]`,
      reason: 'It reads the history of any alarm of this monitor that changes, and of no other alarm.',
    });
  }

  /** One permission for the topics of all orgs: a function's policy may have 20 KB. */
  #acceptOwnTopics(topics: AlertTopics, route: Route): void {
    this.lambda.addPermission('OwnTopics', {
      principal: new ServicePrincipal('sns.amazonaws.com'),
      sourceArn: ownTopicArn(Stack.of(this), topics, `${route}-alarms`),
    });
    for (const each of ownTopicAcknowledgements(topics, [route])) Validations.of(this.role).acknowledge(each);
  }
}

/** The names of all alarms of this deployment, and of no others, begin like this. */
const alarmsOf = ({ deployment }: AlertTopics) => `${deployment}/*`;

function rightsOf(
  stack: Stack,
  { route, topics, hasOwnReceivers, readsErrorBudgets }: NotifierProps,
): readonly PolicyStatement[] {
  return [
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
    // AWS allows neither a resource nor a namespace to be named here.
    ...(readsErrorBudgets ? [new PolicyStatement({ actions: ['cloudwatch:GetMetricData'], resources: ['*'] })] : []),
    allowState(stack, ['Query', 'GetItem', 'PutItem'], topics.deployment),
    ...sendRights(stack, topics, [route], hasOwnReceivers, ['sns:Publish', 'sns:GetTopicAttributes']),
  ];
}

/** The rights of a function that sends the messages of these routes. */
export function sendRights(
  stack: Stack,
  topics: AlertTopics,
  routes: readonly Route[],
  hasOwnReceivers: boolean,
  actions = ['sns:Publish'],
): readonly PolicyStatement[] {
  return [
    new PolicyStatement({
      actions,
      resources: [
        ...routes.flatMap((route) => Object.values(topics.shapes[route]).map(({ topicArn }) => topicArn)),
        ...(topics.drills ? [topics.drills.topicArn] : []),
        ...(hasOwnReceivers ? ownPeopleTopics(topics, routes).map((name) => topicArnOf(stack, name)) : []),
      ],
    }),
    new PolicyStatement({
      actions: ['events:PutEvents'],
      resources: [stack.formatArn({ service: 'events', resource: 'event-bus', resourceName: 'default' })],
      conditions: { StringEquals: { 'events:source': eventSource } },
    }),
    // Needed to publish to encrypted topics. The key may be one that encrypts other things too.
    new PolicyStatement({
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: topics.keys.map(({ keyArn }) => keyArn),
      // The end depends on the partition.
      conditions: { StringLike: { 'kms:ViaService': `sns.${stack.region}.*` } },
    }),
  ];
}

/** The environment that tells such a function about the receivers. */
export function sendEnvironment(topics: AlertTopics, routes: readonly Route[]): Record<string, string> {
  const variables = Object.fromEntries(
    routes.flatMap((route) => {
      const used = outletsOf(topics.receivers[`${route}s`]);
      return used.length > 0 ? [[outletsVariable(route), used.join(',')]] : [];
    }),
  );
  return { ...variables, ...(topics.drills && { [drillTopicVariable]: topics.drills.topicArn }) };
}

/** cdk-nag's name of each right to the topics of any org, and why it is there. */
export function ownTopicAcknowledgements(topics: AlertTopics, routes: readonly Route[]) {
  return ownPeopleTopics(topics, routes).map((name) => ({
    id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:sns:<AWS::Region>:<AWS::AccountId>:${name}]`,
    reason: 'It publishes to the topics of any org with receivers of its own.',
  }));
}

/** The topic of this name of any org with receivers of its own. */
export function ownTopicArn(stack: Stack, { deployment }: AlertTopics, name: string): string {
  return topicArnOf(stack, composedName(deployment, '*', name));
}

function topicArnOf(stack: Stack, name: string): string {
  return stack.formatArn({ service: 'sns', resource: name });
}

function ownPeopleTopics({ deployment }: AlertTopics, routes: readonly Route[]): readonly string[] {
  return routes.flatMap((route) =>
    shapes.map((shape) => composedName(deployment, '*', `${route}s${shape === 'people' ? '' : `-${shape}`}`)),
  );
}
