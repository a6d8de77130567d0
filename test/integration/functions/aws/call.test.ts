import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openCloudWatch, openDynamoDb, openSecretsManager, openSns } from '../../../../functions/aws/clients.ts';
import { awsEnvironment } from '../../../support/aws-environment.ts';
import { shownInEveryWay } from '../../../support/canaries.ts';

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** The service answers each call with the next of these, and then with an empty document. */
let answers: Answer[] = [];
let calls: IncomingMessage[] = [];
const server = createServer((request, response) => {
  request.resume();
  calls.push(request);
  (answers.shift() ?? succeed({}))(response, request);
});
let environment: NodeJS.ProcessEnv;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  environment = awsEnvironment(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  [answers, calls] = [[], []];
});

const succeed =
  (document: object): Answer =>
  (response) =>
    response.end(JSON.stringify(document));
const refuse =
  (type: string, status = 400, headers = {}): Answer =>
  (response) =>
    response.writeHead(status, headers).end(JSON.stringify({ __type: type, message: 'the reason' }));
const hangUp: Answer = (response) => response.destroy();
/** Announces more than it sends. */
const breakOff: Answer = (response) => {
  response.writeHead(200, { 'content-length': 100 }).write('{');
  response.socket?.end();
};

const anytime = { abortSignal: new AbortController().signal };

const read = (options: object = {}, call = anytime) =>
  openSecretsManager({ environment, ...options }).getSecretValue({ SecretId: 'acme/key' }, call);

describe('a call is tried again', () => {
  it.each<[string, Answer]>([
    ['after a server error', refuse('InternalServiceError', 500)],
    ['after an answer of something in between', (response) => response.writeHead(503).end('<html>busy</html>')],
    ['after it was throttled', refuse('ThrottlingException')],
    [
      'after it was throttled, with the namespace of a shape',
      refuse('com.amazonaws.dynamodb#ProvisionedThroughputExceededException'),
    ],
    ['after the connection was closed', hangUp],
    ['after the answer broke off', breakOff],
  ])('%s', async (_, first) => {
    answers = [first, succeed({ SecretString: '{}' })];
    expect(await read()).toMatchObject({ SecretString: '{}' });
    expect(calls).toHaveLength(2);
  });

  it('as often as it is to be, and fails with the last error', async () => {
    answers = [hangUp, refuse('InternalServiceError', 500), refuse('ThrottlingException'), succeed({})];
    await expect(read()).rejects.toThrow(
      expect.objectContaining({ name: 'ThrottlingException', message: 'the reason' }),
    );
    expect(calls).toHaveLength(3);
  });

  it('with the time of the service, if this clock is wrong', async () => {
    const serviceTime = new Date(Date.now() + 3_600_000);
    answers = [refuse('InvalidSignatureException', 400, { date: serviceTime.toUTCString() })];
    await read();
    const aheadMs = calls.map(({ headers }) => {
      const [, day, clock] = /^(\d{8})T(\d{6})Z$/.exec(String(headers['x-amz-date'])) ?? [];
      const date = day?.replace(/(....)(..)(..)/, '$1-$2-$3');
      return Date.parse(`${date}T${clock?.replace(/(..)(..)(..)/, '$1:$2:$3')}Z`) - Date.now();
    });
    expect(aheadMs.map((ms) => Math.abs(Math.round(ms / 600_000)))).toEqual([0, 6]);
  });
});

describe('a call is not tried again', () => {
  it.each<[string, Answer, string]>([
    ['when it is refused', refuse('AccessDeniedException'), 'AccessDeniedException'],
    [
      'when the signature is wrong and the clock is right',
      (response) =>
        refuse('InvalidSignatureException', 403, { date: new Date().toUTCString() })(response, response.req),
      'InvalidSignatureException',
    ],
    [
      'when the condition of a write does not hold',
      refuse('com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException'),
      'ConditionalCheckFailedException',
    ],
    ['when the answer is no JSON', (response) => response.end('<html>'), 'SyntaxError'],
    ['when something else answered', (response) => response.writeHead(404).end('<html>'), 'SyntaxError'],
  ])('%s', async (_, answer, name) => {
    answers = [answer];
    await expect(read()).rejects.toThrow(expect.objectContaining({ name }));
    expect(calls).toHaveLength(1);
  });

  it.each<[string, (abort: AbortController) => Answer]>([
    ['is up before an answer', (abort) => () => abort.abort(new Error('too late'))],
    [
      'is up in the pause before the next attempt',
      (abort) => (response, request) => {
        refuse('ThrottlingException')(response, request);
        response.on('finish', () => abort.abort(new Error('too late')));
      },
    ],
    [
      'is up in the middle of an answer',
      (abort) => (response) => {
        response.writeHead(200).write('{');
        setImmediate(() => abort.abort(new Error('too late')));
      },
    ],
  ])(
    'when its time %s',
    async (_, answer) => {
      const abort = new AbortController();
      answers = [answer(abort)];
      await expect(read({}, { abortSignal: abort.signal })).rejects.toThrow('too late');
      expect(calls).toHaveLength(1);
    },
    10_000,
  );

  it.each([
    ['the Region', 'AWS_REGION', 'Region is missing'],
    ['the access key', 'AWS_ACCESS_KEY_ID', 'the environment has no AWS credentials'],
    ['the secret key', 'AWS_SECRET_ACCESS_KEY', 'the environment has no AWS credentials'],
  ])('and not sent when %s is missing', async (_, name, message) => {
    await expect(read({ environment: { ...environment, [name]: undefined } })).rejects.toThrow(message);
    expect(calls).toEqual([]);
  });
});

describe('a call goes', () => {
  it('to the endpoint of its service before that of all services', async () => {
    const own = {
      AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
      AWS_ENDPOINT_URL_SECRETS_MANAGER: environment.AWS_ENDPOINT_URL,
    };
    await read({ environment: { ...environment, ...own } });
    expect(calls).toHaveLength(1);
  });

  it('nowhere if the endpoint is plain http on another machine', async () => {
    const elsewhere = { ...environment, AWS_ENDPOINT_URL: 'http://example.com' };
    await expect(read({ environment: elsewhere })).rejects.toThrow('plain http on another machine');
  });
});

it('an error of the query protocol has its code and its reason', async () => {
  answers = [
    (response) =>
      response
        .writeHead(404)
        .end(
          '<ErrorResponse><Error><Type>Sender</Type><Code>NotFound</Code><Message>no topic</Message></Error></ErrorResponse>',
        ),
  ];
  const publishing = openSns({ environment }).publish(
    { TopicArn: 'arn:aws:sns:eu-west-1:1:people', Message: 'm' },
    anytime,
  );
  await expect(publishing).rejects.toThrow(expect.objectContaining({ name: 'NotFoundException', message: 'no topic' }));
});

it('times are read as times', async () => {
  answers = [succeed({ MetricDataResults: [{ Id: 'm0', Timestamps: [1.5, 2], Values: [1, 2] }] })];
  const { MetricDataResults } = await openCloudWatch({ environment }).getMetricData({} as never, anytime);
  expect(MetricDataResults?.[0]?.Timestamps).toEqual([new Date(1_500), new Date(2_000)]);
  answers = [succeed({ AlarmHistoryItems: [{ Timestamp: 1.5 }] })];
  const { AlarmHistoryItems } = await openCloudWatch({ environment }).describeAlarmHistory({}, anytime);
  expect(AlarmHistoryItems).toEqual([{ Timestamp: new Date(1_500) }]);
});

it('an attribute of an item with the name of a time stays unchanged', async () => {
  answers = [succeed({ Item: { Timestamp: { N: '5' } } })];
  const { Item } = await openDynamoDb({ environment }).getItem({ TableName: 'state', Key: {} }, anytime);
  expect(Item).toEqual({ Timestamp: { N: '5' } });
});

it.each<[string, Answer[]]>([
  ['refused', [refuse('AccessDeniedException')]],
  ['lost', [hangUp, hangUp, hangUp]],
  ['answered with something else', [(response) => response.end('<html>')]],
])('the error of a call that was %s shows neither the keys nor the session', async (_, given) => {
  answers = given;
  const secrets = { AWS_SECRET_ACCESS_KEY: 'canary-of-a-key', AWS_SESSION_TOKEN: 'canary-of-a-session' };
  const error = await read({ environment: { ...environment, ...secrets } }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Error);
  expect(shownInEveryWay(error)).not.toContain('canary-of');
});
