import { Duration, SecretValue, Stack } from 'aws-cdk-lib';
import {
  ApiDestination,
  Authorization,
  Connection,
  HttpParameter,
  type IRuleTarget,
  Rule,
  RuleTargetInput,
} from 'aws-cdk-lib/aws-events';
import { ApiDestination as ApiDestinationTarget } from 'aws-cdk-lib/aws-events-targets';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { composedName } from '../../functions/model/deployment.ts';
import type { Route } from '../../functions/model/finding.ts';
import { detailTypes, eventSource } from '../../functions/notify/outlets.ts';
import { fitted } from '../fitted.ts';

export interface PagerDutyReceiverProps {
  /** The name of its resources. */
  readonly name: string;
  /** The rule that reports a broken notifier. */
  readonly directRule: string;
  /** The name or ARN of the secret that contains `{"routingKey": …}`. */
  readonly secret: string;
  readonly region: keyof typeof endpoints;
  /** The name that the topic of its people has, unless others made it. Each event names it. */
  readonly topicArn: string;
  readonly deadLetterQueue: IQueue;
}

const endpoints = {
  us: 'https://events.pagerduty.com/v2/enqueue',
  eu: 'https://events.eu.pagerduty.com/v2/enqueue',
} as const;

/** EventBridge's limit for the name of a rule, a connection or an API destination. */
const mostOfRuleName = 64;

/** Returns the name of the rule that reports a broken notifier to the receivers of its route. */
export function directRuleName(deployment: string, route: Route, id: string): string {
  return fitted(composedName(deployment, `${route}-direct-${id}`), mostOfRuleName);
}

/**
 * Passes on the notifier's PagerDuty events to PagerDuty's Events API. The event has the request's body in `detail`, and
 * the connection adds the routing key.
 *
 * Trap: CloudFormation reads the key from the secret when it deploys. A new key needs a deployment that changes the
 * connection. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html
 */
export class PagerDutyReceiver extends Construct {
  /** Makes a rule's target that posts a payload. */
  readonly target: (event: RuleTargetInput) => IRuleTarget;

  constructor(scope: Construct, id: string, props: PagerDutyReceiverProps) {
    super(scope, id);
    const name = fitted(props.name, mostOfRuleName);
    const connection = new Connection(this, 'Connection', {
      connectionName: name,
      // A connection must authorize somehow. PagerDuty takes the key only from the body, and ignores this header.
      authorization: Authorization.apiKey('X-Source', SecretValue.unsafePlainText(eventSource)),
      bodyParameters: {
        routing_key: HttpParameter.fromSecret(SecretValue.secretsManager(props.secret, { jsonField: 'routingKey' })),
      },
    });
    const apiDestination = new ApiDestination(this, 'Destination', {
      apiDestinationName: name,
      connection,
      endpoint: endpoints[props.region],
      // PagerDuty takes about 120 a minute for a key.
      rateLimitPerSecond: 2,
    });
    const { account } = Stack.of(this);
    // By their names, because the rules refer to the role.
    const ruleArns = [name, props.directRule].map((resourceName) =>
      Stack.of(this).formatArn({ service: 'events', resource: 'rule', resourceName }),
    );
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('events.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': account, 'aws:SourceArn': ruleArns } },
      }),
      description: `Allows ${name} to post events to PagerDuty`,
      inlinePolicies: {
        Post: new PolicyDocument({
          statements: [
            new PolicyStatement({
              actions: ['events:InvokeApiDestination'],
              resources: [apiDestination.apiDestinationArn],
            }),
          ],
        }),
      },
    });
    this.target = (event) =>
      new ApiDestinationTarget(apiDestination, {
        eventRole: role.withoutPolicyUpdates(),
        event,
        deadLetterQueue: props.deadLetterQueue,
        maxEventAge: Duration.minutes(15),
        retryAttempts: 185,
      });
    new Rule(this, 'Rule', {
      ruleName: name,
      eventPattern: { source: [eventSource], detailType: [detailTypes.pagerDuty], resources: [props.topicArn] },
      targets: [this.target(RuleTargetInput.fromEventPath('$.detail'))],
    });
  }
}
