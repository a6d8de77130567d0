/**
 * The quotas of AWS that this monitor can meet, with the page that states each. Only data: the simulator enforces these
 * numbers, and docs and synth checks are made from them.
 *
 * Trap: rates hold for all callers of an account and Region together, this monitor or not.
 */

/** Calls a second, in an account and Region. */
export interface Rate {
  readonly perSecond: number;
  /** Where it is another number. */
  readonly byRegion?: Readonly<Record<string, number>>;
  /** Whether AWS raises it on request. */
  readonly isAdjustable: boolean;
  readonly source: string;
}

export interface Limit {
  readonly most: number;
  readonly source: string;
}

const cloudWatch = 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html';
const sns = 'https://docs.aws.amazon.com/general/latest/gr/sns.html';
const publish = 'https://docs.aws.amazon.com/sns/latest/api/API_Publish.html';
const secretsManager = 'https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html';
const eventBridge = 'https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html';
const putMetricData = 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html';
const getMetricData = 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html';
const metricDatum = 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html';
const dimension = 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Dimension.html';
const lambda = 'https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html';

function inRegions(perSecond: number, regions: readonly string[]): Readonly<Record<string, number>> {
  return Object.fromEntries(regions.map((region) => [region, perSecond]));
}

export const rates = {
  DescribeAlarmHistory: { perSecond: 3, isAdjustable: false, source: cloudWatch },
  PutMetricAlarm: { perSecond: 3, isAdjustable: true, source: cloudWatch },
  PutMetricData: { perSecond: 500, isAdjustable: true, source: cloudWatch },
  GetMetricData: { perSecond: 500, isAdjustable: true, source: cloudWatch },
  GetSecretValue: { perSecond: 10_000, isAdjustable: false, source: secretsManager },
  Publish: {
    perSecond: 300,
    byRegion: {
      ...inRegions(30_000, ['us-east-1']),
      ...inRegions(9_000, ['us-west-2', 'eu-west-1']),
      ...inRegions(1_500, ['us-east-2', 'us-west-1', 'ap-south-1', 'ap-northeast-1', 'ap-northeast-2']),
      ...inRegions(1_500, ['ap-southeast-1', 'ap-southeast-2', 'eu-central-1']),
    },
    isAdjustable: true,
    source: sns,
  },
  PutEvents: {
    perSecond: 600,
    byRegion: {
      ...inRegions(10_000, ['us-east-1', 'us-west-2', 'eu-west-1']),
      ...inRegions(2_400, ['us-east-2', 'eu-central-1']),
      ...inRegions(1_200, ['us-west-1', 'ap-northeast-1', 'ap-southeast-1', 'ap-southeast-2', 'eu-west-2']),
      ...inRegions(400, ['af-south-1', 'ap-northeast-3', 'ap-southeast-3', 'eu-south-1']),
    },
    isAdjustable: true,
    source: eventBridge,
  },
} as const satisfies Record<string, Rate>;

export type RatedOperation = keyof typeof rates;

/** How often an operation may be called, a second. */
export function ratePerSecond(operation: RatedOperation, region: string): number {
  const rate: Rate = rates[operation];
  return rate.byRegion?.[region] ?? rate.perSecond;
}

/** What one call may contain. */
export const sizes = {
  metricsPerCall: { most: 1_000, source: putMetricData },
  bytesPerMetricsCall: { most: 1_048_576, source: putMetricData },
  queriesPerMetricData: { most: 500, source: getMetricData },
  dimensionsPerMetric: { most: 30, source: metricDatum },
  charactersOfMetricName: { most: 255, source: metricDatum },
  charactersOfNamespace: { most: 255, source: putMetricData },
  charactersOfDimensionName: { most: 255, source: dimension },
  charactersOfDimensionValue: { most: 1_024, source: dimension },
  bytesOfMessage: { most: 262_144, source: publish },
  /** The documentation says less than 100 characters in one place and up to 100 in another. */
  charactersOfSubject: { most: 99, source: publish },
} as const satisfies Record<string, Limit>;

/** How many functions run at the same time in an account and Region. A new account starts with fewer. */
export const concurrency = {
  account: { most: 1_000, source: lambda },
  newAccount: { most: 10, source: lambda },
} as const satisfies Record<string, Limit>;
