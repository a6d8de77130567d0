import type { MetricDefinition } from './metric.ts';

/** Metrics that the runner publishes on behalf of probes. */
export const sharedMetrics = {
  /** One series per fault domain, whichever probe or group made the finding, so that one cause is one incident. */
  Severity: {
    unit: 'None',
    statistic: 'Maximum',
    help: "The severity of a run's worst finding in this fault domain: 0 none or info, 1 ticket, 2 page.",
  },
  Retries: {
    unit: 'Count',
    statistic: 'Sum',
    help: 'Probes that were retried after a transport error, whether or not the retry passed.',
  },
  /** One series per org rather than per bucket. The finding names the bucket. */
  Headroom: {
    unit: 'Percent',
    statistic: 'Minimum',
    help: 'The lowest remaining share of any rate-limit bucket, 0 to 100, from the response headers. Excludes buckets that returned 429.',
  },
  /** One series per group, whichever org a run is for: it is about the monitor and about no org. */
  Lateness: {
    unit: 'Seconds',
    statistic: 'Maximum',
    help: 'How long after its scheduled time a run of the group began, for whichever org. No data point for a run that was started by hand.',
  },
  /** One series per group. The sweep publishes it each minute. */
  SilentSchedules: {
    unit: 'Count',
    statistic: 'Maximum',
    help: 'How many orgs the group has not run for in three intervals, although it should.',
  },
  /** One series per topic of receivers. The notifier of the route publishes it each hour, in its log. */
  Unconfirmed: {
    unit: 'None',
    statistic: 'Maximum',
    help: 'How many receivers of a topic have confirmed their subscription: 0 all, 1 fewer than the configuration names, 2 none.',
  },
  Duration: {
    unit: 'Milliseconds',
    statistic: 'Average',
    help: 'Server time, from sending the request on an open connection to the first byte of the response.',
  },
  Success: {
    unit: 'None',
    statistic: 'Minimum',
    help: '1 if the probe passed, 0 if it failed. No data point if it was skipped.',
  },
} as const satisfies Record<string, MetricDefinition>;
