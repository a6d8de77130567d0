import { describe, expect, it } from 'vitest';
import {
  clockShift,
  readFunctionLog,
  shiftPoint,
  shiftTimes,
} from '../../../../local/self-hosted/lambda/function-log.ts';

const hour = 3_600_000;
const ahead = { byMs: hour, minuteByMs: hour };

it('shifts every event time in a log line, at any depth', () => {
  const line = {
    type: 'outcome',
    at: '2026-11-21T12:00:00.000Z',
    exchanges: [{ at: '2026-11-21T12:00:01.500Z', status: 200 }],
    finding: { token: { issuedAt: '2026-11-21T11:59:59.000Z', expiresAt: '2026-11-21T12:59:59.000Z' } },
  };
  expect(shiftTimes(line, ahead)).toEqual({
    type: 'outcome',
    at: '2026-11-21T13:00:00.000Z',
    exchanges: [{ at: '2026-11-21T13:00:01.500Z', status: 200 }],
    finding: { token: { issuedAt: '2026-11-21T12:59:59.000Z', expiresAt: '2026-11-21T13:59:59.000Z' } },
  });
});

it('does not shift when a certificate expires, times in other members, or text that is not a time', () => {
  const line = { certificate: { validTo: '2027-02-19T12:00:00.000Z' }, at: 'the edge', detail: '2026-11-21T12:00:00Z' };
  expect(shiftTimes(line, ahead)).toEqual(line);
  expect(shiftTimes({ at: 'yesterday' }, ahead)).toEqual({ at: 'yesterday' });
});

it('shifts the numeric timestamp of a document in the embedded metric format', () => {
  const CloudWatchMetrics = [{ Namespace: 'Sample', Dimensions: [['Org']], Metrics: [{ Name: 'Retries' }] }];
  const document = { _aws: { Timestamp: 1_000, CloudWatchMetrics }, Org: 'acme', Retries: 0 };
  expect(shiftTimes(document, ahead)).toEqual({ ...document, _aws: { Timestamp: 1_000 + hour, CloudWatchMetrics } });
});

it('shifts the minute that a run was due in by whole minutes', () => {
  const line = { at: '2026-11-21T12:00:40.000Z', due: '2026-11-21T12:00:00.000Z' };
  expect(shiftTimes(line, { byMs: hour - 40_000, minuteByMs: hour })).toEqual({
    ...{ at: '2026-11-21T13:00:00.000Z', due: '2026-11-21T13:00:00.000Z' },
  });
});

it('keeps a log line that is not JSON as it is', () => {
  expect(readFunctionLog(['(node:1) Warning: at 2026-11-21T12:00:00.000Z', '[1]'], ahead)).toEqual({
    lines: ['(node:1) Warning: at 2026-11-21T12:00:00.000Z', '[1]'],
    points: [],
    outcomes: { passed: 0, failed: 0, skipped: 0 },
    findings: [],
  });
});

describe('the shift from a function’s clock to the virtual one', () => {
  const real = Date.UTC(2026, 10, 21, 12, 30, 42, 250);
  const virtual = Date.UTC(2026, 0, 5, 9, 7);
  const shift = clockShift(real, virtual);

  it('moves a point on a whole minute to the virtual minute that its run was due in', () => {
    expect(shiftPoint(Date.UTC(2026, 10, 21, 12, 30), shift)).toBe(virtual);
  });

  it('moves any other point as far as the clocks are apart', () => {
    expect(shiftPoint(real + 1_500, shift)).toBe(virtual + 1_500);
  });
});
