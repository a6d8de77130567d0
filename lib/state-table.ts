import { RemovalPolicy, type Stack, Validations } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { resourceName } from '../functions/model/deployment.ts';

/** What a function may do with the table's items. Nothing deletes any: they expire. */
export type StateAccess = 'GetItem' | 'PutItem' | 'Query' | 'Scan';

/**
 * The table with the last runs of every group and org, the open incidents, and the messages that were sent.
 *
 * It is a cache: without it, messages are written from the logs. So it is deleted with the stack, and not backed up.
 */
export class StateTable extends Table {
  constructor(scope: Construct, id: string, deployment: string) {
    super(scope, id, {
      tableName: resourceName(deployment, 'state'),
      partitionKey: { name: 'org', type: AttributeType.STRING },
      sortKey: { name: 'item', type: AttributeType.STRING },
      timeToLiveAttribute: 'expiresAt',
      billingMode: BillingMode.PAY_PER_REQUEST,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-DDB3',
      reason: 'It is a cache of what the logs hold: nobody would restore it to an earlier time.',
    });
  }
}

/** The environment by which a function finds the table. */
export function stateEnvironment(deployment: string): Readonly<Record<string, string>> {
  return { STATE_TABLE: resourceName(deployment, 'state') };
}

/** Allows operations on the table by its name, so that no other stack has to refer to it. */
export function allowState(stack: Stack, operations: readonly StateAccess[], deployment: string) {
  return new PolicyStatement({
    actions: operations.map((operation) => `dynamodb:${operation}`),
    resources: [
      stack.formatArn({ service: 'dynamodb', resource: 'table', resourceName: resourceName(deployment, 'state') }),
    ],
  });
}
