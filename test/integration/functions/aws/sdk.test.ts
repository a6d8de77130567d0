import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { CloudWatch } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { EventBridge } from '@aws-sdk/client-eventbridge';
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { SNS } from '@aws-sdk/client-sns';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { authorization } from '../../../../functions/aws/authorization.ts';
import {
  openCloudWatch,
  openCloudWatchLogs,
  openDynamoDb,
  openEventBridge,
  openSecretsManager,
  openSns,
} from '../../../../functions/aws/clients.ts';
import { endpointOf } from '../../../../functions/aws/endpoint.ts';
import { services } from '../../../../functions/aws/service.ts';

const anytime = { abortSignal: new AbortController().signal };

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly path: string | undefined;
}

const received: Received[] = [];
let answer = '{}';
let status = 200;
const server = createServer(async (request, response) => {
  received.push({ headers: request.headers, path: request.url, body: await text(request) });
  response.writeHead(status).end(answer);
});
let url = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());
beforeEach(() => {
  received.length = 0;
  answer = '{}';
  status = 200;
});

const region = 'eu-west-1';
const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'the+secret/key',
  sessionToken: 'the/session+token==',
};
const environment = () => ({
  ...{ AWS_ENDPOINT_URL: url, AWS_REGION: region, AWS_ACCESS_KEY_ID: credentials.accessKeyId },
  ...{ AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey, AWS_SESSION_TOKEN: credentials.sessionToken },
});
const ofSdk = () => ({ endpoint: url, region, credentials, maxAttempts: 1 });
const ours = () => ({ environment: environment(), maxAttempts: 1 });

/** What a signature says that it covers. */
function signed({ headers, body }: Received, access = credentials): string {
  const [, names = ''] = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? '') ?? [];
  const covered = Object.fromEntries(names.split(';').map((name) => [name, String(headers[name])]));
  const [, service = ''] = /\/([a-z]+)\/aws4_request/.exec(headers.authorization ?? '') ?? [];
  return authorization(covered, body, access, { date: String(headers['x-amz-date']), region, service });
}

const time = new Date('2026-11-23T09:28:33.345Z');
const key = { org: { S: 'acme' }, item: { S: 'group#flows' } };

/** Each operation that functions use, called by the SDK and by us. */
const calls: Readonly<Record<string, readonly [bySdk: () => Promise<object>, byUs: () => Promise<object>]>> = (() => {
  const metrics = {
    Namespace: 'OktaSynthetics',
    MetricData: [
      {
        MetricName: 'Duration',
        Dimensions: [{ Name: 'Org', Value: 'acme' }],
        Timestamp: time,
        Unit: 'Milliseconds',
        Value: 0.125,
      },
    ],
  } as const;
  const data = {
    ...{ StartTime: time, EndTime: time, ScanBy: 'TimestampAscending', NextToken: undefined },
    MetricDataQueries: [{ Id: 'm0', MetricStat: { Metric: { Namespace: 'OktaSynthetics' }, Period: 60, Stat: 'Sum' } }],
  } as const;
  const history = { AlarmName: 'okta/page', HistoryItemType: 'StateUpdate', EndDate: time, MaxRecords: 100 } as const;
  const log = {
    logGroupName: '/aws/lambda/flows',
    filterPattern: '{ $.org = "é" }',
    startTime: 5,
    nextToken: undefined,
  };
  const get = { TableName: 'state', Key: key, ConsistentRead: true };
  const put = {
    ...{ TableName: 'state', Item: { ...key, revision: { N: '2' } }, ConditionExpression: 'revision = :seen' },
    ExpressionAttributeValues: { ':seen': { N: '1' } },
  };
  const query = { TableName: 'state', KeyConditionExpression: 'org = :org', ExclusiveStartKey: undefined };
  const scan = { TableName: 'state', FilterExpression: '#item < :messages', ExclusiveStartKey: key };
  const events = { Entries: [{ Source: 'okta', DetailType: 'Firing', Resources: ['arn:a'], Detail: '{"a":"ü"}' }] };
  const secret = { SecretId: 'acme/key' };
  const message = {
    ...{
      TopicArn: 'arn:aws:sns:eu-west-1:123456789012:people',
      Subject: 'Okta fails + (more)* ~',
      MessageStructure: 'json',
    },
    Message: '{"default":"é & 100 % = \n’!\'"}',
  };
  return {
    PutMetricData: [
      () => new CloudWatch(ofSdk()).putMetricData(metrics as never),
      () => openCloudWatch(ours()).putMetricData(metrics as never, anytime),
    ],
    GetMetricData: [
      () => new CloudWatch(ofSdk()).getMetricData(data as never),
      () => openCloudWatch(ours()).getMetricData(data as never, anytime),
    ],
    DescribeAlarmHistory: [
      () => new CloudWatch(ofSdk()).describeAlarmHistory(history),
      () => openCloudWatch(ours()).describeAlarmHistory(history, anytime),
    ],
    FilterLogEvents: [
      () => new CloudWatchLogs(ofSdk()).filterLogEvents(log),
      () => openCloudWatchLogs(ours()).filterLogEvents(log, anytime),
    ],
    GetItem: [() => new DynamoDB(ofSdk()).getItem(get), () => openDynamoDb(ours()).getItem(get, anytime)],
    PutItem: [() => new DynamoDB(ofSdk()).putItem(put), () => openDynamoDb(ours()).putItem(put, anytime)],
    Query: [() => new DynamoDB(ofSdk()).query(query), () => openDynamoDb(ours()).query(query, anytime)],
    Scan: [() => new DynamoDB(ofSdk()).scan(scan), () => openDynamoDb(ours()).scan(scan, anytime)],
    PutEvents: [
      () => new EventBridge(ofSdk()).putEvents(events),
      () => openEventBridge(ours()).putEvents(events, anytime),
    ],
    GetSecretValue: [
      () => new SecretsManager(ofSdk()).getSecretValue(secret),
      () => openSecretsManager(ours()).getSecretValue(secret, anytime),
    ],
    Publish: [() => new SNS(ofSdk()).publish(message), () => openSns(ours()).publish(message, anytime)],
  };
})();

describe('a call of AWS is the call that its SDK makes', () => {
  it.each(Object.entries(calls))(
    '%s has the same service, operation, protocol and input',
    async (name, [bySdk, byUs]) => {
      if (name === 'Publish') answer = '<PublishResponse><PublishResult/></PublishResponse>';
      await bySdk();
      await byUs();
      const [theirs, own] = received;
      expect(own?.path).toBe(theirs?.path);
      for (const header of ['content-type', 'x-amz-target', 'x-amz-security-token']) {
        expect(own?.headers[header]).toBe(theirs?.headers[header]);
      }
      const inputOf = (body = '') =>
        name === 'Publish' ? Object.fromEntries(new URLSearchParams(body)) : JSON.parse(body);
      expect(inputOf(own?.body)).toEqual(inputOf(theirs?.body));
      expect(own && signed(own)).toBe(own?.headers.authorization);
      const scope = / Credential=([^,]+),/;
      expect(scope.exec(own?.headers.authorization ?? '')?.[1]).toBe(
        scope.exec(theirs?.headers.authorization ?? '')?.[1],
      );
    },
  );

  it.each(Object.entries(calls))(
    "the SDK's signature of %s is the one that we would make of it",
    async (_, [bySdk]) => {
      answer = '<PublishResponse><PublishResult/></PublishResponse>';
      await bySdk().catch(() => {});
      const [theirs] = received;
      expect(theirs && signed(theirs)).toBe(theirs?.headers.authorization);
    },
  );

  it('the signature is right whatever is signed, with a session or without', async () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 });
    const token = fc.stringMatching(/^[A-Za-z0-9+/=]{1,40}$/);
    const access = fc.record({
      accessKeyId: fc.stringMatching(/^[A-Z0-9]{4,20}$/),
      secretAccessKey: token,
      sessionToken: token,
    });
    await fc.assert(
      fc.asyncProperty(text, access, fc.boolean(), async (id, { sessionToken, ...keys }, hasSession) => {
        const each = { ...keys, ...(hasSession && { sessionToken }) };
        await new SecretsManager({ ...ofSdk(), credentials: each }).getSecretValue({ SecretId: id });
        const last = received.at(-1);
        expect(last && signed(last, { ...each, sessionToken })).toBe(last?.headers.authorization);
      }),
      { numRuns: 40 },
    );
  });
});

describe('a call is tried again if the SDK tries it again', () => {
  it.each([
    ...[
      ['AccessDeniedException', 400],
      ['ConditionalCheckFailedException', 400],
      ['InternalServerError', 500],
    ],
    ...[
      ['LimitExceededException', 400],
      ['ProvisionedThroughputExceededException', 400],
      ['RequestLimitExceeded', 400],
    ],
    ...[
      ['RequestThrottled', 400],
      ['RequestThrottledException', 400],
      ['ResourceNotFoundException', 404],
    ],
    ...[
      ['ServiceUnavailable', 503],
      ['ThrottledException', 400],
      ['Throttling', 400],
      ['ThrottlingException', 400],
    ],
    ...[
      ['TooManyRequestsException', 429],
      ['TransactionInProgressException', 400],
      ['ValidationException', 400],
    ],
  ] as [string, number][])('after %s with status %i', async (name, of) => {
    answer = JSON.stringify({ __type: name, message: 'the reason' });
    status = of;
    const secret = { SecretId: 'acme/key' };
    await new SecretsManager({ ...ofSdk(), maxAttempts: 2 }).getSecretValue(secret).catch(() => {});
    const bySdk = received.length;
    const error = await openSecretsManager({ ...ours(), maxAttempts: 2 })
      .getSecretValue(secret, anytime)
      .catch((thrown) => thrown);
    expect(error).toMatchObject({ name, message: 'the reason' });
    expect(received.length - bySdk).toBe(bySdk);
  });
});

/** Where the SDK would send a call in a Region. */
async function hostOfSdk(open: (options: object) => Promise<unknown>, of: string): Promise<string> {
  let host = '';
  const requestHandler = {
    handle: async (request: { readonly hostname: string }) => {
      host = request.hostname;
      throw new Error('it is not sent');
    },
  };
  await open({ region: of, credentials, requestHandler, maxAttempts: 1 }).catch(() => {});
  return host;
}

const openers: Readonly<Record<keyof typeof services, (options: object) => Promise<unknown>>> = {
  cloudWatch: (options) => new CloudWatch(options).describeAlarmHistory({}),
  dynamoDb: (options) => new DynamoDB(options).getItem({ TableName: 'state', Key: key }),
  eventBridge: (options) => new EventBridge(options).putEvents({ Entries: [] }),
  logs: (options) => new CloudWatchLogs(options).filterLogEvents({}),
  secretsManager: (options) => new SecretsManager(options).getSecretValue({ SecretId: 'acme/key' }),
  sns: (options) => new SNS(options).publish({ Message: 'm' }),
};

describe('an endpoint is where the SDK goes', () => {
  const regions = [
    ...['us-east-1', 'eu-central-2', 'ap-southeast-7', 'mx-central-1', 'us-gov-west-1', 'us-gov-east-1'],
    ...['cn-north-1', 'eusc-de-east-1', 'us-iso-east-1', 'us-isob-east-1', 'eu-isoe-west-1', 'us-isof-south-1'],
  ];
  it.each(Object.keys(services) as (keyof typeof services)[])('for %s, in a Region of each partition', async (name) => {
    for (const each of regions) {
      expect(endpointOf(services[name], each, {}).hostname).toBe(await hostOfSdk(openers[name], each));
    }
  });

  it('or where the environment says, for all services or for one', () => {
    const both = { AWS_ENDPOINT_URL: 'http://localhost:1', AWS_ENDPOINT_URL_SECRETS_MANAGER: 'http://localhost:2' };
    expect(endpointOf(services.secretsManager, region, both).port).toBe('2');
    expect(endpointOf(services.dynamoDb, region, both).port).toBe('1');
  });
});
