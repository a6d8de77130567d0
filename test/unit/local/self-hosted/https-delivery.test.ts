import { expect, it } from 'vitest';
import { SimulatedHttpsDelivery } from '../../../../local/lab/simulation/simulated-https.ts';
import {
  isRetriedByEventBridge,
  isRetriedBySns,
  type PendingDelivery,
} from '../../../../local/self-hosted/sns/https-delivery.ts';
import { readDeliveryPolicy, readRetryPolicy } from '../../../../local/self-hosted/template/read-retries.ts';

const endpoint = 'https://pager.example.com/sns';

/** Posts one message to a receiver that answers with these statuses. */
function post(statuses: readonly number[], { isRetried = isRetriedBySns, retryDelaysMs = [0, 5_000, 20_000] } = {}) {
  const undelivered: string[] = [];
  const attempts: (readonly [at: number, isDelivered: boolean])[] = [];
  const https = new SimulatedHttpsDelivery((queue, text) => undelivered.push(`${queue}: ${text}`));
  https.answer(endpoint, statuses);
  const delivery: PendingDelivery = { protocol: 'https', endpoint, text: 'hello', failed: true };
  https.post({ endpoint, retryDelaysMs, isRetried, deadLetters: 'dead' }, delivery, 0, (...made) =>
    attempts.push(made),
  );
  https.retryDue(60_000);
  return { delivery, undelivered, attempts };
}

it('a message is delivered at the first answer of 2xx, and nothing is in the queue', () => {
  expect(post([500, 500, 204])).toEqual({
    delivery: expect.objectContaining({ failed: false, attempts: 3, deliveredAt: 5_000 }),
    undelivered: [],
    attempts: [
      [0, false],
      [0, false],
      [5_000, true],
    ],
  });
});

it('a message that no try delivers is in the queue once', () => {
  const { delivery, undelivered } = post([503]);
  expect(delivery).toMatchObject({ failed: true, attempts: 4 });
  expect(undelivered).toEqual(['dead: hello']);
});

it.each([
  [410, isRetriedBySns, 1],
  [401, isRetriedBySns, 1],
  [429, isRetriedBySns, 4],
  [500, isRetriedBySns, 4],
  [400, isRetriedByEventBridge, 1],
  [401, isRetriedByEventBridge, 4],
  [429, isRetriedByEventBridge, 4],
])('after the status %i, tried by %o, there are %i tries', (status, isRetried, tries) => {
  expect(post([status], { isRetried }).delivery.attempts).toBe(tries);
});

it('SNS tries again at once and then ever later, as the policy of the subscription says', () => {
  const delays = readDeliveryPolicy({
    healthyRetryPolicy: {
      ...{ minDelayTarget: 5, maxDelayTarget: 60, numRetries: 20, numNoDelayRetries: 3, numMinDelayRetries: 0 },
      ...{ numMaxDelayRetries: 0, backoffFunction: 'EXPONENTIAL' },
    },
  });
  expect(delays).toHaveLength(20);
  expect(delays.slice(0, 4)).toEqual([0, 0, 0, 5_000]);
  expect(delays.at(-1)).toBe(60_000);
  expect(delays).toEqual(delays.toSorted((one, other) => one - other));
});

it('without a policy SNS tries three more times, 20 seconds apart', () => {
  expect(readDeliveryPolicy(undefined)).toEqual([20_000, 20_000, 20_000]);
});

it('a policy that AWS would reject is refused', () => {
  const healthyRetryPolicy = { minDelayTarget: 3_000, maxDelayTarget: 3_000, numRetries: 2 };
  expect(() => readDeliveryPolicy({ healthyRetryPolicy })).toThrow('more than an hour');
});

it('EventBridge tries for as long as the event is young enough', () => {
  const delays = readRetryPolicy({ MaximumEventAgeInSeconds: 900, MaximumRetryAttempts: 185 });
  expect(delays.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(900_000);
  expect(readRetryPolicy({ MaximumEventAgeInSeconds: 900, MaximumRetryAttempts: 2 })).toHaveLength(2);
});
