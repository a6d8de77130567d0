import { styleText } from 'node:util';
import { defaultLimit } from '../../functions/okta/default-limits.ts';
import type { BucketLoad, Cost } from '../../lib/cost/estimate-cost.ts';
import { minutesAMonth, prices } from '../../lib/cost/prices.ts';
import { markdownTable } from './docs/markdown-table.ts';
import { table } from './table.ts';

const canary = prices.canaryRun * minutesAMonth;

const money = (dollars: number) => dollars.toFixed(2);
const count = (quantity: number) =>
  quantity < 10 && !Number.isInteger(quantity) ? quantity.toFixed(2) : Math.round(quantity).toLocaleString('en-US');

function rowsOf({ lines, dollars }: Cost): readonly (readonly string[])[] {
  return [
    ...lines.map((line) => [line.what, count(line.quantity), money(line.dollars)]),
    ['together', '', money(dollars)],
    ['beside it: one CloudWatch Synthetics canary each minute, its runs alone', count(minutesAMonth), money(canary)],
  ];
}

const header = ['a month, us-east-1, without free tiers', 'quantity', 'dollars'];

/** The bill and the load, for people. */
export function formatCost(cost: Cost): string {
  const dim = (text: string) => styleText('dim', text);
  const load = cost.load.map((each) => [
    each.org,
    each.bucket ?? 'no limit',
    count(each.requestsAnHour),
    shareOf(each),
  ]);
  return [
    '',
    ...table([header.map(dim), ...rowsOf(cost)], [1, 2]),
    '',
    ...table([['org', 'rate-limit bucket', 'requests an hour', 'of the default limit'].map(dim), ...load], [2, 3]),
    '',
    `${cost.metrics} metrics, ${cost.alarms} alarms, ${count(cost.invocations)} invocations a month`,
    '',
  ].join('\n');
}

/** The bill, for the README. */
export function costTable(cost: Cost): string {
  return markdownTable(header, rowsOf(cost));
}

function shareOf({ bucket, requestsAnHour }: BucketLoad): string {
  const limit = bucket === undefined ? undefined : defaultLimit(bucket);
  return limit === undefined ? '' : `${((requestsAnHour / (limit * 60)) * 100).toFixed(2)} %`;
}
