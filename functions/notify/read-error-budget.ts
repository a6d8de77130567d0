import type { CloudWatch } from '../aws/clients.ts';
import { budgetUse, findingMinutes, unionOf } from '../findings/slo.ts';
import { type SeriesOrg, severitySeries } from '../model/series.ts';
import { type Slo, windowMinutesOf } from '../model/slo.ts';
import type { ErrorBudget } from './error-budget.ts';

export interface ErrorBudgetOptions {
  readonly cloudWatch: Pick<CloudWatch, 'getMetricData'>;
  readonly org: SeriesOrg;
  readonly slo: Slo;
  /** How often `flows` runs. */
  readonly intervalMinutes: number;
  /** The end of the window, epoch ms. */
  readonly at: number;
  readonly signal: AbortSignal;
}

const minuteMs = 60_000;

/** Points can be read minute by minute for 15 days, and in periods of five minutes for 63. A little less, to be safe. */
const exactMs = 14 * 24 * 60 * minuteMs;
const coarseMinutes = 5;

/**
 * Reads how much of the error budget the window has used that ends now. Throws AWS's errors.
 *
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
 */
export async function readErrorBudget(options: ErrorBudgetOptions): Promise<ErrorBudget> {
  const { slo, intervalMinutes, at } = options;
  const windowMs = windowMinutesOf(slo) * minuteMs;
  const end = Math.floor(at / minuteMs) * minuteMs;
  const blockMs = coarseMinutes * minuteMs;
  const exactFrom = Math.floor((end - exactMs) / blockMs) * blockMs;
  const parts = [
    {
      start: Math.floor((end - windowMs) / blockMs) * blockMs,
      end: exactFrom,
      slotMinutes: Math.max(coarseMinutes, intervalMinutes),
    },
    { start: exactFrom, end, slotMinutes: intervalMinutes },
  ];
  let [least, most] = [0, 0];
  for (const part of parts) {
    for (const bad of await readBad(options, part)) {
      least += bad.least;
      most += bad.most;
    }
  }
  return { slo, ...budgetUse(slo, windowMinutesOf(slo), { least, most }) };
}

interface Part {
  readonly start: number;
  readonly end: number;
  readonly slotMinutes: number;
}

/** The bad minutes of each slot that has some. */
async function readBad({ cloudWatch, org, slo, intervalMinutes, signal }: ErrorBudgetOptions, part: Part) {
  const { start, end, slotMinutes } = part;
  const queries = slo.domains.flatMap((domain) =>
    (['Maximum', 'Sum'] as const).map((statistic) => ({
      domain,
      statistic,
      id: `${statistic.toLowerCase()}_${domain}`,
    })),
  );
  const bySlot = new Map<number, Map<string, number>>();
  let NextToken: string | undefined;
  do {
    const answer = await cloudWatch.getMetricData(
      {
        MetricDataQueries: queries.map(({ domain, statistic, id }) => {
          const { namespace, name, dimensions } = severitySeries(org, domain).identity;
          const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
          const Metric = { Namespace: namespace, MetricName: name, Dimensions };
          return { Id: id, MetricStat: { Metric, Period: slotMinutes * 60, Stat: statistic } };
        }),
        ...{ StartTime: new Date(start), EndTime: new Date(end), ScanBy: 'TimestampAscending' },
        ...(NextToken !== undefined && { NextToken }),
      },
      { abortSignal: signal },
    );
    for (const { Id = '', Timestamps = [], Values = [] } of answer.MetricDataResults ?? []) {
      for (const [index, time] of Timestamps.entries()) {
        const slot = bySlot.get(time.getTime()) ?? new Map<string, number>();
        bySlot.set(time.getTime(), slot.set(Id, Values[index] ?? 0));
      }
    }
    ({ NextToken } = answer);
  } while (NextToken !== undefined);
  return [...bySlot.values()].map((slot) => {
    const ranges = slo.domains.flatMap((domain) => {
      const values = { maximum: slot.get(`maximum_${domain}`), sum: slot.get(`sum_${domain}`) };
      return findingMinutes('page', { ...values, slotMinutes, intervalMinutes }) ?? [];
    });
    return unionOf(ranges, slotMinutes);
  });
}
