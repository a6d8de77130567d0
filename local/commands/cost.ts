/** Estimates the monthly cost of a configuration before it is deployed, and its load on Okta: `npm run cost`. */

import { defaultLimit } from '../../functions/okta/default-limits.ts';
import { loadConfig } from '../../lib/config/load-config.ts';
import type { BucketLoad, Cost } from '../../lib/cost/estimate-cost.ts';
import { estimateCost } from '../../lib/cost/estimate-cost.ts';
import { minutesPerMonth, prices } from '../../lib/cost/prices.ts';
import { synthesize } from '../self-hosted/synthesize.ts';
import { defineCommand, sharedOptions } from './command.ts';
import { caughtBySwitch } from './reporters/caught-by-switch.ts';
import { markdownTable } from './reporters/docs/markdown.ts';
import { dim, table } from './reporters/text.ts';

const canary = prices.canaryRun * minutesPerMonth;

const money = (dollars: number) => dollars.toFixed(2);
const count = (quantity: number) =>
  quantity < 10 && !Number.isInteger(quantity) ? quantity.toFixed(2) : Math.round(quantity).toLocaleString('en-US');

function rowsOf({ lines, dollars }: Cost): readonly (readonly string[])[] {
  return [
    ...lines.map((line) => [line.item, count(line.quantity), money(line.dollars)]),
    ['total', '', money(dollars)],
    [
      'for comparison: one CloudWatch Synthetics canary every minute (runs only)',
      count(minutesPerMonth),
      money(canary),
    ],
  ];
}

const header = ['per month, us-east-1, without free tiers', 'quantity', 'dollars'];

/** The cost and the requests to Okta, as text. */
export function formatCost(cost: Cost): string {
  const load = cost.load.map((each) => [
    each.org,
    each.bucket ?? 'no rate limit',
    count(each.requestsPerHour),
    shareOf(each),
  ]);
  return [
    '',
    ...table([header.map(dim), ...rowsOf(cost)], [1, 2]),
    '',
    ...table([['org', 'rate-limit bucket', 'requests per hour', 'of the default limit'].map(dim), ...load], [2, 3]),
    '',
    `a thousand views of the dashboard's widgets cost ${money(cost.thousandViewsDollars)} dollars more`,
    ...table([caughtHeader.map(dim), ...caughtRows()], [1, 2]),
    '',
    `${cost.metrics} metrics, ${cost.alarms} alarms, ${count(cost.invocations)} invocations per month`,
    '',
  ].join('\n');
}

const caughtHeader = ['past incidents that each switch adds', "Okta's", "customers'"];

function caughtRows(): readonly (readonly string[])[] {
  return caughtBySwitch().map(({ needs, okta, customers }) => [
    needs === 'nothing' ? 'always on' : needs,
    String(okta),
    String(customers),
  ]);
}

/** The same as a Markdown table, for docs/cost.md. */
export function caughtTable(): string {
  return markdownTable(caughtHeader, caughtRows());
}

/** The cost, as a Markdown table for the README. */
export function costTable(cost: Cost): string {
  return markdownTable(header, rowsOf(cost));
}

function shareOf({ bucket, requestsPerHour }: BucketLoad): string {
  const limit = bucket === undefined ? undefined : defaultLimit(bucket);
  return limit === undefined ? '' : `${((requestsPerHour / (limit * 60)) * 100).toFixed(2)} %`;
}

const { config, json } = sharedOptions;

export const cost = defineCommand({
  name: 'cost',
  options: { config, json },
  run(values, { stdout }) {
    const estimate = estimateCost(synthesize(loadConfig(values.config)).template);
    stdout.write(`${values.json ? JSON.stringify(estimate, null, 2) : formatCost(estimate)}\n`);
    return 0;
  },
});
