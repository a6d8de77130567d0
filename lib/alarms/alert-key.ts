import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Alias, type IKey, Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { resourceName } from '../../functions/model/deployment.ts';

/**
 * The key that encrypts all topics. A customer managed key, because CloudWatch may not use the key that AWS manages for
 * SNS: an alarm's message to a topic that is encrypted with that key is lost silently.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 */
export class AlertKey extends Key {
  constructor(scope: Construct, id: string, deployment: string) {
    super(scope, id, {
      alias: keyAlias(deployment),
      description: `Encrypts the alerts of ${deployment}`,
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.DESTROY,
      pendingWindow: Duration.days(7),
    });
    allowAlarmsToUse(this, Stack.of(this));
  }
}

/**
 * Allows the alarms of this account to publish to topics that are encrypted with a key.
 *
 * Trap: nothing changes the policy of a key that is not of this CDK app. docs/cdk.md has the statement for it.
 */
export function allowAlarmsToUse(key: IKey, { account }: Stack): void {
  key.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      resources: ['*'], // in a key's policy, this is the key
      conditions: { StringEquals: { 'aws:SourceAccount': account } },
    }),
  );
}

/** The key by its name, for stacks other than the one that contains it. */
export function alertKeyByName(scope: Construct, deployment: string): IKey {
  return Alias.fromAliasName(scope, 'AlertKey', keyAlias(deployment));
}

const keyAlias = (deployment: string) => `alias/${resourceName(deployment, 'alerts')}`;
