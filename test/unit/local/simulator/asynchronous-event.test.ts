import { describe, expect, it } from 'vitest';
import {
  type AsynchronousEvent,
  type Attempt,
  afterAttempt,
  failureRecord,
  isTooOld,
} from '../../../../local/simulator/lambda/asynchronous-event.ts';

const minuteMs = 60_000;
const event: AsynchronousEvent = {
  requestId: 'r1',
  target: 'okta-synthetics-notify-page',
  payload: { Records: [] },
  acceptedAt: 0,
  failures: 0,
  dueAt: 0,
};

/** The minutes at which an event is tried while the same happens each time, and how it ends. */
function tries(attempt: Attempt, rules: { readonly retries: number; readonly maxAgeMs: number }) {
  const minutes: number[] = [];
  let current = event;
  for (;;) {
    const now = current.dueAt;
    if (isTooOld(current, rules, now)) return { minutes, end: 'EventAgeExceeded' };
    minutes.push(now / minuteMs);
    const next = afterAttempt(current, attempt, rules, now);
    if (next.kind !== 'again') return { minutes, end: next.kind === 'done' ? 'done' : next.condition };
    current = next.event;
  }
}

describe('an event that nobody waits for', () => {
  const anHour = 60 * minuteMs;

  it('is tried once when the function succeeds', () => {
    expect(tries('succeeded', { retries: 2, maxAgeMs: anHour })).toEqual({ minutes: [0], end: 'done' });
  });

  it('is tried again after a minute, and after two more', () => {
    expect(tries('failed', { retries: 2, maxAgeMs: anHour })).toEqual({ minutes: [0, 1, 3], end: 'RetriesExhausted' });
    expect(tries('failed', { retries: 1, maxAgeMs: anHour })).toEqual({ minutes: [0, 1], end: 'RetriesExhausted' });
    expect(tries('failed', { retries: 0, maxAgeMs: anHour })).toEqual({ minutes: [0], end: 'RetriesExhausted' });
  });

  it('is kept while the function is throttled, which costs no retry, until it is too old', () => {
    expect(tries('throttled', { retries: 0, maxAgeMs: 5 * minuteMs })).toEqual({
      minutes: [0, 1, 2, 3, 4],
      end: 'EventAgeExceeded',
    });
    expect(tries('throttled', { retries: 2, maxAgeMs: minuteMs })).toEqual({ minutes: [0], end: 'EventAgeExceeded' });
  });

  it('is given up before its last retry when that would come too late', () => {
    expect(tries('failed', { retries: 2, maxAgeMs: 2 * minuteMs })).toEqual({
      minutes: [0, 1],
      end: 'EventAgeExceeded',
    });
  });
});

it('what Lambda tells of an event that it gave up holds the event and the error’s first line', () => {
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
