import type { CloudWatchClient, MetricDatum } from '@aws-sdk/client-cloudwatch';
import { PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { MetricIdentity } from '../model/metric.ts';
import { durationMs, type Outcome } from '../model/outcome.ts';
import { locate } from '../okta/endpoints.ts';
import { headroomPercent } from '../okta/rate-limit.ts';
import { type Series, seriesOf } from '../probes/series.ts';
import type { RunReport } from './run.ts';

/** One point of a series. */
export interface Point {
  readonly identity: MetricIdentity;
  readonly unit: Series['definition']['unit'];
  readonly value: number;
}

/**
 * The points of a run, found by walking the declared series: a reading that nobody declared cannot get out.
 */
export function pointsOf(report: Pick<RunReport, 'org' | 'plan' | 'outcomes'>): readonly Point[] {
  return seriesOf(report.org, report.plan).flatMap(({ identity, definition: { unit }, target, source }) => {
    const outcomes = report.outcomes;
    const value =
      'bucket' in source
        ? headroomOf(outcomes, source.bucket)
        : readingOf(
            outcomes.find(({ probe, server }) => probe === source.probe.id && server === target.server),
            identity.name,
          );
    return value === undefined || !Number.isFinite(value) ? [] : [{ identity, unit, value }];
  });
}

/** CloudWatch answers in a fraction of it. What hangs for longer would take the function's last seconds. */
const publishTimeoutMs = 3_000;

/** Sends a run's points in one call, all with the time at which the run began. Throws what the SDK throws. */
export async function publish(client: CloudWatchClient, points: readonly Point[], startedAt: number): Promise<void> {
  const namespace = points[0]?.identity.namespace;
  if (namespace === undefined) return;
  const timestamp = new Date(startedAt);
  const data = points.map(
    ({ identity: { name, dimensions }, unit, value }): MetricDatum => ({
      MetricName: name,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      Timestamp: timestamp,
      Unit: unit,
      Value: value,
    }),
  );
  const abortSignal = AbortSignal.timeout(publishTimeoutMs);
  await client.send(new PutMetricDataCommand({ Namespace: namespace, MetricData: data }), { abortSignal });
}

function readingOf(outcome: Outcome | undefined, metric: string): number | undefined {
  if (!outcome || outcome.status === 'skipped') return undefined;
  if (metric === 'Success') return outcome.status === 'passed' ? 1 : 0;
  return metric === 'Duration' ? durationMs(outcome) : outcome.readings[metric];
}

/** The lowest headroom of a bucket that any answer of the run told. */
function headroomOf(outcomes: readonly Outcome[], bucket: string): number | undefined {
  const shares = outcomes
    .flatMap(({ exchanges }) => exchanges)
    .filter(({ url }) => locate(url)?.bucket === bucket)
    .flatMap(({ rateLimit }) => (rateLimit ? [headroomPercent(rateLimit, bucket)] : []))
    .filter((share) => share !== undefined);
  return shares.length > 0 ? Math.min(...shares) : undefined;
}
