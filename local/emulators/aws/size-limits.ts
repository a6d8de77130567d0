/**
 * What one call may contain at the most. These belong to the API, and are the same in every account and Region.
 *
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Dimension.html
 * https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
 */
export const sizeLimits = {
  metricsPerCall: 1_000,
  bytesPerMetricsCall: 1_048_576,
  queriesPerMetricData: 500,
  dimensionsPerMetric: 30,
  charactersOfMetricName: 255,
  charactersOfNamespace: 255,
  charactersOfDimensionName: 255,
  charactersOfDimensionValue: 1_024,
  bytesOfMessage: 262_144,
  charactersOfSubject: 99,
} as const;
