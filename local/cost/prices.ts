/**
 * List prices in us-east-1, in US dollars, without free tiers and before the first discount for volume.
 * https://aws.amazon.com/cloudwatch/pricing/ and the pages of the other services, read in November 2026.
 */
export const prices = {
  /** A month, for each combination of name and dimensions. */
  customMetric: 0.3,
  /** A month, for each metric that an alarm looks at. */
  alarmMetric: 0.1,
  compositeAlarm: 0.5,
  dashboard: 3,
  putMetricData: 0.01 / 1_000,
  logGigabyte: 0.5,
  /** arm64. */
  lambdaGigabyteSecond: 0.0000133334,
  lambdaRequest: 0.2 / 1e6,
  schedule: 1 / 1e6,
  secret: 0.4,
  key: 1,
  /** One run of a CloudWatch Synthetics canary, without its Lambda, S3 and logs. */
  canaryRun: 0.0012,
} as const;

/** Thirty days. */
export const minutesAMonth = 30 * 24 * 60;

/** What a template cannot tell: a warm run's length, and what it logs. Rounded up from what rehearsals show. */
export const assumed = {
  secondsARun: 1,
  logBytesAnOutcome: 700,
  /** Lambda's own lines about an invocation. */
  logBytesARun: 1_000,
} as const;
