import { describe, expect, it } from 'vitest';
import { type AlarmChange, readRecord } from '../../../../functions/notify/event.ts';
import { timeOf, windowsOf } from '../../../../functions/notify/evidence.ts';
import { metricAlarm, recordOf, recoveredAlarm } from '../../../support/alarms.ts';
import { at, outcome } from '../../../support/log-of.ts';

const rise = readRecord(recordOf(metricAlarm)) as AlarmChange;
const recovery = readRecord(recordOf(recoveredAlarm)) as AlarmChange;
const inWords = (windows: ReturnType<typeof windowsOf>) =>
  windows.map(({ from, to }) => [from, to].map((time) => new Date(time).toISOString().slice(11, 19)).join(' to '));

describe('the stretch of log behind an alarm', () => {
  it('is as long as the alarm looks back, and what may have come late', () => {
    expect(inWords(windowsOf(rise))).toEqual(['11:47:07 to 12:03:07']);
  });

  it('goes from before a short incident to its end', () => {
    expect(inWords(windowsOf(recovery, { at: at('12:02:07') }))).toEqual(['11:47:07 to 12:20:07']);
  });

  it('is the beginning and the end of a long incident', () => {
    expect(inWords(windowsOf(recovery, { at: at('04:00') }))).toEqual(['03:45:00 to 04:01:00', '12:04:07 to 12:20:07']);
  });

  it('is longer where nothing was heard, so that it shows when something was', () => {
    const subject = { kind: 'not-running', org: 'acme' } as const;
    expect(inWords(windowsOf({ ...rise, subject }))).toEqual(['11:27:07 to 12:03:07']);
  });
});

describe('the time of a line', () => {
  const { line } = outcome(at('12:00'), 'token@default', 'passed');

  it('is when its run began', () => {
    expect(timeOf(line, at('12:00:25'))).toBe(at('12:00'));
  });

  it('is when the log took it, where the clock of the run was another', () => {
    expect(timeOf(line, at('15:00'))).toBe(at('15:00'));
    expect(timeOf({ ...line, at: 'noon' }, at('15:00'))).toBe(at('15:00'));
    expect(timeOf({ type: 'crash', status: 'timeout' }, at('15:00'))).toBe(at('15:00'));
  });
});
