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
  /** Of CloudWatch, such as PutMetricData. Reading logs is free. */
  apiCall: 0.01 / 1_000,
  logGigabyte: 0.5,
  /** A month. AWS bills the compressed size, which this does not know. */
  keptLogGigabyte: 0.03,
  /** arm64. */
  lambdaGigabyteSecond: 0.0000133334,
  lambdaRequest: 0.2 / 1e6,
  schedule: 1 / 1e6,
  /** Out of AWS, to the internet. The first 100 GB of an account are free and are counted all the same. */
  sentGigabyte: 0.09,
  secret: 0.4,
  secretReading: 0.05 / 10_000,
  key: 1,
  /** One run of a CloudWatch Synthetics canary, without its Lambda, S3 and logs. */
  canaryRun: 0.0012,
} as const;

export const daysAMonth = 30;

export const minutesAMonth = daysAMonth * 24 * 60;

/** What a template cannot tell: a warm run's length, what it logs and what it sends. Rounded up from what rehearsals show. */
export const assumed = {
  secondsARun: 1,
  logBytesAnOutcome: 700,
  /** Lambda's own lines about an invocation. */
  logBytesARun: 1_000,
  /** With its share of a TLS handshake: each run opens its connections anew. */
  bytesSentARequest: 2_500,
  /** A container lives for hours and remembers its secrets; this says an hour. */
  coldStartsAMonth: daysAMonth * 24,
} as const;
