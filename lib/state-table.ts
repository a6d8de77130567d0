import { CfnDeletionPolicy, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { AttributeType, BillingMode, type CfnTable, Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { resourceName } from '../functions/model/deployment.ts';

/** The operations that a function may use on items. No function deletes items: they expire. */
export type StateAccess = 'GetItem' | 'PutItem' | 'Query' | 'Scan';

/**
 * The table of recent runs by org and group, open incidents, sent announcements, System Log cursors, and
 * the guard of each test user's password. Without the table, no password is sent, and messages link to the logs instead of showing findings.
 *
 * It is deleted with the stack. Point-in-time recovery restores accidental deletions for 35 days. Deletion protection
 * would stop `cdk destroy`, and a retained table the next deployment, because it has the same name.
 */
export class StateTable extends Table {
  constructor(scope: Construct, id: string, deployment: string) {
    super(scope, id, {
      tableName: resourceName(deployment, 'state'),
      partitionKey: { name: 'org', type: AttributeType.STRING },
      sortKey: { name: 'item', type: AttributeType.STRING },
      timeToLiveAttribute: 'expiresAt',
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // A replacement has another name, so the table that it replaces can stay.
    (this.node.defaultChild as CfnTable).cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
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
