import { Aws, Stack } from 'aws-cdk-lib';
import { EventField, type IRuleTarget, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type CfnTopic, Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Links } from '../../functions/notify/incident.ts';
import type { Notification } from '../../functions/notify/message.ts';
import { type Outlet, outlets } from '../../functions/notify/outlets.ts';
import { alarmArn } from '../../functions/notify/render/cloudwatch.ts';
import type { AlertTopics, DirectTarget } from './alert-topics.ts';
import { directRuleName } from './pagerduty-receiver.ts';
import type { RoutedAlarm } from './routed-alarm.ts';

export interface DirectRulesProps {
  readonly alarms: readonly RoutedAlarm[];
  readonly dashboard: string;
  readonly key: IKey;
}

/**
 * Reports alarms about the notifiers without a notifier, where CloudWatch's own message would be useless: a rule puts the
 * alarm's change into the format of the outlet, as an alarm that could not be read.
 *
 * It reports only that an alarm fires. When the alarm resolves, the notifier works again and writes the message.
 */
export class DirectRules extends Construct {
  constructor(scope: Construct, id: string, topics: AlertTopics, { alarms, dashboard, key }: DirectRulesProps) {
    super(scope, id);
    const { deployment, runbook } = topics;
    for (const { route, kind, id, to } of topics.direct) {
      const resources = alarms
        .filter((alarm) => alarm.delivery === 'direct' && alarm.route === route)
        .map(({ byName }) => byName.alarmArn);
      const input = RuleTargetInput.fromObject(inputOf(kind, { route, runbook, dashboard, ...placeOf(deployment) }));
      const rule = new Rule(this, `${route}-${id}`, {
        ruleName: directRuleName(deployment, route, id),
        eventPattern: {
          source: ['aws.cloudwatch'],
          detailType: ['CloudWatch Alarm State Change'],
          resources,
          detail: { state: { value: ['ALARM'] } },
        },
        targets: [to instanceof Topic ? topicTarget(to, input) : to(input)],
      });
      if (to instanceof Topic) allowRule(to, rule, key);
    }
  }
}

/** Parts of the event, which EventBridge fills in. */
const alarmName = EventField.fromPath('$.detail.alarmName');

function placeOf(deployment: string): Pick<Links, 'monitor' | 'partition'> {
  return {
    partition: Aws.PARTITION,
    monitor: { deployment, account: EventField.account, region: EventField.region },
  };
}

function inputOf(kind: DirectTarget['kind'], links: Links): object {
  const notification: Notification = {
    ...{ kind: 'unreadable', links, subject: `${links.route.toUpperCase()} monitor: ${alarmName}` },
    why: 'it is about the function that writes the messages, which may be unable to write this one',
    raw: EventField.fromPath('$.detail.configuration.description'),
  };
  const outlet: Outlet = outlets[kind];
  if ('format' in outlet) return JSON.parse(outlet.format(notification));
  // The notifier resolves it by the same key.
  return { ...outlet.detail(notification), dedup_key: alarmArn(alarmName, links) };
}

/** Trap: CDK's own target would let any rule of any account publish, and use the key for anything. */
function topicTarget({ topicArn }: Topic, input: RuleTargetInput): IRuleTarget {
  return { bind: () => ({ arn: topicArn, input }) };
}

/**
 * Trap: in a key's policy, the source's account and ARN are not supported for EventBridge and topics, and the message would
 * be lost. The topic's policy has the source, and the key's has the topic.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 */
function allowRule(topic: Topic, { ruleArn }: Rule, key: IKey): void {
  const principals = [new ServicePrincipal('events.amazonaws.com')];
  const { topicArn } = topic;
  // By its name: the topic refers to the key.
  const { topicName = '' } = topic.node.defaultChild as CfnTopic;
  const byName = Stack.of(topic).formatArn({ service: 'sns', resource: topicName });
  topic.addToResourcePolicy(
    new PolicyStatement({
      ...{ sid: 'DirectRulePublishes', principals, actions: ['sns:Publish'], resources: [topicArn] },
      conditions: { ArnEquals: { 'aws:SourceArn': ruleArn } },
    }),
  );
  key.addToResourcePolicy(
    new PolicyStatement({
      ...{ principals, actions: ['kms:Decrypt', 'kms:GenerateDataKey*'], resources: ['*'] },
      conditions: { ArnEquals: { 'kms:EncryptionContext:aws:sns:topicArn': byName } },
    }),
  );
}
