import { expect, it } from 'vitest';
import { severitySeries } from '../../../../../functions/model/series.ts';
import { readSlots, tally } from '../../../../../local/commands/report/slots.ts';
import type { Period, ReportSource, SeriesQuery } from '../../../../../local/commands/report/source.ts';

const minuteMs = 60_000;
const org = { name: 'acme' };
const okta = JSON.stringify(severitySeries(org, 'okta').identity);
const start = Date.UTC(2026, 9, 1);

/** Okta fails in three runs of each hour, of which only hours are kept. */
const hours: Pick<ReportSource, 'finestMinutes' | 'statistics'> = {
  finestMinutes: () => 60,
  statistics: async (queries: readonly SeriesQuery[], period: Period, minutes: number) =>
    queries.map(({ identity, statistic }) => {
      const value = JSON.stringify(identity) !== okta ? 0 : statistic === 'Sum' ? 6 : 2;
      return new Array<number>(Math.ceil((period.end - period.start) / (minutes * minuteMs))).fill(value);
    }),
};

const read = (period: Period, isMaintenance: (at: number) => boolean = () => false) =>
  readSlots(hours as ReportSource, { org, period, intervalMinutes: 1, isMaintenance });

it('of an hour, only the minutes of a maintenance window are left out', async () => {
  const period = { start, end: start + 120 * minuteMs };
  const slots = await read(period, (at) => at >= start + 30 * minuteMs && at < start + 62 * minuteMs);
  expect(tally(slots, ['okta'])).toMatchObject({ total: 120, maintenance: 32, unknown: 0, unseen: 0 });
  // In the first hour, all bad minutes may be in the window. In the second one, at most two are.
  expect(tally(slots, ['okta']).bad).toEqual({ least: 0, most: 6 });
  expect(tally(await read(period), ['okta']).bad).toEqual({ least: 2, most: 6 });
});

it('of a part of an hour, no more minutes are bad than it has, and perhaps none', async () => {
  const [slot] = await read({ start: start + 58 * minuteMs, end: start + 60 * minuteMs });
  expect(slot?.page.okta).toEqual({ least: 0, most: 2 });
});
