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

const namesOf = (quarter: Partial<LogCounts>, hours: PastHours) =>
  risesIn({ ...noCounts, ...quarter }, usualAt(hours, monday)).map(({ name }) => name);

const busyDay = { signIns: 4_000, signInFailures: 200, tokensGranted: 8_000, tokensRefused: 80, lockouts: 4 };

describe('a rise', () => {
  it('is more than usual and a larger share, and says by how much', () => {
    const quarter = { ...noCounts, signIns: 1_000, signInFailures: 400 };
    expect(risesIn(quarter, usualAt(past(busyDay, busyDay, busyDay), monday))).toEqual([
      { name: 'signInFailures', count: 400, atMost: 86, percent: 40, usualPercent: 5 },
    ]);
  });

  it('is none while there is more of everything', () => {
    const quarter = { signIns: 5_000, signInFailures: 250, tokensGranted: 10_000, tokensRefused: 100, lockouts: 5 };
    expect(namesOf(quarter, past(busyDay, busyDay, busyDay))).toEqual([]);
  });

  it('is none with fewer than three past days', () => {
    const quarter = { signIns: 1_000, signInFailures: 900 };
    expect(namesOf(quarter, past(busyDay, busyDay))).toEqual([]);
    expect(namesOf(quarter, past(busyDay, busyDay, busyDay))).toEqual(['signInFailures']);
  });

  it('is none below ten, however rare it is', () => {
    const quiet = past({}, {}, {}, {});
    expect(namesOf({ signIns: 9, signInFailures: 9 }, quiet)).toEqual([]);
    expect(namesOf({ signIns: 10, signInFailures: 10 }, quiet)).toEqual(['signInFailures']);
  });

  it('is not hidden by one bad day in the past', () => {
    const badDay = { signIns: 8_000, signInFailures: 6_000 };
    const quarter = { signIns: 1_200, signInFailures: 600 };
    expect(namesOf(quarter, past(busyDay, busyDay, badDay, busyDay, busyDay))).toEqual(['signInFailures']);
  });

  it('is one of lockouts and of refused tokens too', () => {
    const quarter = { signIns: 1_000, lockouts: 30, tokensGranted: 2_000, tokensRefused: 300 };
    expect(namesOf(quarter, past(busyDay, busyDay, busyDay))).toEqual(['lockouts', 'tokensRefused']);
  });

  it('is none while nothing is known', () => {
    expect(risesIn({ ...noCounts, signIns: 99, signInFailures: 99 }, undefined)).toEqual([]);
  });

  it('is measured by the same hour of other days alone', () => {
    const otherHours = new Map([1, 2, 3].map((day) => [monday - day * dayMs - hourMs, { ...noCounts, ...busyDay }]));
    expect(usualAt(otherHours, monday).days).toBe(0);
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

  it('forgets what is older than two weeks', () => {
    const old = new Map([[monday - 15 * dayMs, { ...noCounts, signIns: 1 }]]);
    expect(withEndedHours(old, [], { fromMs: monday, untilMs: monday })).toEqual(new Map());
  });

  it('has fourteen days at most, also after a long pause', () => {
    const range = { fromMs: monday - 100 * dayMs, untilMs: monday };
    expect(withEndedHours(new Map(), [], range).size).toBe(14 * 24);
  });

  it('is read as it was written', () => {
    const hours = past(busyDay, {}, { lockouts: 3 });
    expect(readPastHours(JSON.parse(JSON.stringify(writePastHours(hours))))).toEqual(hours);
  });

  it.each([[undefined], [null], ['hours'], [{ hours: [] }], [{ hours: { soon: [1, 2, 3, 4, 5], 7: [1] } }]])(
    'is empty where somebody wrote %j',
    (body) => {
      expect(readPastHours(body)).toEqual(new Map());
    },
  );
});
