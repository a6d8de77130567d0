import { readDocument } from '../../../functions/model/read-line.ts';
import { MetricStore, statisticOf } from '../../../packages/cloudwatch-alarms/src/index.ts';
import type { HistoryReader } from '../../self-hosted/history/read-history.ts';
import type { ReportSource } from './source.ts';

const minuteMs = 60_000;

/** Reads what `npm run watch` remembers: each minute, however long ago. */
export function openHistorySource(reader: HistoryReader): ReportSource {
  return {
    name: 'the history of npm run watch',
    finestMinutes: () => 1,
    alarmsKnownSince: Number.NEGATIVE_INFINITY,
    async statistics(queries, period, periodMinutes) {
      const store = new MetricStore();
      const known = new Set<string>();
      for (const { identity } of queries) {
        const key = JSON.stringify(identity);
        if (known.has(key)) continue;
        known.add(key);
        for (const { at, value } of reader.points(identity, period)) store.add({ identity, value, timestamp: at });
      }
      return queries.map(({ identity, statistic }) =>
        statisticOf(store, identity, statistic, periodMinutes * minuteMs, period),
      );
    },
    alarmChanges: async (alarm, period) => reader.transitions(period, alarm).map(({ at, to }) => ({ at, to })),
    evidence: async (org, period) => ({
      lines: reader.outcomes(period, { org }).flatMap(({ minute, line }) => {
        const read = line && readDocument(line);
        return read ? [{ time: minute, logGroup: '', line: read }] : [];
      }),
    }),
    reasons: (period) => reader.gaps(period).map(({ start, end, reason }) => ({ start, end, reason })),
  };
}
