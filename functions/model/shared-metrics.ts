import type { MetricDefinition } from './metric.ts';

/** What the runner publishes for probes, so that none has to measure itself. */
export const sharedMetrics = {
  /** One series a fault domain, whichever probe of whichever group found it: one cause is one incident. */
  Severity: {
    unit: 'None',
    statistic: 'Maximum',
    help: 'How urgent the worst finding of a run in this fault domain is: 0 nothing to act on, 1 a ticket, 2 a page.',
  },
  Retries: {
    unit: 'Count',
    statistic: 'Sum',
    help: 'Probes whose first try ended in a transport error and that were tried once more, however that ended.',
  },
  /** One series an org, not a bucket: a finding names the bucket. */
  Headroom: {
    unit: 'Percent',
    statistic: 'Minimum',
    help: 'The lowest share left of any rate-limit bucket, 0 to 100, as answers told it; no point of a bucket that answered 429.',
  },
  Duration: {
    unit: 'Milliseconds',
    statistic: 'Average',
    help: "The server's time: from the request being sent on an open connection to the first byte of the answer.",
  },
  Success: {
    unit: 'None',
    statistic: 'Minimum',
    help: '1 when the probe passed, 0 when it failed; no point when it was skipped.',
  },
} as const satisfies Record<string, MetricDefinition>;
