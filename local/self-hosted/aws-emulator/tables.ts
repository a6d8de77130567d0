import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AwsResponse } from './protocols.ts';

/** An item as DynamoDB's JSON has it: `{"org": {"S": "acme"}}`. */
export type Item = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

interface TableKeys {
  readonly partition: string;
  readonly sort: string;
}

/** DynamoDB's tables in memory. The implementation is dynalite's. */
export interface Tables extends AsyncDisposable {
  /** Creates a table whose two keys are strings. */
  create(name: string, keys: TableKeys): Promise<void>;
  /** Everything in a table. */
  items(name: string): Promise<readonly Item[]>;
  /** Writes an item as it is. */
  put(name: string, item: Item): Promise<void>;
  /** Deletes the items whose `attribute`, in seconds since the epoch, is before a time in milliseconds. */
  expire(name: string, attribute: string, before: number): Promise<void>;
  /** Called with each item that PutItem has written, before the caller is answered. */
  onPut?: ((table: string, item: Item) => void) | undefined;
  /** Empties all tables. They remain. */
  clear(): Promise<void>;
  /** Runs an operation with its input as JSON. */
  call(operation: string, input: string): Promise<AwsResponse>;
}

/** The service that the client of DynamoDB calls. */
export const tablesApi = 'DynamoDB_20120810';

/** Trap: dynalite is loaded and started with the first table. Without one, every table is unknown. */
export function createTables(): Tables {
  let starting: Promise<Server> | undefined;
  const created = new Map<string, TableKeys>();
  const started = () => {
    starting ??= start();
    return starting;
  };

  async function call(operation: string, input: string): Promise<AwsResponse> {
    const { port } = (await started()).address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `${tablesApi}.${operation}`,
        // It must be there, and may be any.
        'x-amz-date': '20260101T000000Z',
        authorization:
          'AWS4-HMAC-SHA256 Credential=loopback/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
      },
      body: input,
    });
    return {
      status: answer.status,
      headers: { 'content-type': 'application/x-amz-json-1.0' },
      body: await answer.text(),
    };
  }

  /** Trap: dynalite does not know `ReturnValuesOnConditionCheckFailure`. */
  async function callAndTell(operation: string, input: string): Promise<AwsResponse> {
    const answer = await call(operation, input);
    if (operation !== 'PutItem') return answer;
    const { TableName, Item, ReturnValuesOnConditionCheckFailure: returned } = JSON.parse(input);
    if (answer.status === 200) tables.onPut?.(TableName, Item);
    if (returned !== 'ALL_OLD' || !answer.body.includes('#ConditionalCheckFailedException')) return answer;
    const stored = await must('GetItem', { TableName, Key: keyOf(TableName, Item), ConsistentRead: true });
    return { ...answer, body: JSON.stringify({ ...JSON.parse(answer.body), ...stored }) };
  }

  function keyOf(name: string, item: Item): Item {
    const names = Object.values(created.get(name) ?? {});
    return Object.fromEntries(Object.entries(item).filter(([attribute]) => names.includes(attribute)));
  }

  async function must(operation: string, input: object) {
    const { status, body } = await call(operation, JSON.stringify(input));
    if (status !== 200) throw new Error(`${operation} failed: ${body}`);
    return JSON.parse(body);
  }

  async function items(name: string): Promise<readonly Item[]> {
    const found: Item[] = [];
    let ExclusiveStartKey: Item | undefined;
    // A page has 1 MB at the most.
    do {
      const page = await must('Scan', { TableName: name, ...(ExclusiveStartKey && { ExclusiveStartKey }) });
      found.push(...page.Items);
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey);
    return found;
  }

  async function remove(name: string, item: Item): Promise<void> {
    await must('DeleteItem', { TableName: name, Key: keyOf(name, item) });
  }

  const tables: Tables = {
    call: callAndTell,
    items,
    async put(name, item) {
      await must('PutItem', { TableName: name, Item: item });
    },
    async expire(name, attribute, before) {
      for (const item of await items(name)) {
        if (Number(item[attribute]?.N ?? Number.POSITIVE_INFINITY) * 1000 < before) await remove(name, item);
      }
    },
    async create(name, keys) {
      const attributes = [keys.partition, keys.sort];
      await must('CreateTable', {
        TableName: name,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: attributes.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
        KeySchema: attributes.map((AttributeName, index) => ({
          AttributeName,
          KeyType: index === 0 ? 'HASH' : 'RANGE',
        })),
      });
      created.set(name, keys);
      const isActive = async () => (await must('DescribeTable', { TableName: name })).Table.TableStatus === 'ACTIVE';
      while (!(await isActive())) await new Promise(setImmediate);
    },
    async clear() {
      for (const name of created.keys()) for (const item of await items(name)) await remove(name, item);
    },
    async [Symbol.asyncDispose]() {
      const server = await starting;
      if (!server) return;
      server.closeAllConnections();
      server.close();
    },
  };
  return tables;
}

async function start(): Promise<Server> {
  const { default: dynalite } = await import('dynalite');
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0 });
  // Otherwise it may close an idle connection just when the next request uses it.
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
