import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../../lib/config/load-config.ts';
import { minimalOrg } from '../../../support/build-config.ts';
import { problemsOf } from '../../../support/problems-of.ts';

const orgs = [minimalOrg];
const nightly = { name: 'patching', schedule: 'cron(0 2 * * *)', durationMinutes: 60 };

/** The problems of a maintenance window that is valid except for these fields. */
const problemsOfWindow = (fields: object) =>
  problemsOf({ alerts: { maintenance: [{ ...nightly, ...fields }] }, orgs }).map((problem) =>
    problem.replace('alerts.maintenance[0].', ''),
  );

describe('a maintenance window', () => {
  it('a maintenance window is in UTC and mutes all orgs by default', () => {
    const { alerts } = parseConfig(JSON.stringify({ alerts: { maintenance: [nightly] }, orgs }));
    expect(alerts.maintenance).toEqual([{ ...nightly, timeZone: 'UTC' }]);
  });

  it.each([
    'cron(0 2 * * *)',
    'cron(0 2 * * SUN)',
    'cron(30 22 * * MON-FRI)',
    'cron(0,30 1-3 1,15 * *)',
    'cron(0 0 1 JAN *)',
    'cron(* * * 6-8 *)',
    'at(2099-12-31T23:59)',
  ])('a maintenance window may start at %s', (schedule) => {
    expect(problemsOfWindow({ schedule })).toEqual([]);
  });

  const format = 'must be cron(minute hour day-of-month month day-of-week) or at(2030-11-21T14:00).';
  const fiveFields = 'must have five fields: cron(minute hour day-of-month month day-of-week).';
  const invalid = (field: string, examples: string) => `has an invalid ${field}: use * or a value such as ${examples}.`;

  it.each([
    ['every sunday', format],
    ['rate(1 day)', format],
    ['cron(0 2 * *)', fiveFields],
    ['cron(0 2 * * SUN 2030)', fiveFields],
    ['cron(60 2 * * *)', invalid('minute', '1, 1-3 or 1,3, from 0 to 59')],
    ['cron(0 3-1 * * *)', invalid('hour', '1, 1-3 or 1,3, from 0 to 23')],
    ['cron(0 2 0 * *)', invalid('day of the month', '1, 1-3 or 1,3, from 1 to 31')],
    ['cron(0 2 * 13 *)', invalid('month', '1, 1-3 or 1,3, from 1 to 12')],
    ['cron(0 2 * * SO)', invalid('day of the week', 'SUN, MON-FRI or SUN,SAT')],
    ['cron(0/5 2 * * *)', invalid('minute', '1, 1-3 or 1,3, from 0 to 59')],
    ['cron(0 2 1 * SUN)', 'cannot set both a day of the month and a day of the week: use * for one of them.'],
    ['at(2099-02-30T10:00)', 'is not a valid time: use at(2030-11-21T14:00), without a time zone.'],
    ['at(2099-12-31T23:59Z)', 'is not a valid time: use at(2030-11-21T14:00), without a time zone.'],
  ])('the schedule %s is refused', (schedule, problem) => {
    expect(problemsOfWindow({ schedule })).toEqual([`schedule ${problem}`]);
  });

  it.each(['1', '0', 'SUN-2'])(
    'the day of the week %s is refused, because cron formats number days differently',
    (day) => {
      expect(problemsOfWindow({ schedule: `cron(0 2 * * ${day})` })).toEqual([
        'schedule must name days of the week (SUN, MON … SAT): 1 is Sunday in some cron formats and Monday in others.',
      ]);
    },
  );

  it.each([0, 21_601])(
    'a duration of %d minutes is refused: it must be from a minute to 15 days',
    (durationMinutes) => {
      expect(problemsOfWindow({ durationMinutes })[0]).toMatch(
        /^durationMinutes must be at (least 1|most 21600): how long/,
      );
    },
  );

  it.each(['Mars/Olympus', '+01:00', ''])('the time zone %j is refused', (timeZone) => {
    expect(problemsOfWindow({ timeZone })).toEqual([
      'timeZone is not a valid time zone: use an IANA name such as Europe/Zurich, or UTC.',
    ]);
  });

  it('a maintenance window may name only orgs of its file', () => {
    expect(problemsOfWindow({ orgs: ['acme', 'acne'] })).toEqual(['orgs[1] is not an org in this file. Orgs: acme.']);
    expect(problemsOfWindow({ orgs: [] })).toEqual([
      'orgs must not be empty: the names of the orgs to mute; all orgs if omitted.',
    ]);
  });

  it('names of maintenance windows must be unique', () => {
    expect(problemsOf({ alerts: { maintenance: [nightly, nightly] }, orgs })).toEqual([
      'alerts.maintenance[1].name is the name of another window: window names must be unique.',
    ]);
  });

  it('a one-time window in the past is valid: what was right yesterday does not stop a deployment', () => {
    expect(problemsOfWindow({ schedule: 'at(2020-01-01T00:00)' })).toEqual([]);
  });
});
