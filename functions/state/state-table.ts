import { randomUUID } from 'node:crypto';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { type DynamoDb, openDynamoDb } from '../aws/clients.ts';

/** The table in which the monitor keeps its state for the next run or message. Losing it loses no alarm. */
export interface StateTable {
  readonly client: DynamoDb;
  readonly name: string;
}

/** Every org has its own partition, and so do the alarms about the monitor itself: `#monitor`. */
export interface ItemKey {
  readonly org: string;
  /** Its kind and name: `group#flows`, `incident#okta-synthetics/acme/okta/page`. */
  readonly item: string;
}

/** An item as it was read. */
export interface StoredItem extends ItemKey {
  /** The stored value. Trap: another version of the monitor may have written it. */
  readonly body: unknown;
  /** Counts the writes, so that no writer overwrites a version that it has not read. */
  readonly revision: number;
}

/** The partition of the alarms about the monitor itself. No org may be called this. */
export const monitorPartition = '#monitor';

/** Returns the table that the function's environment names. Undefined without one, as on a workstation. */
export function stateTable(environment: NodeJS.ProcessEnv): StateTable | undefined {
  const { STATE_TABLE: name } = environment;
  return name ? { client: openDynamoDb({ environment, maxAttempts: 2 }), name } : undefined;
}

/** Reads an item, as the last write left it. Throws AWS's errors. */
export async function getItem(table: StateTable, key: ItemKey, signal: AbortSignal): Promise<StoredItem | undefined> {
  const { client, name: TableName } = table;
  const { Item } = await client.getItem(
    { TableName, Key: { org: { S: key.org }, item: { S: key.item } }, ConsistentRead: true },
    { abortSignal: signal },
  );
  return Item && storedItem(Item);
}

/**
 * Writes an item, unless another process wrote it since `previous` was read (undefined: there was none). Returns whether it
 * was written. Throws AWS's errors.
 *
 * Each write has an id. When the answer to a write is lost, the client repeats it, and the repetition fails the condition
 * because the first attempt succeeded: then the item has this write's id.
 *
 * Trap: DynamoDB deletes an item some days after `expiresAt` (ms since the epoch). Until then it is still read.
 */
export async function putItem(
  { client, name: TableName }: StateTable,
  { org, item }: ItemKey,
  body: object,
  { previous, expiresAt }: { readonly previous: StoredItem | undefined; readonly expiresAt: number },
  signal: AbortSignal,
): Promise<boolean> {
  const writeId = randomUUID();
  const Item = {
    ...{ org: { S: org }, item: { S: item }, body: { S: JSON.stringify(body) } },
    revision: { N: String((previous?.revision ?? 0) + 1) },
    expiresAt: { N: String(Math.ceil(expiresAt / 1000)) },
    writeId: { S: writeId },
  };
  const condition = previous
    ? {
        ConditionExpression: 'revision = :seen',
        ExpressionAttributeValues: { ':seen': { N: String(previous.revision) } },
      }
    : { ConditionExpression: 'attribute_not_exists(revision)' };
  try {
    const input = { TableName, Item, ...condition, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const;
    await client.putItem(input, { abortSignal: signal });
    return true;
  } catch (error) {
    if (!(error instanceof Error && error.name === 'ConditionalCheckFailedException')) throw error;
    const { Item: stored } = error as { readonly Item?: Readonly<Record<string, AttributeValue>> };
    return stored?.writeId?.S === writeId;
  }
}

/** Trap: an item that was changed by hand may lack any member. */
export function storedItem({ org, item, body, revision }: Readonly<Record<string, AttributeValue>>): StoredItem {
  return { org: org?.S ?? '', item: item?.S ?? '', body: parse(body?.S), revision: Number(revision?.N ?? 0) };
}

function parse(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
