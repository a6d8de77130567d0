import { describe, expect, it } from 'vitest';
import { timeOf, windowsOf } from '../../../../functions/notify/evidence.ts';
import { at, outcome } from '../../../support/log-of.ts';
import { firing, firingOf, resolved } from '../../../support/messages.ts';

const inWords = (windows: ReturnType<typeof windowsOf>) =>
  windows.map(({ from, to }) => [from, to].map((time) => new Date(time).toISOString().slice(11, 19)).join(' to '));

describe('windowsOf', () => {
  it('covers the look-back of an alarm that fires, and a margin for late points', () => {
    expect(inWords(windowsOf(firing))).toEqual(['11:47:07 to 12:03:07']);
  });

  it('covers a short incident from before its beginning to its end', () => {
    expect(inWords(windowsOf(resolved, { at: at('12:02:07') }))).toEqual(['11:47:07 to 12:20:07']);
  });

  it('covers the beginning and the end of a long incident', () => {
    expect(inWords(windowsOf(resolved, { at: at('04:00') }))).toEqual(['03:45:00 to 04:01:00', '12:04:07 to 12:20:07']);
  });

  it('reaches further back for an org that is silent, to find its last run', () => {
    expect(inWords(windowsOf(firingOf({ kind: 'not-running', org: 'acme' })))).toEqual(['11:27:07 to 12:03:07']);
  });
});

describe('timeOf', () => {
  const { line } = outcome(at('12:00'), 'token@default', 'passed');

  it('returns when the run of a line began', () => {
    expect(timeOf(line, at('12:00:25'))).toBe(at('12:00'));
  });

  it('returns the minute that the run was due in, which is the time of the datapoint', () => {
    const due = new Date(at('11:59')).toISOString();
    expect(timeOf({ ...line, due }, at('12:00:25'))).toBe(at('11:59'));
  });

  it('returns when the run began if the minute is none that the run can have been due in', () => {
    for (const due of ['noon', new Date(at('11:00')).toISOString(), new Date(at('13:00')).toISOString()]) {
      expect(timeOf({ ...line, due }, at('12:00:25'))).toBe(at('12:00'));
    }
  });

  it('returns when the log received a line whose run had a wrong clock', () => {
    expect(timeOf(line, at('15:00'))).toBe(at('15:00'));
    expect(timeOf({ ...line, at: 'noon' }, at('15:00'))).toBe(at('15:00'));
    expect(timeOf({ type: 'crash', status: 'timeout' }, at('15:00'))).toBe(at('15:00'));
  });
});
