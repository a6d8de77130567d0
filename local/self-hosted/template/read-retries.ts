import { readNumber, readObject, readWord, UnsupportedError } from '../../../packages/cloudwatch-alarms/src/index.ts';

const retryKeys = [
  ...['minDelayTarget', 'maxDelayTarget', 'numRetries', 'numNoDelayRetries', 'numMinDelayRetries'],
  ...['numMaxDelayRetries', 'backoffFunction'],
];

/**
 * The pauses before each further try of a subscription by https, in milliseconds: at once, then at the least delay, then
 * growing, then at the greatest. Without a policy SNS tries three more times, 20 seconds apart.
 *
 * Trap: AWS does not publish its formula for the growing part. Here each is the same multiple of the one before.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
 */
export function readDeliveryPolicy(policy: unknown): readonly number[] {
  if (policy === undefined) return [20_000, 20_000, 20_000];
  const { healthyRetryPolicy, requestPolicy } = readObject(policy, ['healthyRetryPolicy', 'requestPolicy']);
  readObject(requestPolicy ?? {}, ['headerContentType']);
  const rules = readObject(healthyRetryPolicy ?? {}, retryKeys);
  const count = (key: string, otherwise: number) => readNumber(rules[key] ?? otherwise);
  readWord(rules.backoffFunction ?? 'EXPONENTIAL', ['EXPONENTIAL']);
  const [least, most, all] = [count('minDelayTarget', 20), count('maxDelayTarget', 20), count('numRetries', 3)];
  const [atOnce, atLeast, atMost] = [
    count('numNoDelayRetries', 0),
    count('numMinDelayRetries', 0),
    count('numMaxDelayRetries', 0),
  ];
  const growing = all - atOnce - atLeast - atMost;
  if (growing < 0 || least > most || all > 100) throw new UnsupportedError('AWS rejects this delivery policy');
  const factor = growing > 1 ? (most / least) ** (1 / (growing - 1)) : 1;
  const seconds = [
    ...Array.from({ length: atOnce }, () => 0),
    ...Array.from({ length: atLeast }, () => least),
    ...Array.from({ length: growing }, (_, at) => least * factor ** at),
    ...Array.from({ length: atMost }, () => most),
  ];
  if (seconds.reduce((sum, each) => sum + each, 0) > 3_600) {
    throw new UnsupportedError('AWS rejects a delivery policy that takes more than an hour');
  }
  return seconds.map((each) => Math.round(each * 1000));
}

/** EventBridge's longest pause here, in milliseconds. */
const longestMs = 60_000;

/**
 * The pauses before each further try of a rule's target, in milliseconds: growing, for as long as the event is young
 * enough. AWS does not publish them. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html
 */
export function readRetryPolicy(policy: unknown): readonly number[] {
  const { MaximumEventAgeInSeconds, MaximumRetryAttempts } = readObject(policy ?? {}, [
    'MaximumEventAgeInSeconds',
    'MaximumRetryAttempts',
  ]);
  const ageMs = readNumber(MaximumEventAgeInSeconds ?? 86_400) * 1000;
  const most = readNumber(MaximumRetryAttempts ?? 185);
  const delays: number[] = [];
  for (let delay = 1_000, age = delay; age <= ageMs && delays.length < most; ) {
    delays.push(delay);
    delay = Math.min(longestMs, 2 * delay);
    age += delay;
  }
  return delays;
}
