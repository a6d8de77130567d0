import type { GetMetricDataCommandInput } from '@aws-sdk/client-cloudwatch';
import { describe, expect, it } from 'vitest';
import type { Grid } from '../../../../functions/board/board.ts';
import type { MeasuredSeries } from '../../../../functions/board/measured-series.ts';
import { measuredSeries, shownMetrics } from '../../../../functions/board/measured-series.ts';
import { mostSeries, readMeasured } from '../../../../functions/board/read-measured.ts';
import { latencyTable } from '../../../../functions/board/render.ts';
import { metricsOf, sharedMetrics } from '../../../../functions/model/series.ts';
import { probes } from '../../../../functions/probes/index.ts';
import { at } from '../../../support/log-of.ts';
import { foreignMarkup, parseHtml } from '../../../support/parse-html.ts';

const [now, minuteMs] = [at('12:00'), 60_000];
const cell = { state: 'passed', at: now, runs: [], intervalMinutes: 1 } as const;
const grid: Pick<Grid, 'columns' | 'rows'> = {
  columns: [undefined, 'org', 'default'],
  rows: [
    { group: 'flows', probe: 'organization', cells: [cell, undefined, undefined] },
    { group: 'flows', probe: 'token', cells: [undefined, undefined, cell] },
  ],
};
const series: readonly MeasuredSeries[] = [
  { name: 'Duration', statistic: 'Average', probe: 'token' },
  { name: 'Duration', statistic: 'Average', probe: 'authorize' },
  { name: 'Headroom', statistic: 'Minimum' },
  { name: 'CertificateDaysLeft', statistic: 'Minimum', probe: 'organization' },
];

/** A client that answers each call with a page of points, and all of its calls. */
function clientOf(pages: readonly (readonly (readonly [id: string, minute: number, value: number])[])[]) {
  const calls: GetMetricDataCommandInput[] = [];
  const getMetricData = async (input: GetMetricDataCommandInput) => {
    calls.push(input);
    const page = pages[calls.length - 1] ?? [];
    const MetricDataResults = page.map(([Id, minute, value]) => ({
      ...{ Id, Timestamps: [new Date(now + minute * minuteMs)], Values: [value] },
    }));
    return { MetricDataResults, ...(calls.length < pages.length && { NextToken: `page ${calls.length}` }) };
  };
  return { calls, client: { getMetricData } };
}

const options = {
  ...{ org: 'acme', deployment: 'okta-synthetics', grid, series, now, signal: new AbortController().signal },
  range: { from: at('09:00'), to: now },
};

describe('what CloudWatch has measured', () => {
  it('is asked for where the probes run, with all dimensions, and read page by page', async () => {
    const { client, calls } = clientOf([
      [
        ['m0', -2, 40],
        ['m1', -2, 93],
      ],
      [
        ['m0', -1, 50],
        ['m2', -1, 80.5],
      ],
    ]);
    const measured = await readMeasured(client, options);
    expect(measured).toEqual({
      latency: [
        {
          ...{ target: 'token@default', phase: 'first byte', periodMs: minuteMs },
          points: [
            { at: now - 2 * minuteMs, value: 40 },
            { at: now - minuteMs, value: 50 },
          ],
        },
      ],
      headroom: [{ at: now - 2 * minuteMs, value: 93 }],
      expiries: [{ name: "the certificate of the org's domain", days: 80.5 }],
      problems: [],
    });
    const metrics = calls[0]?.MetricDataQueries?.map(({ MetricStat }) => MetricStat?.Metric);
    expect(metrics).toEqual([
      {
        ...{ Namespace: 'OktaSynthetics', MetricName: 'Duration' },
        Dimensions: [
          { Name: 'Org', Value: 'acme' },
          { Name: 'Probe', Value: 'token' },
          { Name: 'Server', Value: 'default' },
        ],
      },
      { Namespace: 'OktaSynthetics', MetricName: 'Headroom', Dimensions: [{ Name: 'Org', Value: 'acme' }] },
      expect.objectContaining({ MetricName: 'CertificateDaysLeft' }),
    ]);
    expect(calls.map(({ NextToken }) => NextToken)).toEqual([undefined, 'page 1']);
  });

  it.each([
    ['three hours', 3, 60],
    ['a day', 24, 480],
    ['thirty days', 30 * 24, 14_400],
    ['a minute that is twenty days old', 20 * 24, 300, 1 / 60],
  ])(
    'has a period that CloudWatch keeps and a graph has room for: %s',
    async (_, hoursAgo, seconds, hours = hoursAgo) => {
      const { client, calls } = clientOf([]);
      const from = now - hoursAgo * 60 * minuteMs;
      await readMeasured(client, { ...options, range: { from, to: from + hours * 60 * minuteMs } });
      expect(calls[0]?.MetricDataQueries?.[0]?.MetricStat?.Period).toBe(seconds);
    },
  );

  it('is at most fifty series, and says how many are left out', async () => {
    const servers = Array.from({ length: mostSeries + 5 }, (_, index) => `server-${index}`);
    const wide = {
      columns: servers,
      rows: [{ group: 'flows' as const, probe: 'token', cells: servers.map(() => cell) }],
    };
    const { client, calls } = clientOf([]);
    const { problems } = await readMeasured(client, { ...options, grid: wide, series: series.slice(0, 1) });
    expect(calls[0]?.MetricDataQueries).toHaveLength(mostSeries);
    expect(problems).toEqual(['5 more series are not read.']);
  });

  it('is nothing, without a call, where nothing of it is measured', async () => {
    const { client, calls } = clientOf([]);
    expect(await readMeasured(client, { ...options, series: [] })).toMatchObject({ latency: [], problems: [] });
    expect(calls).toEqual([]);
  });

  it('is of metrics that probes publish', () => {
    const published = new Set([
      ...probes.flatMap((probe) => Object.keys(metricsOf(probe))),
      ...Object.keys(sharedMetrics),
    ]);
    for (const name of Object.keys(shownMetrics)) expect(published).toContain(name);
    expect(measuredSeries([])).toEqual([]);
  });
});

describe('the graph of latency', () => {
  it('is interrupted where points are missing, and has its figures in words', () => {
    const points = [0, 1, 2, 10, 11].map((minute) => ({ at: now + minute * minuteMs, value: 100 + minute }));
    const markup = latencyTable([{ target: 'token@<b>', phase: 'TLS', points, periodMs: minuteMs }])?.toString() ?? '';
    expect(foreignMarkup(markup)).toEqual([]);
    const { elements } = parseHtml(markup);
    const curve = elements.find(({ attributes }) => attributes.class === 'curve');
    expect(curve?.attributes.d?.replaceAll(/[^ML]/g, '')).toBe('MLLML');
    expect(elements.find(({ name }) => name === 'svg')?.attributes['aria-label']).toBe(
      'Latency of token@<b>, TLS: last 111 ms, median 102 ms, highest 111 ms',
    );
  });

  it('is left out where nothing was measured', () => {
    expect(latencyTable([{ target: 'token@org', phase: 'DNS', points: [], periodMs: minuteMs }])).toBeUndefined();
  });
});
