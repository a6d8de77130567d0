import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { messageKey } from './incident-item.ts';
import { type StateTable, type StoredItem, storedItem } from './state-table.ts';

type Page = {
  readonly Items?: readonly Readonly<Record<string, AttributeValue>>[];
  readonly LastEvaluatedKey?: Record<string, AttributeValue>;
};

/**
 * The groups and incidents of an org in one query. Throws AWS's errors.
 *
 * Trap: the items of sent messages are many. They come after those that are read, so items that messages need must have a name
 * that comes before `message#`.
 */
export function queryOrg({ client, name }: StateTable, org: string, signal: AbortSignal): Promise<StoredItem[]> {
  return allPages((start) =>
    client.query(
      {
        TableName: name,
        KeyConditionExpression: 'org = :org AND #item < :messages',
        ExpressionAttributeNames: { '#item': 'item' },
        ExpressionAttributeValues: { ':org': { S: org }, ':messages': { S: 'message#' } },
        ConsistentRead: true,
        ExclusiveStartKey: start,
      },
      { abortSignal: signal },
    ),
  );
}

/**
 * The messages about an alarm that fired after `since`, which were sent within a day or are being sent: as many as there are
 * receivers of a few messages. Throws AWS's errors.
 */
export async function queryMessages(
  { client, name }: StateTable,
  org: string,
  { alarm, since }: { readonly alarm: string; readonly since: number },
  signal: AbortSignal,
): Promise<readonly StoredItem[]> {
  const [from, to] = [since + 1, Date.parse('9999-12-31')].map((time) => ({ S: messageKey(alarm, time, '') }));
  const { Items = [] } = await client.query(
    {
      TableName: name,
      KeyConditionExpression: 'org = :org AND #item BETWEEN :from AND :to',
      ExpressionAttributeNames: { '#item': 'item' },
      ExpressionAttributeValues: { ':org': { S: org }, ':from': from ?? { S: '' }, ':to': to ?? { S: '' } },
      ConsistentRead: true,
      // The latest firing comes last.
      ScanIndexForward: false,
      Limit: 20,
    },
    { abortSignal: signal },
  );
  return Items.map(storedItem);
}

/** The groups and incidents of all orgs. Throws AWS's errors. */
export function scanOrgs({ client, name }: StateTable, signal: AbortSignal): Promise<StoredItem[]> {
  return allPages((start) =>
    client.scan(
      {
        TableName: name,
        FilterExpression: '#item < :messages',
        ExpressionAttributeNames: { '#item': 'item' },
        ExpressionAttributeValues: { ':messages': { S: 'message#' } },
        ExclusiveStartKey: start,
      },
      { abortSignal: signal },
    ),
  );
}

async function allPages(read: (start: Page['LastEvaluatedKey']) => Promise<Page>): Promise<StoredItem[]> {
  const items: StoredItem[] = [];
  let start: Page['LastEvaluatedKey'];
  do {
    const { Items = [], LastEvaluatedKey } = await read(start);
    items.push(...Items.map(storedItem));
    start = LastEvaluatedKey;
  } while (start);
  return items;
}
