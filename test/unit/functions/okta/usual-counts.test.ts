import { describe, expect, it } from 'vitest';
import type { LogCounts } from '../../../../functions/model/org-log.ts';
import { noCounts } from '../../../../functions/okta/log-memory.ts';
import {
  type PastHours,
  readPastHours,
  risesIn,
  usualAt,
  withEndedHours,
  writePastHours,
} from '../../../../functions/okta/usual-counts.ts';

const hourMs = 60 * 60_000;
const dayMs = 24 * hourMs;
const monday = Date.UTC(2026, 0, 5, 9);

/** The same hour of so many past days, with these counts of the whole hour. */
function past(...days: readonly Partial<LogCounts>[]): PastHours {
  return new Map(days.map((counts, index) => [monday - (index + 1) * dayMs, { ...noCounts, ...counts }]));
}

/** The hours of so many past days, by the hour and the days ago. */
function office(
  days: number,
  countsAt: (hour: number, weekday: number, daysAgo: number) => Partial<LogCounts>,
): PastHours {
  return new Map(
    Array.from({ length: days * 24 }, (_, index) => {
      const at = monday - (index + 1) * hourMs;
      const [time, daysAgo] = [new Date(at), Math.ceil((monday - at) / dayMs)];
      return [at, { ...noCounts, ...countsAt(time.getUTCHours(), time.getUTCDay(), daysAgo) }];
    }),
  );
}

const namesOf = (quarter: Partial<LogCounts>, hours: PastHours, at = monday) =>
  risesIn({ ...noCounts, ...quarter }, usualAt(hours, at)).map(({ name }) => name);

const busyDay = { signIns: 4_000, signInFailures: 200, tokensGranted: 8_000, tokensRefused: 80, lockouts: 4 };
const busyDays: readonly Partial<LogCounts>[] = Array.from({ length: 14 }, () => busyDay);

describe('a rise', () => {
  it('is more than usual and a larger share, and says by how much', () => {
    const quarter = { ...noCounts, signIns: 1_000, signInFailures: 400 };
    expect(risesIn(quarter, usualAt(past(...busyDays), monday))).toEqual([
      { name: 'signInFailures', count: 400, atMost: 100, percent: 40, usualPercent: 5 },
    ]);
  });

  it('is none while there is more of everything', () => {
    const quarter = { signIns: 5_000, signInFailures: 250, tokensGranted: 10_000, tokensRefused: 100, lockouts: 5 };
    expect(namesOf(quarter, past(...busyDays))).toEqual([]);
  });

  it('is none before a whole week is known', () => {
    const quarter = { signIns: 1_000, signInFailures: 900 };
    expect(namesOf(quarter, past(...busyDays.slice(0, 6)))).toEqual([]);
    expect(namesOf(quarter, past(...busyDays.slice(0, 7)))).toEqual(['signInFailures']);
    // Many days, and none of them of this day of the week.
    const withoutMondays = [...past(...busyDays)].filter(([at]) => (monday - at) % (7 * dayMs) !== 0);
    expect(namesOf(quarter, new Map(withoutMondays))).toEqual([]);
  });

  it('is none below ten, however rare it is, and none below twenty in the first two weeks', () => {
    const quiet = (days: number) => past(...Array.from({ length: days }, () => ({})));
    const failures = (count: number) => ({ signIns: count, signInFailures: count });
    expect(namesOf(failures(9), quiet(14))).toEqual([]);
    expect(namesOf(failures(10), quiet(14))).toEqual(['signInFailures']);
    expect(namesOf(failures(19), quiet(13))).toEqual([]);
    expect(namesOf(failures(20), quiet(13))).toEqual(['signInFailures']);
    expect(namesOf(failures(10), quiet(3))).toEqual([]);
  });

  it('is not hidden by one bad day in the past', () => {
    const badDay = { signIns: 8_000, signInFailures: 6_000 };
    const quarter = { signIns: 1_200, signInFailures: 600 };
    expect(namesOf(quarter, past(...busyDays.with(2, badDay)))).toEqual(['signInFailures']);
    const weeks = [...busyDays, ...busyDays];
    expect(namesOf(quarter, past(...weeks.with(6, badDay)))).toEqual(['signInFailures']);
  });

  it('is one of lockouts and of refused tokens too', () => {
    const quarter = { signIns: 1_000, lockouts: 30, tokensGranted: 2_000, tokensRefused: 300 };
    expect(namesOf(quarter, past(...busyDays))).toEqual(['lockouts', 'tokensRefused']);
  });

  it('is none while nothing is known', () => {
    expect(risesIn({ ...noCounts, signIns: 99, signInFailures: 99 }, undefined)).toEqual([]);
  });

  it('is measured by the same hour of other days alone', () => {
    const otherHours = new Map([1, 2, 3].map((day) => [monday - day * dayMs - hourMs, { ...noCounts, ...busyDay }]));
    expect(usualAt(otherHours, monday).days).toBe(0);
  });
});

describe('in an org with office hours', () => {
  const night = { signIns: 8, signInFailures: 1 };
  const workday = { signIns: 2_000, signInFailures: 80 };
  /** On Monday mornings many have forgotten their passwords. */
  const peak = { signIns: 3_000, signInFailures: 600 };
  const usually = (hour: number, weekday: number) => {
    if (weekday === 0 || weekday === 6 || hour < 8 || hour > 17) return night;
    return weekday === 1 && hour === 9 ? peak : workday;
  };
  const mondayQuarter = { signIns: 1_000, signInFailures: 250 };
  const attack = { signIns: 1_500, signInFailures: 900 };

  it.each([7, 10, 14, 21, 28])(
    'the peak of each Monday is no rise, by %i days, and an attack on top of it is one',
    (days) => {
      const hours = office(days, usually);
      expect(namesOf(mondayQuarter, hours)).toEqual([]);
      expect(namesOf(attack, hours)).toEqual(['signInFailures']);
    },
  );

  it('the same number as on a Monday is a rise on another day, and at night', () => {
    expect(namesOf(mondayQuarter, office(28, usually), monday - 3 * dayMs)).toEqual(['signInFailures']);
    expect(namesOf({ signIns: 30, signInFailures: 25 }, office(28, usually), monday - 6 * hourMs)).toEqual([
      'signInFailures',
    ]);
  });

  it('the first Monday after a holiday of ten days is none', () => {
    const hours = office(28, (hour, weekday, daysAgo) => (daysAgo <= 10 ? night : usually(hour, weekday)));
    expect(namesOf(mondayQuarter, hours)).toEqual([]);
    expect(namesOf(attack, hours)).toEqual(['signInFailures']);
  });

  it('the peak is none either when local time has changed by an hour', () => {
    const shifted = office(28, (hour, weekday) => usually(hour + 1, weekday));
    expect(namesOf(mondayQuarter, shifted)).toEqual([]);
  });

  it('the first Monday of a history that began on a Friday is none', () => {
    expect(namesOf(mondayQuarter, office(3, usually))).toEqual([]);
  });
});

describe('the memory of past hours', () => {
  it('has each ended hour, and zeros for those without events', () => {
    const hours = [{ ...noCounts, atMs: monday, signIns: 7 }];
    const all = withEndedHours(new Map(), hours, { fromMs: monday - hourMs, untilMs: monday + 2 * hourMs });
    expect([...all].map(([at, { signIns }]) => [at, signIns])).toEqual([
      [monday - hourMs, 0],
      [monday, 7],
      [monday + hourMs, 0],
    ]);
  });

  it('forgets counts older than five weeks', () => {
    const old = new Map([[monday - 36 * dayMs, { ...noCounts, signIns: 1 }]]);
    expect(withEndedHours(old, [], { fromMs: monday, untilMs: monday })).toEqual(new Map());
  });

  it('has five weeks at most, also after a long pause', () => {
    const range = { fromMs: monday - 100 * dayMs, untilMs: monday };
    expect(withEndedHours(new Map(), [], range).size).toBe(35 * 24);
  });

  it('is read as it was written', () => {
    const hours = past(busyDay, {}, { lockouts: 3 });
    expect(readPastHours(JSON.parse(JSON.stringify(writePastHours(hours))))).toEqual(hours);
  });

  it.each([[undefined], [null], ['hours'], [{ hours: [] }], [{ hours: { soon: [1, 2, 3, 4, 5], 7: [1] } }]])(
    'is empty where the item was changed by hand to %j',
    (body) => {
      expect(readPastHours(body)).toEqual(new Map());
    },
  );
});
