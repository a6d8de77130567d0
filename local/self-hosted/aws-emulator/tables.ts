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

/** The service that the client of DynamoDB calls. */
export const tablesApi = 'DynamoDB_20120810';

/**
 * DynamoDB's tables in memory, implemented by dynalite.
 *
 * Trap: dynalite is loaded and started with the first request. Without one, every table is unknown.
 */
export class Tables implements AsyncDisposable {
  /** Called with each item that PutItem has written, before the response is sent. */
  onPut?: ((table: string, item: Item) => void) | undefined;
  readonly #created = new Map<string, TableKeys>();
  #starting: Promise<Server> | undefined;

  /** Creates a table whose two keys are strings. */
  async create(name: string, keys: TableKeys): Promise<void> {
    const attributes = [keys.partition, keys.sort];
    await this.#request('CreateTable', {
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: attributes.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: attributes.map((AttributeName, index) => ({ AttributeName, KeyType: index === 0 ? 'HASH' : 'RANGE' })),
    });
    this.#created.set(name, keys);
    const describe = () => this.#request('DescribeTable', { TableName: name });
    while ((await describe()).Table.TableStatus !== 'ACTIVE') await new Promise(setImmediate);
  }

  /** Returns every item of a table. */
  async items(name: string): Promise<readonly Item[]> {
    const found: Item[] = [];
    let ExclusiveStartKey: Item | undefined;
    // Scan returns at most 1 MB a page.
    do {
      const page = await this.#request('Scan', { TableName: name, ...(ExclusiveStartKey && { ExclusiveStartKey }) });
      found.push(...page.Items);
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey);
    return found;
  }

  /** Writes an item without calling `onPut`. */
  async put(name: string, item: Item): Promise<void> {
    await this.#request('PutItem', { TableName: name, Item: item });
  }

  /** Deletes the items whose `attribute`, in seconds since the epoch, is before a time in milliseconds. */
  async expire(name: string, attribute: string, before: number): Promise<void> {
    for (const item of await this.items(name)) {
      if (Number(item[attribute]?.N ?? Number.POSITIVE_INFINITY) * 1000 < before) await this.#remove(name, item);
    }
  }

  /** Deletes every item. The tables remain. */
  async clear(): Promise<void> {
    for (const name of this.#created.keys()) for (const item of await this.items(name)) await this.#remove(name, item);
  }

  /**
   * Runs an operation with its input as JSON.
   *
   * Trap: dynalite does not know `ReturnValuesOnConditionCheckFailure`, so the stored item is read and added here.
   */
  async call(operation: string, input: string): Promise<AwsResponse> {
    const answer = await this.#send(operation, input);
    if (operation !== 'PutItem') return answer;
    const { TableName, Item, ReturnValuesOnConditionCheckFailure: returned } = JSON.parse(input);
    if (answer.status === 200) this.onPut?.(TableName, Item);
    if (returned !== 'ALL_OLD' || !answer.body.includes('#ConditionalCheckFailedException')) return answer;
    const key = { TableName, Key: this.#keyOf(TableName, Item), ConsistentRead: true };
    const stored = await this.#request('GetItem', key);
    return { ...answer, body: JSON.stringify({ ...JSON.parse(answer.body), ...stored }) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const server = await this.#starting;
    if (!server) return;
    server.closeAllConnections();
    server.close();
  }

  /** Sends an operation and returns its parsed response. Throws unless the status is 200. */
  async #request(operation: string, input: object) {
    const { status, body } = await this.#send(operation, JSON.stringify(input));
    if (status !== 200) throw new Error(`${operation} failed: ${body}`);
    return JSON.parse(body);
  }

  async #send(operation: string, input: string): Promise<AwsResponse> {
    this.#starting ??= start();
    const { port } = (await this.#starting).address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `${tablesApi}.${operation}`,
        // Required, but dynalite accepts any value.
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

  #keyOf(name: string, item: Item): Item {
    const names = Object.values(this.#created.get(name) ?? {});
    return Object.fromEntries(Object.entries(item).filter(([attribute]) => names.includes(attribute)));
  }

  async #remove(name: string, item: Item): Promise<void> {
    await this.#request('DeleteItem', { TableName: name, Key: this.#keyOf(name, item) });
  }
}

async function start(): Promise<Server> {
  const { default: dynalite } = await import('dynalite');
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0 });
  // A keep-alive timeout could close an idle connection just as the next request uses it.
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
