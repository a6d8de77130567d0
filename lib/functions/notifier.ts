import { ArnFormat, Duration, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import { LambdaSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import type { Route } from '../../functions/model/finding.ts';
import type { AlertTopics } from '../alarms/alert-topics.ts';
import { allowState, stateEnvironment } from '../state-table.ts';
import { MonitorFunction } from './monitor-function.ts';
import { ownTopicAcknowledgements, ownTopicArn, sendEnvironment, sendRights } from './send-rights.ts';

export interface NotifierProps {
  readonly route: Route;
  readonly code: Code;
  readonly topics: AlertTopics;
  /** Whether an org has receivers, and so topics, of its own. */
  readonly hasOwnReceivers: boolean;
  /** Whether an org has a service level objective, of which messages say what is left. */
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
