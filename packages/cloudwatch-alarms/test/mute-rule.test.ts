import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { isMuting, type MuteRule, parseDuration, parseSchedule, parseTime } from '../src/mute-rule.ts';

function muting(expression: string, duration: string, at: string, changes: Partial<MuteRule> = {}): boolean {
  const timeZone = changes.timeZone ?? 'UTC';
  return isMuting(
    {
      logicalId: 'Quiet',
      name: 'quiet',
      alarms: [],
      schedule: parseSchedule(expression, timeZone),
      timeZone,
      durationMs: parseDuration(duration),
      ...changes,
    },
    Date.parse(at),
  );
}

describe('a mute rule', () => {
  it.each<[schedule: string, duration: string, at: string, mutes: boolean]>([
    ['cron(0 2 * * *)', 'PT4H', '2026-11-21T01:59:59Z', false],
    ['cron(0 2 * * *)', 'PT4H', '2026-11-21T02:00:00Z', true],
    ['cron(0 2 * * *)', 'PT4H', '2026-11-21T05:59:59Z', true],
    ['cron(0 2 * * *)', 'PT4H', '2026-11-21T06:00:00Z', false],
    ['cron(0 23 * * *)', 'PT2H', '2026-11-22T00:30:00Z', true],
    ['cron(0 18 * * FRI)', 'P2DT12H', '2026-11-23T05:59:00Z', true],
    ['cron(0 18 * * FRI)', 'P2DT12H', '2026-11-23T06:00:00Z', false],
    ['cron(0 18 * * FRI)', 'P2DT12H', '2026-11-20T17:59:00Z', false],
    ['cron(0 1 1 * *)', 'PT6H', '2026-12-01T03:00:00Z', true],
    ['cron(0 1 1 * *)', 'PT6H', '2026-12-02T03:00:00Z', false],
    ['cron(0 0 24 DEC *)', 'P15D', '2027-01-07T23:59:00Z', true],
    ['cron(0 0 24 DEC *)', 'P15D', '2027-01-08T00:00:00Z', false],
    ['cron(0,30 9-10 * * MON-FRI)', 'PT10M', '2026-11-20T10:35:00Z', true],
    ['cron(0,30 9-10 * * MON-FRI)', 'PT10M', '2026-11-20T10:45:00Z', false],
    ['cron(0,30 9-10 * * MON-FRI)', 'PT10M', '2026-11-21T10:35:00Z', false],
    ['cron(* * * 1,NOV *)', 'PT1M', '2026-11-21T10:35:12Z', true],
    ['at(2026-11-21T14:00)', 'PT1H', '2026-11-21T13:59:59Z', false],
    ['at(2026-11-21T14:00)', 'PT1H', '2026-11-21T14:00:00Z', true],
    ['at(2026-11-21T14:00)', 'PT1H', '2026-11-21T15:00:00Z', false],
  ])('the schedule %s for %s mutes at %s: %s', (schedule, duration, at, mutes) => {
    expect(muting(schedule, duration, at)).toBe(mutes);
  });

  it.each<[zone: string, schedule: string, at: string, mutes: boolean]>([
    ['Europe/Berlin', 'cron(0 2 * * *)', '2026-11-21T01:00:00Z', true],
    ['Europe/Berlin', 'cron(0 2 * * *)', '2026-11-21T02:00:00Z', false],
    ['Europe/Berlin', 'cron(0 2 * * *)', '2026-07-21T00:30:00Z', true],
    ['America/New_York', 'cron(0 20 * * FRI)', '2026-11-21T01:30:00Z', true],
    ['Asia/Kolkata', 'at(2026-11-21T14:00)', '2026-11-21T08:30:00Z', true],
    ['Asia/Kolkata', 'at(2026-11-21T14:00)', '2026-11-21T08:29:00Z', false],
  ])('in %s the schedule %s mutes at %s: %s', (timeZone, schedule, at, mutes) => {
    expect(muting(schedule, 'PT1H', at, { timeZone })).toBe(mutes);
  });

  it('mutes correctly on days when the clocks change', () => {
    const berlin = { timeZone: 'Europe/Berlin' };
    // 29 March 2026 has no 02:30, and 25 October has two.
    expect(muting('cron(30 2 * * *)', 'PT10M', '2026-03-29T01:35:00Z', berlin)).toBe(true);
    expect(muting('cron(30 2 * * *)', 'PT10M', '2026-10-25T00:35:00Z', berlin)).toBe(true);
    expect(muting('cron(30 2 * * *)', 'PT10M', '2026-10-25T01:35:00Z', berlin)).toBe(false);
    expect(muting('cron(0 12 29 MAR *)', 'P1D', '2026-03-29T22:30:00Z', berlin)).toBe(true);
  });

  it('mutes only between its start date and its expiry date', () => {
    const dates = { startsAt: Date.parse('2026-11-21T02:30:00Z'), expiresAt: Date.parse('2026-11-21T03:30:00Z') };
    const at = (time: string) => muting('cron(0 2 * * *)', 'PT4H', `2026-11-21T${time}:00Z`, dates);
    expect(['02:29', '02:30', '03:29', '03:30'].map(at)).toEqual([false, true, true, false]);
  });
});

describe('an invalid mute rule', () => {
  it.each([
    ['rate(5 minutes)', 'is neither cron(…) nor at(…)'],
    ['cron(0 2 * * ? *)', 'does not have five fields'],
    ['cron(0 2 * * 1)', '1 is not a valid weekday in a schedule'],
    ['cron(*/5 * * * *)', '*/5 is not a valid minute in a schedule'],
    ['cron(0 24 * * *)', '24 is not a valid hour in a schedule'],
    ['cron(0 5-2 * * *)', '5-2 is not a valid hour in a schedule'],
    ['cron(0 0 L * *)', 'L is not a valid day in a schedule'],
    ['cron(0 0 1 * MON)', 'restricts both the day of the month and the day of the week'],
    ['at(21.11.2026)', '21.11.2026 is not a valid time, such as 2026-11-21T14:00'],
  ])('rejects the schedule %s: %s', (schedule, message) => {
    expect(() => parseSchedule(schedule, 'UTC')).toThrow(message);
  });

  it.each(['PT0M', 'P16D', 'P15DT1M', 'PT', 'P', 'PT30S', 'P1W', '4h', ''])('rejects the duration "%s"', (duration) => {
    expect(() => parseDuration(duration)).toThrow('is not a valid duration from PT1M to P15D');
  });

  it('rejects an unknown time zone', () => {
    expect(() => parseTime('2026-11-21T14:00', 'Mars/Olympus')).toThrow('Mars/Olympus is not a time zone');
  });
});

test('a time is in the time zone of its rule, unless it ends in Z', () => {
  const read = (text: string) => new Date(parseTime(text, 'Europe/Berlin')).toISOString();
  expect(read('2026-11-21T14:00')).toBe('2026-11-21T13:00:00.000Z');
  expect(read('2026-11-21T14:00:00Z')).toBe('2026-11-21T14:00:00.000Z');
});

it('mutes for exactly the duration of a daily rule, in every time zone', () => {
  const zones = fc.constantFrom('UTC', 'Asia/Kathmandu', 'America/St_Johns', 'Pacific/Kiritimati');
  fc.assert(
    fc.property(zones, fc.integer({ min: 0, max: 23 }), fc.integer({ min: 1, max: 23 }), (timeZone, hour, hours) => {
      const muted = Array.from({ length: 96 }, (_, quarter) =>
        new Date(Date.UTC(2026, 10, 21, 0, quarter * 15)).toISOString(),
      ).filter((at) => muting(`cron(0 ${hour} * * *)`, `PT${hours}H`, at, { timeZone }));
      expect(muted).toHaveLength(hours * 4);
    }),
    { numRuns: 20 },
  );
});
