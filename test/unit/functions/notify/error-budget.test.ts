import type { GetMetricDataCommandInput } from '@aws-sdk/client-cloudwatch';
import { describe, expect, it } from 'vitest';
import { finding } from '../../../../functions/findings/finding.ts';
import { drillIn } from '../../../../functions/notify/drill.ts';
import { describeErrorBudget, type ErrorBudget } from '../../../../functions/notify/error-budget.ts';
import { type AlarmChange, readRecord } from '../../../../functions/notify/event.ts';
import { readErrorBudget } from '../../../../functions/notify/read-error-budget.ts';
import { metricAlarm, recordOf } from '../../../support/alarms.ts';
import { at, evidenceOf, flowsLog } from '../../../support/log-of.ts';
import { firingEvidence, messageOf } from '../../../support/messages.ts';

const slo = { objectivePercent: 99.5, windowDays: 30, domains: ['okta', 'quota'] } as const;
const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const now = at('12:02:07');

interface KnownPoint {
  readonly time: number;
  readonly domain: string;
  readonly value: number;
}

/** CloudWatch with these points, each alone in its period, in pages of one query's results. */
function cloudWatchWith(points: readonly KnownPoint[]) {
  const asked: GetMetricDataCommandInput[] = [];
  const getMetricData = async (input: GetMetricDataCommandInput) => {
    asked.push(input);
    const [start, end] = [input.StartTime?.getTime() ?? 0, input.EndTime?.getTime() ?? 0];
    const queries = input.MetricDataQueries ?? [];
    const page = Number(input.NextToken ?? 0);
    const results = queries.slice(page, page + 1).map(({ Id, MetricStat }) => {
      const domain = MetricStat?.Metric?.Dimensions?.find(({ Name }) => Name === 'Domain')?.Value;
      const own = points.filter((point) => point.domain === domain && point.time >= start && point.time < end);
      const period = (MetricStat?.Period ?? 60) * 1000;
      return {
        Id,
        Timestamps: own.map(({ time }) => new Date(Math.floor(time / period) * period)),
        Values: own.map(({ value }) => value),
      };
    });
    return { MetricDataResults: results, ...(page + 1 < queries.length && { NextToken: String(page + 1) }) };
  };
  return { asked, cloudWatch: { getMetricData } };
}

function read(points: readonly KnownPoint[], intervalMinutes = 1) {
  const { cloudWatch, asked } = cloudWatchWith(points);
  const signal = new AbortController().signal;
  const budget = readErrorBudget({ cloudWatch, org: { name: 'acme' }, slo, intervalMinutes, at: now, signal });
  return { budget, asked };
}

describe('the error budget', () => {
  it('is used by each minute with a page finding of a domain that counts, once', async () => {
    const time = at('12:00');
    const { budget } = read([
      { time, domain: 'okta', value: 2 },
      { time: time + minuteMs, domain: 'quota', value: 2 },
      { time: time - minuteMs, domain: 'okta', value: 1 },
      { time: time - 2 * minuteMs, domain: 'okta', value: 0 },
    ]);
    expect(await budget).toMatchObject({ minutes: 216, used: { least: 2, most: 2 } });
  });

  it('is known minute by minute for two weeks, and within bounds before', async () => {
    const { budget, asked } = read([{ time: now - 20 * dayMs, domain: 'okta', value: 4 }]);
    expect(await budget).toMatchObject({ used: { least: 1, most: 2 } });
    const periods = new Set(asked.map(({ MetricDataQueries: [query] = [] }) => query?.MetricStat?.Period));
    expect([...periods]).toEqual([300, 60]);
  });

  it('covers the whole rolling window and nothing else', async () => {
    const { budget, asked } = read([{ time: now - 31 * dayMs, domain: 'okta', value: 2 }]);
    expect(await budget).toMatchObject({ used: { least: 0, most: 0 }, leftPercent: { least: 100, most: 100 } });
    const starts = asked.map(({ StartTime }) => StartTime?.getTime() ?? 0);
    expect(Math.min(...starts)).toBeLessThanOrEqual(now - 30 * dayMs);
    expect(Math.min(...starts)).toBeGreaterThan(now - 30 * dayMs - 10 * minuteMs);
  });
});

const budgetOf = (used: ErrorBudget['used'], leftPercent: ErrorBudget['leftPercent']): ErrorBudget => ({
  ...{ slo, minutes: 216, used, leftPercent },
});

it.each([
  [
    budgetOf({ least: 12, most: 12 }, { least: 94.44, most: 94.44 }),
    'error budget: 94.4 % left, 12 of 216 minutes used in 30 days (objective 99.5 %, okta, quota)',
  ],
  [
    budgetOf({ least: 12, most: 40 }, { least: 81.48, most: 94.44 }),
    'error budget: 81.4 to 94.4 % left, 12 to 40 of 216 minutes used in 30 days (objective 99.5 %, okta, quota)',
  ],
  [
    budgetOf({ least: 300, most: 300 }, { least: -38, most: -38 }),
    'error budget: used up, 300 of 216 minutes used in 30 days (objective 99.5 %, okta, quota)',
  ],
])('a message says what is left of it, within the bounds that are known: %#', (budget, text) => {
  expect(describeErrorBudget(budget)).toBe(text);
});

describe('the message of a burn-rate alarm', () => {
  const { Trigger: _, ...composite } = metricAlarm;
  const change = readRecord(
    recordOf({ ...composite, AlarmName: 'okta-synthetics/acme/slo/fast-burn', AlarmRule: 'ALARM(a) AND ALARM(b)' }),
  ) as AlarmChange;
  const budget = budgetOf({ least: 12, most: 12 }, { least: 94.44, most: 94.44 });

  it('is about the budget, and names the finding that burns it and what is left', () => {
    const { subject, email } = messageOf(change, { ...firingEvidence, slo, budget });
    expect(subject).toContain('error budget burns fast');
    const words = email.replaceAll(/\s+/g, ' ');
    expect(words).toContain('2 % or more of the error budget of acme were used within an hour');
    expect(words).toContain('internal-error');
    expect(words).toContain('94.4 % left');
  });

  it('does not blame a finding of a domain that does not count', () => {
    const { email } = messageOf(change, { ...firingEvidence, slo: { ...slo, domains: ['quota'] } });
    expect(email.replaceAll(/\s+/g, ' ')).toContain('the error budget of acme');
    expect(email).not.toMatch(/Okta's fault|open a case/);
  });

  it('is one about a drill if only a drill burns the budget', () => {
    const line = {
      type: 'drill',
      at: '2026-11-21T12:01:00Z',
      org: 'acme',
      finding: finding('internal-error'),
      by: 'jane',
    };
    const evidence = evidenceOf([{ time: at('12:01'), logGroup: flowsLog, line: line as never }], { slo });
    expect(drillIn(change, evidence)?.drill).toEqual({ by: 'jane' });
    expect(drillIn(change, { ...evidence, slo: { ...slo, domains: ['quota'] } })).toBeUndefined();
  });

  it('says so if what is left cannot be read', () => {
    const gap = { kind: 'unreadable', sentence: 'the error budget could not be read: AccessDenied' } as const;
    const { email } = messageOf(change, { ...firingEvidence, slo, gaps: [gap] });
    expect(email.replaceAll(/\s+/g, ' ')).toContain('the error budget could not be read: AccessDenied');
  });
});
