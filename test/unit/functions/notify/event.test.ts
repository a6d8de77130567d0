import { describe, expect, it } from 'vitest';
import { readRecord } from '../../../../functions/notify/event.ts';
import { expressionAlarm, metricAlarm, recordOf, recoveredAlarm } from '../../../support/alarms.ts';

const read = (message: unknown, timestamp?: string) => readRecord(recordOf(message, timestamp));

describe('a record of an SNS event', () => {
  it('with an alarm on a metric that rises tells what it watches, when, and how far back it looked', () => {
    expect(read(metricAlarm)).toEqual({
      kind: 'rose',
      name: 'okta-synthetics/acme/okta/page',
      subject: { kind: 'findings', org: 'acme', domain: 'okta', severity: 'page' },
      changedAt: Date.parse('2026-11-21T12:02:07.498Z'),
      lookBackMs: 600_000,
      reason: metricAlarm.NewStateReason,
    });
  });

  it('with an alarm on an expression finds the period with its metrics', () => {
    const { Period: _, ...Trigger } = expressionAlarm.Trigger;
    const metrics = Trigger.Metrics.map((metric) => ({
      ...metric,
      ...(metric.MetricStat && { MetricStat: { ...metric.MetricStat, Period: 300 } }),
    }));
    expect(read(expressionAlarm)).toMatchObject({ kind: 'rose', lookBackMs: 600_000 });
    expect(read({ ...expressionAlarm, Trigger: { ...Trigger, Metrics: metrics } })).toMatchObject({
      lookBackMs: 3_000_000,
    });
  });

  it('with an alarm that is over is a recovery', () => {
    expect(read(recoveredAlarm)).toMatchObject({
      kind: 'recovered',
      changedAt: Date.parse('2026-11-21T12:19:07.211Z'),
    });
  });

  it.each([
    ['OK', 'ALARM', 'rose'],
    ['INSUFFICIENT_DATA', 'ALARM', 'rose'],
    ['ALARM', 'OK', 'recovered'],
    ['INSUFFICIENT_DATA', 'OK', 'silent'],
    ['OK', 'INSUFFICIENT_DATA', 'silent'],
    ['ALARM', 'INSUFFICIENT_DATA', 'silent'],
    ['ALARM', 'ALARM', 'silent'],
    ['OK', 'OK', 'silent'],
  ])('from %s to %s: %s', (OldStateValue, NewStateValue, kind) => {
    expect(read({ ...metricAlarm, OldStateValue, NewStateValue })).toMatchObject({ kind });
  });

  it('takes the time of SNS where the alarm tells none', () => {
    const changedAt = Date.parse('2026-11-21T13:00:00Z');
    const message = { ...metricAlarm, StateChangeTime: 'noon' };
    expect(read(message, '2026-11-21T13:00:00.000Z')).toMatchObject({ kind: 'rose', changedAt });
  });

  it.each<[string, unknown, string]>([
    ['text', 'the alarm is up', 'it names no alarm'],
    ['JSON that is cut off', JSON.stringify(metricAlarm).slice(0, -10), 'it names no alarm'],
    ['an alarm of somebody else', { ...metricAlarm, AlarmName: 'cpu-high' }, 'the alarm is none of this monitor'],
    ['an unknown state', { ...metricAlarm, NewStateValue: 'MUTED' }, 'it tells no state'],
  ])('with %s is kept as it came', (_, message, why) => {
    const raw = typeof message === 'string' ? message : JSON.stringify(message);
    expect(read(message)).toEqual({ kind: 'unreadable', raw, why });
  });

  it('without any time is kept as it came', () => {
    expect(read({ ...metricAlarm, StateChangeTime: null }, 'never')).toMatchObject({ why: 'it tells no time' });
  });

  it('that is no record at all is kept too', () => {
    expect(readRecord({ hello: 'world' })).toMatchObject({ kind: 'unreadable', raw: '{"hello":"world"}' });
    expect(readRecord(undefined)).toMatchObject({ kind: 'unreadable', raw: 'undefined' });
  });

  it('that says that it looked back for weeks is not believed', () => {
    const Trigger = { ...metricAlarm.Trigger, Period: 1e9 };
    expect(read({ ...metricAlarm, Trigger })).toMatchObject({ lookBackMs: 24 * 3_600_000 });
  });
});
