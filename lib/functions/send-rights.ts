import type { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { composedName } from '../../functions/model/deployment.ts';
import type { Route } from '../../functions/model/finding.ts';
import { eventSource } from '../../functions/notify/outlets.ts';
import { shapes } from '../../functions/notify/receiver-kinds.ts';
import { drillTopicVariable, outletsVariable } from '../../functions/notify/settings.ts';
import { type AlertTopics, outletsOf } from '../alarms/alert-topics.ts';

/** What a function may do that sends the messages of these routes. */
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

/** What such a function must know of the receivers. */
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
