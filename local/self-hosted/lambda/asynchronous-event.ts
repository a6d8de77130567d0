import type { AsynchronousRules } from '../template/deployment.ts';

/** An event in the queue of Lambda's asynchronous invocations. */
export interface AsynchronousEvent {
  readonly requestId: string;
  /** The function's name. */
  readonly target: string;
  readonly payload: unknown;
  /** When Lambda accepted it, epoch ms. */
  readonly acceptedAt: number;
  /** How many runs of the function failed. */
  readonly failures: number;
  /** How many attempts were throttled. */
  readonly throttles: number;
  /** When Lambda tries it next, epoch ms. */
  readonly dueAt: number;
}

export type AttemptStatus = 'succeeded' | 'failed' | 'throttled';

/** Why Lambda discards an event, in the words of its invocation records. */
export type DiscardCondition = 'RetriesExhausted' | 'EventAgeExceeded';

/** What Lambda does with the event next. */
export type NextStep<Event extends AsynchronousEvent> =
  | { readonly kind: 'done' }
  | { readonly kind: 'retry'; readonly event: Event }
  | { readonly kind: 'discard'; readonly condition: DiscardCondition };

const minuteMs = 60_000;

/** Between the first and the second attempt, and between the second and the third. */
const retryAfterMs = [minuteMs, 2 * minuteMs];

/**
 * What Lambda does with an event after an attempt. If the function failed, it is retried after one minute and again
 * after two more. If it was throttled, the event is retried until it is too old.
 *
 * Trap: a throttled attempt does not use up a retry. Before the next attempt, Lambda waits one second, then two, and so on
 * up to five minutes. It does not document by how much these times vary. That they do is inferred: here, events that are
 * throttled together come back at different times, from half of the wait to all of it.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export function afterAttempt<Event extends AsynchronousEvent>(
  event: Event,
  status: AttemptStatus,
  rules: AsynchronousRules,
  now: number,
  /** From 0 to 1: the share of the variable part of a wait. */
  drawn = 1,
): NextStep<Event> {
  const { failures, throttles } = event;
  switch (status) {
    case 'succeeded':
      return { kind: 'done' };
    case 'throttled': {
      const waitMs = Math.min(5 * minuteMs, 1000 * 2 ** throttles);
      const dueAt = now + Math.ceil((waitMs * (1 + drawn)) / 2);
      return { kind: 'retry', event: { ...event, throttles: throttles + 1, dueAt } };
    }
    case 'failed': {
      if (failures >= rules.retries) return { kind: 'discard', condition: 'RetriesExhausted' };
      const dueAt = now + (retryAfterMs[failures] ?? 2 * minuteMs);
      return { kind: 'retry', event: { ...event, failures: failures + 1, dueAt } };
    }
    default:
      return status satisfies never;
  }
}

/** Whether an event is so old that Lambda discards it without another attempt. */
export function isTooOld({ acceptedAt }: AsynchronousEvent, { maxAgeMs }: AsynchronousRules, now: number): boolean {
  return now > acceptedAt && now - acceptedAt >= maxAgeMs;
}

/**
 * The record that Lambda sends to the on-failure destination for an event that it discards.
 *
 * Trap: `requestPayload` is the event itself, so an alarm arrives as a record that contains an SNS event that contains
 * the alarm.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export function failureRecord(
  { requestId, payload, failures }: AsynchronousEvent,
  functionArn: string,
  condition: DiscardCondition,
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
