import { describe, expect, it } from 'vitest';
import { readRecord } from '../../../../functions/notify/event.ts';
import { expressionAlarm, metricAlarm, recordOf, resolvedMetricAlarm } from '../../../support/alarms.ts';

const read = (message: unknown, timestamp?: string) => readRecord(recordOf(message, timestamp));

describe('readRecord', () => {
  it('reads the subject, the time and the look-back of an alarm on a metric that fires', () => {
    expect(read(metricAlarm)).toEqual({
      kind: 'firing',
      name: 'okta-synthetics/acme/okta/page',
      subject: { kind: 'findings', org: 'acme', domain: 'okta', severity: 'page' },
      changedAt: Date.parse('2026-11-21T12:02:07.498Z'),
      lookBackMs: 600_000,
      reason: metricAlarm.NewStateReason,
      document: metricAlarm,
      before: 'OK',
      runsToAlarm: 2,
    });
  });

  it('takes the period of an alarm on an expression from its metrics', () => {
    const { Period: _, ...Trigger } = expressionAlarm.Trigger;
    const metrics = Trigger.Metrics.map((metric) => ({
      ...metric,
      ...(metric.MetricStat && { MetricStat: { ...metric.MetricStat, Period: 300 } }),
    }));
    expect(read(expressionAlarm)).toMatchObject({ kind: 'firing', lookBackMs: 600_000 });
    expect(read({ ...expressionAlarm, Trigger: { ...Trigger, Metrics: metrics } })).toMatchObject({
      lookBackMs: 3_000_000,
    });
  });

  it('reads an alarm that has resolved', () => {
    expect(read(resolvedMetricAlarm)).toMatchObject({
      kind: 'resolved',
      changedAt: Date.parse('2026-11-21T12:19:07.211Z'),
    });
  });

  it.each([
    ['OK', 'ALARM', 'firing'],
    ['INSUFFICIENT_DATA', 'ALARM', 'firing'],
    ['ALARM', 'OK', 'resolved'],
    ['INSUFFICIENT_DATA', 'OK', 'resolved'],
    ['OK', 'INSUFFICIENT_DATA', 'ignored'],
    ['ALARM', 'INSUFFICIENT_DATA', 'ignored'],
    ['ALARM', 'ALARM', 'firing'],
    ['OK', 'OK', 'resolved'],
  ])('reads an alarm that changes from %s to %s as %s', (OldStateValue, NewStateValue, kind) => {
    expect(read({ ...metricAlarm, OldStateValue, NewStateValue })).toMatchObject({ kind });
  });

  it('takes the time of the SNS record when the alarm has none', () => {
    const changedAt = Date.parse('2026-11-21T13:00:00Z');
    const message = { ...metricAlarm, StateChangeTime: 'noon' };
    expect(read(message, '2026-11-21T13:00:00.000Z')).toMatchObject({ kind: 'firing', changedAt });
  });

  it.each<[string, unknown, string]>([
    ['text', 'the alarm is up', 'the message does not name an alarm'],
    ['truncated JSON', JSON.stringify(metricAlarm).slice(0, -10), 'the message does not name an alarm'],
    ['a foreign alarm', { ...metricAlarm, AlarmName: 'cpu-high' }, 'the alarm is not one of this monitor'],
    [
      'an alarm without a catalog entry',
      { ...metricAlarm, AlarmName: 'okta-synthetics/monitor/something-new' },
      'the alarm is not one of this monitor',
    ],
    ['an unknown state', { ...metricAlarm, NewStateValue: 'MUTED' }, 'the message does not contain a valid state'],
  ])('keeps the original of a record with %s', (_, message, why) => {
    const raw = typeof message === 'string' ? message : JSON.stringify(message);
    expect(read(message)).toEqual({ kind: 'unreadable', raw, why, id: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });

  it('keeps the original of a record without any time', () => {
    expect(read({ ...metricAlarm, StateChangeTime: null }, 'never')).toMatchObject({
      kind: 'unreadable',
      why: 'the message does not say when the alarm changed',
    });
  });

  it('keeps the original of an event that is not an SNS record', () => {
    const idOf = (MessageId: string, Message = 'Dear all') => Object(readRecord({ Sns: { MessageId, Message } })).id;
    expect([idOf('one'), idOf('one', 'Dear us')]).toEqual([idOf('one'), expect.not.stringMatching(idOf('one'))]);
    expect(idOf('other')).not.toBe(idOf('one'));
    expect(readRecord({ hello: 'world' })).toMatchObject({ kind: 'unreadable', raw: '{"hello":"world"}' });
    expect(readRecord(undefined)).toMatchObject({ kind: 'unreadable', raw: 'undefined' });
  });

  it('limits the look-back to a day', () => {
    const Trigger = { ...metricAlarm.Trigger, Period: 1e9 };
    expect(read({ ...metricAlarm, Trigger })).toMatchObject({ lookBackMs: 24 * 3_600_000 });
  });
});
