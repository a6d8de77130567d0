import { describe, expect, it } from 'vitest';
import { severitySeries } from '../../../../../functions/model/series.ts';
import { loadConfig } from '../../../../../lib/config/load-config.ts';
import { monitoredOrgs } from '../../../../../lib/monitored-org.ts';
import { reportOrg } from '../../../../../local/commands/report/org-report.ts';
import type { ReportSource } from '../../../../../local/commands/report/source.ts';
import { formatReport } from '../../../../../local/commands/reporters/report/formats.ts';
import { outcome } from '../../../../support/log-of.ts';

const minuteMs = 60_000;
const [monitored] = monitoredOrgs(loadConfig('lib/config/example.jsonc'));
if (!monitored) throw new Error('the example has no org');
const okta = JSON.stringify(severitySeries(monitored.org, 'okta').identity);
const start = Date.UTC(2026, 9, 1);
const period = { start, end: start + 60 * minuteMs };
const firedAt = start - 26 * 60 * minuteMs;

/** Okta fails in the first five minutes, and its alarm has fired the day before. */
const source: ReportSource = {
  ...{ name: 'a test', finestMinutes: () => 1, alarmsKnownSince: Number.NEGATIVE_INFINITY, reasons: () => [] },
  statistics: async (queries, { start: from, end }, minutes) =>
    queries.map(({ identity }) =>
      Array.from({ length: Math.ceil((end - from) / (minutes * minuteMs)) }, (_, index) =>
        JSON.stringify(identity) === okta && from + index * minuteMs < start + 5 * minuteMs ? 2 : 0,
      ),
    ),
  alarmChanges: async (_, during) =>
    [{ at: firedAt, to: 'ALARM' } as const].filter(({ at }) => at >= during.start && at < during.end),
  evidence: async () => ({ lines: [] }),
};

describe('an incident that had begun before the reported time', async () => {
  const report = await reportOrg(source, { monitored, maintenance: [], period });

  it('has an alarm that fired before, and not none', () => {
    expect(report.incidents).toMatchObject([{ start, firedAt }]);
    expect(formatReport([report])).toContain('before, at 2026-09-29 22:00 UTC');
  });

  it('is said to have begun earlier, perhaps', () => {
    expect(report.remarks).toEqual([expect.stringContaining('may have begun earlier')]);
  });
});

it('the evidence of a run is found that ended after its incident', async () => {
  const due = start + 4 * minuteMs;
  const line = { ...outcome(due, 'token@default', 'internal-error'), loggedAt: due + 100_000 };
  const { incidents } = await reportOrg(
    {
      ...source,
      evidence: async (_, during) => ({
        lines: [line].filter(({ loggedAt }) => loggedAt >= during.start && loggedAt < during.end),
      }),
    },
    { monitored, maintenance: [], period },
  );
  expect(incidents).toMatchObject([{ findings: [{ code: 'internal-error', targets: ['token@default'] }] }]);
});
