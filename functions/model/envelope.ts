import type { MetricDefinition } from './metric.ts';

/** What the runner publishes for probes, so that none has to measure itself. */
export const envelope = {
  Success: {
    unit: 'None',
    statistic: 'Minimum',
    help: '1 when the probe passed, 0 when it failed; no point when it was skipped.',
  },
  Duration: {
    unit: 'Milliseconds',
    statistic: 'Average',
    help: "The server's time: from the request being sent on an open connection to the first byte of the answer.",
  },
  /** One series a bucket, not a server: every custom server of an org draws on the same buckets. */
  Headroom: {
    unit: 'Percent',
    statistic: 'Minimum',
    help: 'What is left of a rate-limit bucket in its current window, as the last answer told it.',
  },
} as const satisfies Record<string, MetricDefinition>;
