import type { Cost } from './estimate-cost.ts';

/** The bill in a few lines, for whoever is about to deploy it. */
export function costSummary({ dollars, metrics, alarms, invocations, load }: Cost): string {
  const whole = (quantity: number) => Math.round(quantity).toLocaleString('en-US');
  const hourly = load.reduce((sum, { requestsAnHour }) => sum + requestsAnHour, 0);
  const limited = load.reduce((sum, { bucket, requestsAnHour }) => sum + (bucket ? requestsAnHour : 0), 0);
  const rows = [
    [
      'dollars a month',
      dollars.toFixed(2),
      'list prices in us-east-1, without free tiers; npm run cost has every line',
    ],
    ['custom metrics', whole(metrics), ''],
    ['alarms', whole(alarms), ''],
    ['invocations a month', whole(invocations), ''],
    ['requests to Okta an hour', whole(hourly), `${whole(limited)} of them count against a rate limit`],
  ];
  const width = Math.max(...rows.map(([, value = '']) => value.length));
  return rows
    .map(([what = '', value = '', note]) => `${what.padEnd(26)}${value.padStart(width)}  ${note}`.trimEnd())
    .join('\n');
}
