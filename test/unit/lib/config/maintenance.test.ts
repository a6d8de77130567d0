import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../../../lib/config/load-config.ts';
import { problemsOf } from '../../../support/problems-of.ts';

const orgs = [{ name: 'acme', domain: 'acme.okta.com' }];
const nightly = { name: 'patching', starts: 'cron(0 2 * * *)', minutes: 60 };

/** What is said about a window that is sound but for these fields. */
const problemsOfWindow = (fields: object) =>
  problemsOf({ alerts: { maintenance: [{ ...nightly, ...fields }] }, orgs }).map((problem) =>
    problem.replace('alerts.maintenance[0].', ''),
  );

describe('a window of maintenance', () => {
  test('is in UTC and for all orgs unless it says otherwise', () => {
    const { alerts } = parseConfig(JSON.stringify({ alerts: { maintenance: [nightly] }, orgs }));
    expect(alerts.maintenance).toEqual([{ ...nightly, timeZone: 'UTC' }]);
  });

  test.each([
    'cron(0 2 * * *)',
    'cron(0 2 * * SUN)',
    'cron(30 22 * * MON-FRI)',
    'cron(0,30 1-3 1,15 * *)',
    'cron(0 0 1 JAN *)',
    'cron(* * * 6-8 *)',
    'at(2099-12-31T23:59)',
  ])('may start at %s', (starts) => {
    expect(problemsOfWindow({ starts })).toEqual([]);
  });

  test.each([
    ['every sunday', 'starts must be cron(minutes hours day-of-month month weekday) or at(2030-11-21T14:00).'],
    ['rate(1 day)', 'starts must be cron(minutes hours day-of-month month weekday) or at(2030-11-21T14:00).'],
    ['cron(0 2 * *)', 'starts must have five fields: cron(minutes hours day-of-month month weekday).'],
    ['cron(0 2 * * SUN 2030)', 'starts must have five fields: cron(minutes hours day-of-month month weekday).'],
    ['cron(60 2 * * *)', 'starts has a malformed minute: give * or such as 1, 1-3 or 1,3, from 0 to 59.'],
    ['cron(0 3-1 * * *)', 'starts has a malformed hour: give * or such as 1, 1-3 or 1,3, from 0 to 23.'],
    ['cron(0 2 0 * *)', 'starts has a malformed day of the month: give * or such as 1, 1-3 or 1,3, from 1 to 31.'],
    ['cron(0 2 * 13 *)', 'starts has a malformed month: give * or such as 1, 1-3 or 1,3, from 1 to 12.'],
    ['cron(0 2 * * SO)', 'starts has a malformed weekday: give * or such as SUN, MON-FRI or SUN,SAT.'],
    ['cron(0/5 2 * * *)', 'starts has a malformed minute: give * or such as 1, 1-3 or 1,3, from 0 to 59.'],
    ['cron(0 2 1 * SUN)', 'starts may name a day of the month or a weekday, not both: put * for one.'],
    ['at(2099-02-30T10:00)', 'starts is no time: write at(2030-11-21T14:00), without a zone.'],
    ['at(2099-12-31T23:59Z)', 'starts is no time: write at(2030-11-21T14:00), without a zone.'],
    ['at(2020-01-01T00:00)', 'starts lies in the past: take the window out.'],
  ])('may not start at %s', (starts, problem) => {
    expect(problemsOfWindow({ starts })).toEqual([problem]);
  });

  test.each(['1', '0', 'SUN-2'])('names its weekdays, because nobody knows which day is %s', (weekday) => {
    expect(problemsOfWindow({ starts: `cron(0 2 * * ${weekday})` })).toEqual([
      'starts must name weekdays: SUN, MON … SAT, since 1 means Sunday here and Monday there.',
    ]);
  });

  test.each([0, 21_601])('lasts a minute to fifteen days, not %d minutes', (minutes) => {
    expect(problemsOfWindow({ minutes })[0]).toMatch(/^minutes must be at (least 1|most 21600): how long/);
  });

  test.each(['Mars/Olympus', '+01:00', ''])('is in a time zone that there is, not %j', (timeZone) => {
    expect(problemsOfWindow({ timeZone })).toEqual([
      'timeZone is no time zone: give an IANA name such as Europe/Zurich, or UTC.',
    ]);
  });

  test('is for orgs of this file', () => {
    expect(problemsOfWindow({ orgs: ['acme', 'acne'] })).toEqual([
      'orgs[1] is the name of no org here: there is acme.',
    ]);
    expect(problemsOfWindow({ orgs: [] })).toEqual([
      'orgs must not be empty: the names of the orgs that it is for; all when left out.',
    ]);
  });

  test('has a name that is its own', () => {
    expect(problemsOf({ alerts: { maintenance: [nightly, nightly] }, orgs })).toEqual([
      'alerts.maintenance[1].name is the name of another window too.',
    ]);
  });

  test('of one time is refused when it is over by the clocks of its zone, and not before', () => {
    const once = { ...nightly, starts: 'at(2026-11-21T12:00)', timeZone: 'Asia/Tokyo' };
    const text = JSON.stringify({ alerts: { maintenance: [once] }, orgs });
    const tokyo = (time: string) => Date.parse(`2026-11-21T${time}:00+09:00`);
    expect(parseConfig(text, 'ours', tokyo('12:59')).alerts.maintenance).toHaveLength(1);
    expect(() => parseConfig(text, 'ours', tokyo('13:00'))).toThrow('lies in the past');
  });
});
