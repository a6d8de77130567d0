/**
 * List prices in us-east-1, in US dollars, without free tiers. Custom metrics are the only item whose volume discount a
 * large deployment reaches.
 * https://aws.amazon.com/cloudwatch/pricing/ and the pricing pages of the other services, as of November 2026.
 */
export const prices = {
  /** Per month and combination of name and dimensions, in tiers. */
  customMetric: [
    { after: 0, price: 0.3 },
    { after: 10_000, price: 0.1 },
    { after: 250_000, price: 0.05 },
    { after: 1_000_000, price: 0.02 },
  ],
  /** Per month and metric in an alarm. */
  alarmMetric: 0.1,
  compositeAlarm: 0.5,
  dashboard: 3,
  /** A CloudWatch API call, such as PutMetricData. */
  apiCall: 0.01 / 1_000,
  /** One series that GetMetricData reads. */
  readSeries: 0.01 / 1_000,
  logGigabyte: 0.5,
  /** Per month. AWS bills the compressed size, which is not known here. */
  storedLogGigabyte: 0.03,
  /** arm64. */
  lambdaGigabyteSecond: 0.0000133334,
  lambdaRequest: 0.2 / 1e6,
  schedule: 1 / 1e6,
  /** Data transfer to the internet. The 100 GB that each account gets free are not deducted. */
  sentGigabyte: 0.09,
  /** DynamoDB on demand: for each kilobyte of a written item. */
  stateWriteUnit: 0.625 / 1e6,
  /** For each four kilobytes of an item that is read as the last write left it. */
  stateReadUnit: 0.125 / 1e6,
  /** Per month: what DynamoDB stores, and the same for its point-in-time recovery. */
  storedStateGigabyte: 0.25 + 0.2,
  secret: 0.4,
  secretRead: 0.05 / 10_000,
  key: 1,
  /** Per month, for each of the first two rotations of a key. Later ones are free. https://aws.amazon.com/kms/pricing/ */
  keyRotation: 1,
  /** One run of a CloudWatch Synthetics canary, without its Lambda, S3 and log charges. */
  canaryRun: 0.0012,
} as const;

export const daysPerMonth = 30;

export const minutesPerMonth = daysPerMonth * 24 * 60;

/** Assumptions that the template does not contain. Durations and sizes are rounded up from simulations. */
export const assumed = {
  /** The duration of a warm run. */
  secondsPerRun: 1,
  /** A sign-in and the probes after it: some fifteen requests, one after another. */
  moreSecondsPerJourney: 3,
  /** The memory of the password, of the one-time code, and of the outcome. */
  writesPerSignIn: 3,
  /** How long a widget takes to read and to render. */
  secondsPerView: 1,
  logBytesPerOutcome: 700,
  /** The lines that Lambda itself writes about an invocation. */
  logBytesPerRun: 1_000,
  /** A healthy state, with the times of sixty runs and the ids of ten token requests: each target adds to it. */
  stateBytesPerRun: 1_500,
  stateBytesPerOutcome: 95,
  /** The memory of a System Log with some thousand events an hour: mostly event ids. */
  logMemoryBytes: 6_000,
  /** The counts of each hour of five weeks, which are read and written once an hour. */
  pastHoursBytes: 40_000,
  /** The rest that the state table keeps of an org: incidents, and announcements of 400 days. */
  keptBytesPerOrg: 200_000,
  /** Pages of the log take long, and come one after the other. */
  moreSecondsPerLogRun: 1,
  /** Includes a share of the TLS handshake: each run opens new connections. */
  bytesSentPerRequest: 2_500,
  /** One an hour. A container caches its secrets and usually lives for hours. */
  coldStartsPerMonth: daysPerMonth * 24,
} as const;
