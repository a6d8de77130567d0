import { expect, it } from 'vitest';
import { shiftTime, shiftTimes } from '../../../../local/simulator/lambda/shift-times.ts';

const hour = 3_600_000;

it('moves every moment of a line, however deep it stands', () => {
  const line = {
    type: 'outcome',
    at: '2026-11-21T12:00:00.000Z',
    exchanges: [{ at: '2026-11-21T12:00:01.500Z', status: 200 }],
    finding: { token: { issuedAt: '2026-11-21T11:59:59.000Z', expiresAt: '2026-11-21T12:59:59.000Z' } },
  };
  expect(shiftTimes(line, hour)).toEqual({
    type: 'outcome',
    at: '2026-11-21T13:00:00.000Z',
    exchanges: [{ at: '2026-11-21T13:00:01.500Z', status: 200 }],
    finding: { token: { issuedAt: '2026-11-21T12:59:59.000Z', expiresAt: '2026-11-21T13:59:59.000Z' } },
  });
});

it('leaves what is no moment of the run: when a certificate ends, and a text that only looks like a time', () => {
  const line = { certificate: { validTo: '2027-02-19T12:00:00.000Z' }, at: 'the edge', detail: '2026-11-21T12:00:00Z' };
  expect(shiftTimes(line, hour)).toEqual(line);
  expect(shiftTime('yesterday', hour)).toBe('yesterday');
});

it('moves the time of a document in the embedded metric format, which is a number', () => {
  const CloudWatchMetrics = [{ Namespace: 'Sample', Dimensions: [['Org']], Metrics: [{ Name: 'Retries' }] }];
  const document = { _aws: { Timestamp: 1_000, CloudWatchMetrics }, Org: 'acme', Retries: 0 };
  expect(shiftTimes(document, hour)).toEqual({ ...document, _aws: { Timestamp: 1_000 + hour, CloudWatchMetrics } });
});
