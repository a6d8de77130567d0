import { expect, it } from 'vitest';
import { openHttpsPosts } from '../../../../local/self-hosted/https-posts.ts';
import {
  isRetriedByEventBridge,
  isRetriedBySns,
  type PendingDelivery,
} from '../../../../local/self-hosted/sns/https-delivery.ts';
import { drivenClock } from '../../../support/driven-clock.ts';

const endpoint = 'https://hooks.example.com/key';

interface Sent {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: Record<string, unknown>;
  readonly redirect: string;
}

/** Posts with a receiver that answers with these statuses in turn; `undefined` is no answer. */
function open(...statuses: readonly (number | undefined)[]) {
  const sent: Sent[] = [];
  const left = [...statuses];
  const clock = drivenClock(1_000);
  const states: (readonly [failed: boolean, isPending: boolean])[] = [];
  const givenUp: string[] = [];
  const settled = Promise.withResolvers<void>();
  const https = openHttpsPosts({
    clock,
    secrets: new Map([['pagerduty', '{"routingKey":"canary"}']]),
    giveUp: (queue, text) => givenUp.push(`${queue}: ${text}`),
    onChange({ failed }, isPending) {
      states.push([failed, isPending]);
      if (!isPending) settled.resolve();
    },
    async send(url, { body, ...rest } = {}) {
      sent.push({ url: String(url), ...rest, body: JSON.parse(String(body)) } as unknown as Sent);
      const status = left.shift();
      if (status === undefined) throw new TypeError('fetch failed');
      return new Response(null, { status });
    },
  });
  return { https, clock, sent, states, givenUp, settled: settled.promise };
}

const target = {
  endpoint,
  topicArn: 'arn:topic',
  isRetried: isRetriedBySns,
  retryDelaysMs: [0, 0],
  deadLetters: 'dead',
};
const delivery = (): PendingDelivery => ({
  protocol: 'https',
  endpoint,
  subject: 'PAGE',
  text: '{"a":1}',
  failed: false,
});

it('posts a message as SNS does, without a signature', async () => {
  const { https, sent, settled } = open(200);
  const posted = delivery();
  https.post(target, posted, 0, () => {});
  expect(posted).toMatchObject({ failed: true, attempts: 0 });
  await settled;
  expect(sent).toMatchObject([
    {
      ...{ url: endpoint, redirect: 'manual' },
      headers: { 'x-amz-sns-message-type': 'Notification', 'x-amz-sns-topic-arn': 'arn:topic' },
      body: { Type: 'Notification', TopicArn: 'arn:topic', Subject: 'PAGE', Message: '{"a":1}' },
    },
  ]);
  expect(Object.keys(sent[0]?.body ?? {})).not.toContain('Signature');
  expect(posted).toMatchObject({ failed: false, attempts: 1, deliveredAt: 1_000 });
});

it('tries again after no answer and after 5xx, with the same message id, and tells each try', async () => {
  const { https, sent, states, settled } = open(undefined, 503, 204);
  const tries: boolean[] = [];
  https.post(target, delivery(), 0, (_, isDelivered) => tries.push(isDelivered));
  await settled;
  expect(tries).toEqual([false, false, true]);
  expect(states).toEqual([
    [true, true],
    [true, true],
    [false, false],
  ]);
  expect(new Set(sent.map(({ body }) => body.MessageId)).size).toBe(1);
});

it('gives up after the last try, or after an answer that no try changes', async () => {
  for (const statuses of [[500, 500, 500], [404]]) {
    const { https, givenUp, states, settled } = open(...statuses);
    https.post(target, delivery(), 0, () => {});
    await settled;
    expect(givenUp).toEqual(['dead: {"a":1}']);
    expect(states.at(-1)).toEqual([true, false]);
    expect(states).toHaveLength(statuses.length);
  }
});

it('counts the tries that were made before', async () => {
  const { https, sent, settled } = open(500);
  https.post(target, { ...delivery(), attempts: 2 }, 0, () => {});
  await settled;
  expect(sent).toHaveLength(1);
});

it('adds a secret to the body of an API destination, and only where its connection names it', async () => {
  const { https, sent, settled } = open(202);
  const reference = '{{resolve:secretsmanager:pagerduty:SecretString:routingKey::}}';
  const text = JSON.stringify({ summary: reference, routing_key: reference });
  const body = { routing_key: reference };
  const rule = { endpoint, body, isRetried: isRetriedByEventBridge, retryDelaysMs: [] };
  https.post(rule, { ...delivery(), protocol: 'api destination', text }, 0, () => {});
  await settled;
  expect(sent[0]?.body).toEqual({ summary: reference, routing_key: 'canary' });
});

it('tells nothing of a try that was under way when it was stopped', async () => {
  const { https, clock, states, sent } = open(200);
  clock.stop();
  https.post(target, delivery(), 0, () => expect.unreachable());
  await new Promise(setImmediate);
  expect([sent, states]).toEqual([[], []]);
});

it('tells nothing of a try whose answer comes after the stop', async () => {
  const clock = drivenClock(0);
  const answered = Promise.withResolvers<void>();
  const https = openHttpsPosts({
    ...{ clock, secrets: new Map(), giveUp: () => expect.unreachable(), onChange: () => expect.unreachable() },
    async send() {
      clock.stop();
      answered.resolve();
      return new Response(null, { status: 200 });
    },
  });
  const posted = delivery();
  https.post(target, posted, 0, () => expect.unreachable());
  await answered.promise;
  await new Promise(setImmediate);
  expect(posted).toMatchObject({ failed: true, attempts: 0 });
});
