import { deployMinutes } from '../limits/fleet-limits.ts';
import type { Cost } from './estimate-cost.ts';

/** The cost in a few lines, which `cdk synth` and `cdk deploy` print. */
export function costSummary({ dollars, metrics, alarms, invocations, orgs, load }: Cost): string {
  const whole = (quantity: number) => Math.round(quantity).toLocaleString('en-US');
  const hourly = load.reduce((sum, { requestsPerHour }) => sum + requestsPerHour, 0);
  const limited = load.reduce((sum, { bucket, requestsPerHour }) => sum + (bucket ? requestsPerHour : 0), 0);
  const rows = [
    [
      'dollars per month',
      dollars.toFixed(2),
      'list prices in us-east-1, without free tiers; npm run cost shows each item',
    ],
    ...(orgs > 1 ? [['dollars per org', (dollars / orgs).toFixed(2), `with ${whole(orgs)} orgs`]] : []),
    ...(orgs > 1
      ? [
          [
            'minutes to deploy',
            whole(deployMinutes(alarms)),
            'at least, the first time: AWS makes three alarms a second',
          ],
        ]
      : []),
    ['custom metrics', whole(metrics), ''],
    ['alarms', whole(alarms), ''],
    ['invocations per month', whole(invocations), ''],
    ['requests to Okta per hour', whole(hourly), `${whole(limited)} of them count against rate limits`],
  ];
  const width = Math.max(...rows.map(([, value = '']) => value.length));
  return rows
    .map(([what = '', value = '', note]) => `${what.padEnd(26)}${value.padStart(width)}  ${note}`.trimEnd())
    .join('\n');
}
