import { randomBytes } from 'node:crypto';
import {
  CloudWatchClient,
  DescribeAlarmHistoryCommand,
  GetMetricDataCommand,
  type MetricDataQuery,
  type MetricDatum,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PublishCommand, type PublishCommandInput, SNSClient } from '@aws-sdk/client-sns';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type AwsEmulator, startAwsEmulator } from '../../../../local/self-hosted/aws-emulator/aws-emulator.ts';

type Clients = ReturnType<typeof clientsOf>;

function clientsOf(endpoint: string, accessKeyId = 'loopback', maxAttempts = 1) {
  const credentials = { accessKeyId, secretAccessKey: 'loopback' };
  const options = { endpoint, region: 'us-east-1', credentials, maxAttempts };
  return {
    logs: new CloudWatchLogsClient(options),
    cloudWatch: new CloudWatchClient(options),
    sns: new SNSClient(options),
    secrets: new SecretsManagerClient(options),
    tables: new DynamoDBClient(options),
  };
}

let aws: AwsEmulator;
let logs: CloudWatchLogsClient;
let cloudWatch: CloudWatchClient;
let sns: SNSClient;
beforeAll(async () => {
  aws = await startAwsEmulator(new Map());
  ({ logs, cloudWatch, sns } = clientsOf(aws.url));
});
afterAll(() => aws.close());
afterEach(() => {
  aws.clear();
  aws.alarmHistory = () => [];
  aws.metricData = () => [];
});

describe('GetMetricData', () => {
  const start = Date.UTC(2026, 10, 23, 12);
  const query = (Id: string, MetricName: string): MetricDataQuery => ({
    Id,
    MetricStat: {
      Metric: { Namespace: 'N', MetricName, Dimensions: [{ Name: 'Org', Value: 'acme' }] },
      ...{ Period: 60, Stat: 'Average' },
    },
  });
  const read = (MetricDataQueries: MetricDataQuery[], more: object = {}) =>
    cloudWatch.send(
      new GetMetricDataCommand({
        ...{ MetricDataQueries, StartTime: new Date(start), EndTime: new Date(start + 180_000), ...more },
      }),
    );

  it('returns the points of each metric by its names, the newest first, and none where there is none', async () => {
    aws.metricData = ({ namespace, name, dimensions }, statistic, periodMs, window) => {
      expect([namespace, dimensions, statistic, periodMs]).toEqual(['N', { Org: 'acme' }, 'Average', 60_000]);
      expect(window).toEqual({ start, end: start + 180_000 });
      return name === 'Known' ? [1, undefined, 3] : [];
    };
    const { MetricDataResults = [] } = await read([query('a', 'Known'), query('b', 'Other')]);
    expect(MetricDataResults).toMatchObject([
      { Id: 'a', StatusCode: 'Complete', Values: [3, 1], Timestamps: [new Date(start + 120_000), new Date(start)] },
      { Id: 'b', Values: [] },
    ]);
    const ascending = await read([query('a', 'Known')], { ScanBy: 'TimestampAscending' });
    expect(ascending.MetricDataResults?.[0]?.Values).toEqual([1, 3]);
  });

  it('refuses more than 500 queries, an expression, a period of seconds and a time that ends before it begins', async () => {
    const many = Array.from({ length: 501 }, (_, index) => query(`m${index}`, 'Known'));
    const { MetricStat } = query('a', 'Known');
    const refused = await Promise.allSettled([
      read(many),
      read([{ Id: 'a', Expression: 'm1 + m2' }]),
      read([{ Id: 'a', MetricStat: { ...MetricStat, Metric: {}, Stat: 'Sum', Period: 7 } }]),
      read([query('a', 'Known')], { EndTime: new Date(start) }),
    ]);
    // The SDK's name for ValidationError.
    const reason = expect.objectContaining({ name: 'ValidationException' });
    expect(refused).toEqual(refused.map(() => ({ status: 'rejected', reason })));
  });
});

describe('FilterLogEvents', () => {
  const add = (timestamp: number, document: object) =>
    aws.logs.add('flows', { timestamp, message: JSON.stringify(document) });
  const filter = (input: object = {}) => logs.send(new FilterLogEventsCommand({ logGroupName: 'flows', ...input }));
  const numbers = async (input: object = {}) =>
    (await filter(input)).events?.map(({ message }) => JSON.parse(message ?? '').n);

  it('returns log events between two times, inclusive, sorted by time', async () => {
    for (const [at, n] of [
      [3_000, 3],
      [1_000, 1],
      [4_000, 4],
      [2_000, 2],
    ] as const)
      add(at, { n });
    expect(await numbers()).toEqual([1, 2, 3, 4]);
    expect(await numbers({ startTime: 2_000, endTime: 3_000 })).toEqual([2, 3]);
    expect((await filter()).events?.[0]).toMatchObject({ timestamp: 1_000, message: '{"n":1}' });
  });

  it('returns only the log events that match the filter pattern, and rejects unsupported patterns', async () => {
    add(1_000, { n: 1, org: 'acme' });
    add(2_000, { n: 2, org: 'other' });
    expect(await numbers({ filterPattern: '{ $.org = "acme" }' })).toEqual([1]);
    await expect(filter({ filterPattern: '{ $.org ~ "acme" }' })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });

  it('continues where the last page ended, even within one millisecond', async () => {
    for (const n of [1, 2, 3, 4, 5]) add(1_000, { n });
    const first = await filter({ limit: 2 });
    const second = await filter({ limit: 2, nextToken: first.nextToken });
    const third = await filter({ limit: 2, nextToken: second.nextToken });
    const found = [first, second, third].flatMap(({ events = [] }) => events);
    expect(found.map(({ message }) => message)).toEqual([1, 2, 3, 4, 5].map((n) => `{"n":${n}}`));
    expect(third.nextToken).toBeUndefined();
  });

  it('ends a page after scanning a megabyte, even if nothing matches', async () => {
    for (const n of [1, 2, 3]) add(n, { n, org: 'other', padding: 'x'.repeat(600_000) });
    add(4, { n: 4, org: 'acme' });
    const filterPattern = '{ $.org = "acme" }';
    const first = await filter({ filterPattern });
    expect(first.events).toEqual([]);
    expect(await numbers({ filterPattern, nextToken: first.nextToken })).toEqual([4]);
  });

  it('rejects the page token of another request', async () => {
    for (const n of [1, 2]) add(n, { n });
    const { nextToken } = await filter({ limit: 1 });
    for (const other of [{ startTime: 1 }, { filterPattern: '{ $.n = "1" }' }, { nextToken: 'made-up' }]) {
      await expect(filter({ nextToken, ...other })).rejects.toMatchObject({ name: 'InvalidParameterException' });
    }
  });

  it('returns nothing from an empty log group, and rejects an unknown one', async () => {
    aws.logs.create('empty');
    expect((await filter({ logGroupName: 'empty' })).events).toEqual([]);
    await expect(filter({ logGroupName: 'nowhere' })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    aws.clear();
    expect((await filter({ logGroupName: 'empty' })).events).toEqual([]);
  });
});

describe('DescribeAlarmHistory', () => {
  it('returns the state changes of an alarm between two times, newest first', async () => {
    const queries: unknown[] = [];
    aws.alarmHistory = (...query) => {
      queries.push(query);
      return [1_000, 5_000, 3_000, 9_000].map((timestamp) => ({ timestamp, summary: 'changed', data: '{}' }));
    };
    const { AlarmHistoryItems } = await cloudWatch.send(
      new DescribeAlarmHistoryCommand({
        ...{ AlarmName: 'an-alarm', StartDate: new Date(2_000), EndDate: new Date(6_000) },
        ScanBy: 'TimestampDescending',
      }),
    );
    expect(queries).toEqual([['an-alarm', 2_000, 6_000]]);
    expect(AlarmHistoryItems?.map(({ Timestamp }) => Timestamp?.getTime())).toEqual([5_000, 3_000]);
    expect(AlarmHistoryItems?.[0]).toMatchObject({
      AlarmName: 'an-alarm',
      HistorySummary: 'changed',
      HistoryData: '{}',
    });
  });

  it('returns an empty alarm history by default', async () => {
    const answer = await cloudWatch.send(new DescribeAlarmHistoryCommand({ AlarmName: 'an-alarm' }));
    expect(answer.AlarmHistoryItems).toEqual([]);
  });
});

describe('PutMetricData', () => {
  const put = (datum: Partial<MetricDatum>, count = 1) => {
    const MetricData = Array.from({ length: count }, () => ({ MetricName: 'Success', Value: 1, ...datum }));
    return cloudWatch.send(new PutMetricDataCommand({ Namespace: 'OktaSynthetics', MetricData }));
  };
  const dimensions = (count: number, Value = 'acme') =>
    Array.from({ length: count }, (_, index) => ({ Name: `D${index}`, Value }));

  it('accepts a thousand metrics with thirty dimensions', async () => {
    await put({ Dimensions: dimensions(30), Timestamp: new Date(0) }, 1_000);
    expect(aws.points).toHaveLength(1_000);
  });

  it.each<[string, Partial<MetricDatum>, number?]>([
    ['more metrics than a call may have', {}, 1_001],
    ['more dimensions than a metric may have', { Dimensions: dimensions(31) }],
    ['a name that is too long', { MetricName: 'x'.repeat(256) }],
    ['a dimension that is too long', { Dimensions: dimensions(1, 'x'.repeat(1_025)) }],
    ['an empty dimension', { Dimensions: dimensions(1, ' ') }],
  ])('rejects %s, and stores nothing', async (_, datum, count) => {
    await expect(put(datum, count)).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
    expect(aws.points).toEqual([]);
  });

  it('rejects a call that is larger than a megabyte', async () => {
    const random = () => Array.from({ length: 30 }, () => randomBytes(512).toString('hex'));
    const data = Array.from({ length: 70 }, () => ({
      ...{ MetricName: 'Success', Value: 1 },
      Dimensions: random().map((Value, index) => ({ Name: `D${index}`, Value })),
    }));
    const call = new PutMetricDataCommand({ Namespace: 'OktaSynthetics', MetricData: data });
    await expect(cloudWatch.send(call)).rejects.toMatchObject({ name: 'RequestEntityTooLarge' });
  });
});

describe('the rates of an account', () => {
  it.each([
    ['DescribeAlarmHistory', 'Throttling', (emulator: Clients) => emulator.cloudWatch.send(history())],
    ['PutMetricData', 'Throttling', (emulator: Clients) => emulator.cloudWatch.send(metrics())],
    ['FilterLogEvents', 'ThrottlingException', (emulator: Clients) => emulator.logs.send(events())],
    ['Publish', 'ThrottlingException', (emulator: Clients) => emulator.sns.send(message())],
  ] as const)('refuse what %s exceeds in a second, so that the SDK tries again', async (operation, name, call) => {
    let now = 0;
    await using emulator = await startAwsEmulator(new Map(), { rates: () => ({ [operation]: 2 }), now: () => now });
    emulator.logs.create('flows');
    const clients = clientsOf(emulator.url, 'loopback', 2);
    await call(clients);
    now = 900;
    await call(clients);
    await expect(call(clients)).rejects.toMatchObject({ name, $metadata: { attempts: 2 } });
    expect(emulator.throttled.get(operation)).toBe(2);
    now = 1_000;
    await call(clients);
  });

  const history = () => new DescribeAlarmHistoryCommand({ AlarmName: 'a' });
  const metrics = () => new PutMetricDataCommand({ Namespace: 'A', MetricData: [] });
  const events = () => new FilterLogEventsCommand({ logGroupName: 'flows' });
  const message = () =>
    new PublishCommand({ TopicArn: 'arn:aws:sns:us-east-1:123456789012:people', Message: 'a message' });

  it('know the time of a call by who signed it', async () => {
    const seen: (string | undefined)[] = [];
    await using emulator = await startAwsEmulator(new Map(), { now: (caller) => seen.push(caller) });
    await clientsOf(emulator.url, 'container-7').sns.send(message());
    expect(new Set(seen)).toEqual(new Set(['container-7']));
    expect(emulator.published).toMatchObject([{ caller: 'container-7', receivedAt: 1 }]);
  });
});

describe('Publish', () => {
  const TopicArn = 'arn:aws:sns:us-east-1:123456789012:people';
  const publish = (input: Partial<PublishCommandInput>) =>
    sns.send(new PublishCommand({ TopicArn, Message: 'a message', ...input }));

  it('keeps published messages unchanged', async () => {
    const Message = JSON.stringify({ default: 'a & b = <c> + ü\n%20' });
    const { MessageId } = await publish({ Subject: 'PAGE acme: 100 % & more', Message, MessageStructure: 'json' });
    expect(MessageId).toMatch(/^[0-9a-f-]{36}$/);
    expect(aws.published).toEqual([
      {
        ...{ topicArn: TopicArn, subject: 'PAGE acme: 100 % & more', message: Message, structure: 'json' },
        ...{ caller: 'loopback', receivedAt: expect.any(Number) },
      },
    ]);
  });

  it.each<[string, Partial<PublishCommandInput>]>([
    ['a subject of 100 characters', { Subject: 'x'.repeat(100) }],
    ['a subject with a line break', { Subject: 'PAGE\nacme' }],
    ['a subject that starts with a space', { Subject: ' PAGE' }],
    ['a subject that is not ASCII', { Subject: 'PAGE: Zürich' }],
    ['an empty message', { Message: '' }],
    ['a message over 256 KB', { Message: 'ü'.repeat(131_073) }],
    ['formats without a default', { Message: '{"email":"x"}', MessageStructure: 'json' }],
    ['formats that are not JSON', { Message: 'x', MessageStructure: 'json' }],
    ['an invalid topic ARN', { TopicArn: 'people' }],
  ])('rejects %s, as SNS does', async (_, input) => {
    await expect(publish(input)).rejects.toMatchObject({ name: 'InvalidParameterException' });
    expect(aws.published).toEqual([]);
  });
});

describe('the memory of a long run', () => {
  it('is that calls and old log events are forgotten', async () => {
    aws.logs.add('flows', { timestamp: 1_000, message: 'old' });
    aws.logs.add('flows', { timestamp: 2_000, message: 'new' });
    await cloudWatch.send(new DescribeAlarmHistoryCommand({}));
    aws.forget(2_000);
    expect(aws.calls).toEqual([]);
    const { events } = await logs.send(new FilterLogEventsCommand({ logGroupName: 'flows' }));
    expect(events?.map(({ message }) => message)).toEqual(['new']);
  });

  it('is that a secret may come from elsewhere, with a version of its own or an error', async () => {
    await using other = await startAwsEmulator({
      async get(name) {
        if (name !== 'acme') return { status: 400, type: 'AccessDeniedException', message: 'no right' };
        return { text: '{"clientSecret":"one"}', version: 'v7' };
      },
    });
    const { secrets } = clientsOf(other.url);
    const read = (SecretId: string) => secrets.send(new GetSecretValueCommand({ SecretId }));
    expect(await read('acme')).toMatchObject({ SecretString: '{"clientSecret":"one"}', VersionId: 'v7' });
    await expect(read('other')).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  it('is that items are put as they are, told when they are written, and deleted when they expire', async () => {
    await using other = await startAwsEmulator(new Map());
    const { tables } = other;
    await tables.create('state', { partition: 'org', sort: 'item' });
    const item = (name: string, seconds: number) => ({
      ...{ org: { S: 'acme' }, item: { S: name } },
      expiresAt: { N: String(seconds) },
    });
    const told: string[] = [];
    tables.onPut = (table, { item: written }) => told.push(`${table} ${written?.S}`);
    await tables.put('state', item('old', 10));
    const put = { TableName: 'state', Item: item('new', 20) };
    await tables.call('PutItem', JSON.stringify(put));
    await tables.call('PutItem', JSON.stringify({ ...put, ConditionExpression: 'attribute_not_exists(org)' }));
    await tables.expire('state', 'expiresAt', 15_000);
    expect(await tables.items('state')).toEqual([item('new', 20)]);
    // Neither other items of it, nor writes that its condition refuses.
    expect(told).toEqual(['state new']);
  });

  it('is that a write whose condition fails returns the item that there is, if it asks for it', async () => {
    await using other = await startAwsEmulator(new Map());
    await other.tables.create('state', { partition: 'org', sort: 'item' });
    const item = { org: { S: 'acme' }, item: { S: 'one' }, body: { S: 'first' } };
    await other.tables.put('state', item);
    const put = {
      ...{ TableName: 'state', Item: { ...item, body: { S: 'second' } } },
      ConditionExpression: 'attribute_not_exists(org)',
    };
    const write = (more: object) => clientsOf(other.url).tables.send(new PutItemCommand({ ...put, ...more }));
    const name = 'ConditionalCheckFailedException';
    await expect(write({ ReturnValuesOnConditionCheckFailure: 'ALL_OLD' })).rejects.toMatchObject({ name, Item: item });
    await expect(write({})).rejects.not.toHaveProperty('Item', item);
  });

  it('is that all items of a table are there, although a page of a scan has 1 MB at the most', async () => {
    await using other = await startAwsEmulator(new Map());
    await other.tables.create('state', { partition: 'org', sort: 'item' });
    const body = { S: 'x'.repeat(390_000) };
    for (const name of ['a', 'b', 'c', 'd']) {
      await other.tables.put('state', { org: { S: 'acme' }, item: { S: name }, body });
    }
    expect((await other.tables.items('state')).map(({ item }) => item?.S)).toEqual(['a', 'b', 'c', 'd']);
  });
});

describe('every operation', () => {
  const calls = {
    FilterLogEvents: () => logs.send(new FilterLogEventsCommand({ logGroupName: 'flows' })),
    DescribeAlarmHistory: () => cloudWatch.send(new DescribeAlarmHistoryCommand({})),
    Publish: () =>
      sns.send(new PublishCommand({ TopicArn: 'arn:aws:sns:us-east-1:123456789012:people', Message: 'a message' })),
  } as const;

  it.each(Object.entries(calls))('can fail and recover: %s', async (operation, call) => {
    aws.logs.create('flows');
    const name = operation as keyof typeof calls;
    const restore = aws.injectFault(name, { status: 400, type: 'AccessDeniedException', message: 'no <right>' });
    await expect(call()).rejects.toMatchObject({ name: 'AccessDeniedException', message: 'no <right>' });
    restore();
    const reconnect = aws.injectFault(name, 'connection closed');
    await expect(call()).rejects.toThrow();
    reconnect();
    await call();
    expect(aws.calls).toEqual([operation, operation, operation]);
    aws.clear();
    expect([aws.calls, aws.published]).toEqual([[], []]);
  });
});
