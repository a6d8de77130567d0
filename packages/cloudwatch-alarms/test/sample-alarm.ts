import type { MetricAlarm } from '../src/index.ts';

export const minuteMs = 60_000;

export const identity = { namespace: 'Sample', name: 'Failures', dimensions: { Org: 'acme' } };

/** An alarm on failures above 0, three of three, that a test may bend. */
export function sampleAlarm(changes: Partial<MetricAlarm> = {}): MetricAlarm {
  return {
    kind: 'metric',
    logicalId: 'Failing',
    name: 'failing',
    actions: { OK: ['Pages'], ALARM: ['Pages'], INSUFFICIENT_DATA: ['Pages'] },
    queries: { m1: { kind: 'metric', identity, stat: 'Maximum' } },
    resultId: 'm1',
    periodMs: minuteMs,
    comparison: 'GreaterThanThreshold',
    threshold: 0,
    evaluationPeriods: 3,
    datapointsToAlarm: 3,
    treatMissingData: 'missing',
    ...changes,
  };
}
