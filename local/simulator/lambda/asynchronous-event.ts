import type { AsynchronousRules } from '../template/deployment.ts';

/** An event in Lambda's queue, which nobody waits for. */
export interface AsynchronousEvent {
  readonly requestId: string;
  /** The function's name. */
  readonly target: string;
  readonly payload: unknown;
  /** When Lambda took it, epoch ms. */
  readonly acceptedAt: number;
  /** How often the function ran for it, and failed. */
  readonly failures: number;
  /** When it is looked at next. */
  readonly dueAt: number;
}

/** How one try to run the function for an event ended. */
export type Attempt = 'succeeded' | 'failed' | 'throttled';

/** Why Lambda gives an event up, in its own words. */
export type GivenUp = 'RetriesExhausted' | 'EventAgeExceeded';

/** What becomes of the event. */
export type Next<Event extends AsynchronousEvent> =
  | { readonly kind: 'done' }
  | { readonly kind: 'again'; readonly event: Event }
  | { readonly kind: 'given up'; readonly condition: GivenUp };

const minuteMs = 60_000;

/** Between the first and the second try, and between the second and the third. */
const retryAfterMs = [minuteMs, 2 * minuteMs];

/**
 * What Lambda does with an event after a try: a function that failed is tried again after a minute and after two more,
 * one that was throttled as long as the event is young enough.
 *
 * Trap: a throttled try counts as none, and no retry is spent on it. Lambda waits from a second to five minutes before
 * it looks again; here, always a minute.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export function afterAttempt<Event extends AsynchronousEvent>(
  event: Event,
  attempt: Attempt,
  rules: AsynchronousRules,
  now: number,
): Next<Event> {
  const { failures } = event;
  switch (attempt) {
    case 'succeeded':
      return { kind: 'done' };
    case 'throttled':
      return { kind: 'again', event: { ...event, dueAt: now + minuteMs } };
    case 'failed': {
      if (failures >= rules.retries) return { kind: 'given up', condition: 'RetriesExhausted' };
      const dueAt = now + (retryAfterMs[failures] ?? 2 * minuteMs);
      return { kind: 'again', event: { ...event, failures: failures + 1, dueAt } };
    }
    default:
      return attempt satisfies never;
  }
}

/** Whether an event has waited for so long that Lambda gives it up instead of trying. */
export function isTooOld({ acceptedAt }: AsynchronousEvent, { maxAgeMs }: AsynchronousRules, now: number): boolean {
  return now > acceptedAt && now - acceptedAt >= maxAgeMs;
}

/**
 * What Lambda tells the on-failure destination of an event that it gave up.
 *
 * Trap: `requestPayload` is the event itself, so whoever must read it gets an alarm wrapped in an SNS event in a record.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export function failureRecord(
  { requestId, payload, failures }: AsynchronousEvent,
  functionArn: string,
  condition: GivenUp,
  error: string | undefined,
  now: number,
): object {
  return {
    version: '1.0',
    timestamp: new Date(now).toISOString(),
    requestContext: {
      requestId,
      functionArn: `${functionArn}:$LATEST`,
      condition,
      approximateInvokeCount: condition === 'RetriesExhausted' ? failures + 1 : failures,
    },
    requestPayload: payload,
    ...(error !== undefined && {
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      responsePayload: { errorType: 'Error', errorMessage: error.split('\n')[0] },
    }),
  };
}
