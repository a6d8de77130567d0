import { describe, expect, it } from 'vitest';
import type { LogCounts } from '../../../../functions/model/org-log.ts';
import { mapCounts, noCounts, sumOf } from '../../../../functions/okta/log-memory.ts';
import {
  fallIn,
  mostRemovalsOf,
  type PastHours,
  risesIn,
  usualAt,
  withEndedHours,
} from '../../../../functions/okta/usual-counts.ts';
import { randomFrom } from '../../../support/random.ts';

const quarterMs = 15 * 60_000;
const hourMs = 4 * quarterMs;
const dayMs = 24 * hourMs;
/** A Monday. */
const firstDay = Date.UTC(2026, 7, 3);
const days = 100;

/** How often something happens at random that happens `mean` times on average: a normal distribution is close enough. */
function chance(mean: number, random: () => number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Math.max(0, Math.round(mean + normal * Math.sqrt(mean)));
}

const holidays = [28, 63, 64, 84];
/** Mail that asks everybody to sign in. */
const campaigns = [17, 45, 46, 73];

/** What happens in a quarter of an hour: work by day, a peak on Mondays, few people at weekends and on holidays. */
function quarterOf(atMs: number, random: () => number): LogCounts {
  const day = Math.floor((atMs - firstDay) / dayMs);
  const hour = ((atMs - firstDay) % dayMs) / hourMs;
  const byHour = hour < 6 || hour >= 20 ? 0.04 : hour < 8 ? 0.3 : hour < 10 ? 1.4 : hour < 18 ? 1 : 0.4;
  const isFree = day % 7 >= 5 || holidays.includes(day);
  const isPeak = day % 7 === 0 && hour >= 8 && hour < 10;
  const isCampaign = campaigns.includes(day) && hour >= 11 && hour < 13;
  const people = 400 * byHour * (isFree ? 0.07 : 1) * (isPeak ? 1.5 : 1) * (isCampaign ? 1.6 : 1);
  const signIns = chance(people, random);
  const isImport = hour >= 2 && hour < 2.25;
  return {
    signIns,
    signInFailures: Math.min(signIns, chance(people * 0.06, random)),
    lockouts: chance(people * 0.002, random),
    tokensGranted: chance(people * 3, random),
    tokensRefused: chance(people * 0.03, random),
    blocked: chance(6, random),
    removals: isImport ? chance(day % 7 === 6 ? 900 : 120, random) : chance(0.3, random),
  };
}

interface Told {
  readonly atMs: number;
  readonly what: string;
}

/** What the probe says of each quarter of an hour, as it learns. `change` injects what is to be told. */
function play(change: (counts: LogCounts, atMs: number) => LogCounts = (counts) => counts): readonly Told[] {
  const random = randomFrom(20_260_803);
  let past: PastHours = new Map();
  const told: Told[] = [];
  let before = noCounts;
  for (let hour = firstDay; hour < firstDay + days * dayMs; hour += hourMs) {
    const usual = usualAt(past, hour);
    let sum = noCounts;
    for (let atMs = hour; atMs < hour + hourMs; atMs += quarterMs) {
      const counts = change(quarterOf(atMs, random), atMs);
      const say = (what: string) => told.push({ atMs, what });
      for (const { name } of risesIn(counts, usual)) say(name);
      if (fallIn(sumOf(before, counts), usual)) say('fall');
      if (counts.removals > (mostRemovalsOf(usual) ?? Number.POSITIVE_INFINITY)) say('removals');
      sum = sumOf(sum, counts);
      before = counts;
    }
    past = withEndedHours(past, [{ atMs: hour, ...sum }], { fromMs: hour, untilMs: hour + hourMs });
  }
  return told;
}

describe('a hundred days of an org', () => {
  it('with weekends, holidays, imports, mail to everybody and a peak on Mondays have no finding', () => {
    expect(play()).toEqual([]);
  });

  /** Hours of days at which 40 sign-ins or more are expected, after the weeks in which it learns. */
  const moments = [40, 50, 58, 68, 75, 90].flatMap((day) =>
    [9, 11, 14, 16].map((hour) => firstDay + day * dayMs + hour * hourMs),
  );
  const working = moments.filter((atMs) => Math.floor((atMs - firstDay) / dayMs) % 7 < 5);
  const during = (fromMs: number, change: (counts: LogCounts) => LogCounts) =>
    play((counts, atMs) => (atMs >= fromMs && atMs < fromMs + hourMs ? change(counts) : counts));

  it.each(working)('tell a fall of the sign-ins at %d within an hour', (fromMs) => {
    const told = during(fromMs, (counts) => mapCounts((name) => Math.floor(counts[name] * 0.05)));
    expect(told.filter(({ what }) => what === 'fall').map(({ atMs }) => atMs)).toContain(fromMs + 3 * quarterMs);
    expect(told.every(({ atMs }) => atMs >= fromMs && atMs < fromMs + hourMs + quarterMs)).toBe(true);
  });

  it.each(working)('tell removals in bulk at %d, and the daily import of the same size never', (fromMs) => {
    const told = during(fromMs, (counts) => ({ ...counts, removals: 60 }));
    expect(new Set(told.map(({ what }) => what))).toEqual(new Set(['removals']));
    expect(told[0]?.atMs).toBe(fromMs);
  });

  it.each(working)('tell blocked requests at %d', (fromMs) => {
    const told = during(fromMs, (counts) => ({ ...counts, blocked: 160 }));
    expect(told[0]).toEqual({ atMs: fromMs, what: 'blocked' });
  });

  it('tell an import that is much larger than at this hour of any other day', () => {
    const night = firstDay + 60 * dayMs + 2 * hourMs;
    const told = play((counts, atMs) => (atMs === night ? { ...counts, removals: 5_000 } : counts));
    expect(told).toEqual([{ atMs: night, what: 'removals' }]);
  });
});
