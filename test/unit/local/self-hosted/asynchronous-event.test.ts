import { expect, it } from 'vitest';
import {
  type AsynchronousEvent,
  type AttemptStatus,
  afterAttempt,
  failureRecord,
  isTooOld,
} from '../../../../local/self-hosted/lambda/asynchronous-event.ts';

const minuteMs = 60_000;
const event: AsynchronousEvent = {
  requestId: 'r1',
  target: 'okta-synthetics-notify-page',
  payload: { Records: [] },
  acceptedAt: 0,
  failures: 0,
  throttles: 0,
  dueAt: 0,
};

/** The minutes at which Lambda tries an event if every attempt ends the same way, and how the event ends. */
function attempts(status: AttemptStatus, rules: { readonly retries: number; readonly maxAgeMs: number }) {
  const minutes: number[] = [];
  let current = event;
  for (;;) {
    const now = current.dueAt;
    if (isTooOld(current, rules, now)) return { minutes, end: 'EventAgeExceeded' };
    minutes.push(now / minuteMs);
    const next = afterAttempt(current, status, rules, now);
    if (next.kind !== 'retry') return { minutes, end: next.kind === 'done' ? 'done' : next.condition };
    current = next.event;
  }
}

const anHour = 60 * minuteMs;

it('tries an asynchronous event once if the function succeeds', () => {
  expect(attempts('succeeded', { retries: 2, maxAgeMs: anHour })).toEqual({ minutes: [0], end: 'done' });
});

it('retries a failed asynchronous event after one minute and after two more, as often as it may', () => {
  expect(attempts('failed', { retries: 2, maxAgeMs: anHour })).toEqual({ minutes: [0, 1, 3], end: 'RetriesExhausted' });
  expect(attempts('failed', { retries: 1, maxAgeMs: anHour })).toEqual({ minutes: [0, 1], end: 'RetriesExhausted' });
  expect(attempts('failed', { retries: 0, maxAgeMs: anHour })).toEqual({ minutes: [0], end: 'RetriesExhausted' });
});

it('retries a throttled asynchronous event ever later until it is too old, without using up its retries', () => {
  const { minutes, end } = attempts('throttled', { retries: 0, maxAgeMs: 20 * minuteMs });
  expect(end).toBe('EventAgeExceeded');
  expect(minutes.map((minute) => Math.round(minute * 60))).toEqual([0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 811, 1_111]);
});

it('spreads the retries of events that were throttled together over half of their wait', () => {
  const dueAfter = (throttles: number, drawn: number) => {
    const next = afterAttempt({ ...event, throttles }, 'throttled', { retries: 0, maxAgeMs: anHour }, 0, drawn);
    return next.kind === 'retry' ? next.event.dueAt : undefined;
  };
  expect([dueAfter(0, 0), dueAfter(0, 1)]).toEqual([500, 1_000]);
  expect([dueAfter(12, 0), dueAfter(12, 1)]).toEqual([150_000, 300_000]);
});

it('discards an asynchronous event that is too old for its last retry', () => {
  expect(attempts('failed', { retries: 2, maxAgeMs: 2 * minuteMs })).toEqual({
    minutes: [0, 1],
    end: 'EventAgeExceeded',
  });
});

it('puts the event and the first line of the error into the record of a discarded event', () => {
  const arn = 'arn:aws:lambda:us-east-1:123456789012:function:okta-synthetics-notify-page';
  const failed = { ...event, failures: 1 };
  expect(failureRecord(failed, arn, 'RetriesExhausted', 'Error: refused\n    at x', 0)).toMatchObject({
    timestamp: '1970-01-01T00:00:00.000Z',
    requestContext: { functionArn: `${arn}:$LATEST`, condition: 'RetriesExhausted', approximateInvokeCount: 2 },
    requestPayload: { Records: [] },
    responsePayload: { errorMessage: 'Error: refused' },
  });
  expect(failureRecord(event, arn, 'EventAgeExceeded', undefined, 0)).not.toHaveProperty('responsePayload');
});
