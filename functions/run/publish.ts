import type { MetricDatum } from '@aws-sdk/client-cloudwatch';
import type { CloudWatch } from '../aws/clients.ts';
import { lowestHeadroom } from '../findings/warnings.ts';
import type { FaultDomain } from '../model/fault-domain.ts';
import { type Finding, severityLevels } from '../model/finding.ts';
import type { Point } from '../model/metric.ts';
import { durationMs, findingsOf, type Outcome } from '../model/outcome.ts';
import { publishMode } from '../model/probe.ts';
import { latenessSeries, type Series } from '../model/series.ts';
import { enabledProbes } from '../probes/plan.ts';
import { seriesOf } from '../probes/series.ts';
import type { RunReport } from './run.ts';

/**
 * The data points of a run, one for each declared series that has a value, and how late it was. A reading that is not
 * declared is never published. `runFindings` are findings of the run itself rather than of a probe.
 */
export function pointsOf(
  { org, plan, outcomes, due }: Pick<RunReport, 'org' | 'plan' | 'outcomes' | 'due'>,
  runFindings: readonly Finding[] = [],
): readonly Point[] {
  const sharing = enabledProbes(plan).filter(({ probe }) => publishMode[probe.group] !== 'ownSeries');
  const publishesZeros = sharing.some(({ probe }) => publishMode[probe.group] === 'always');
  const shared = outcomes.filter((outcome) => sharing.some(({ probe }) => probe.id === outcome.probe));
  const findings = [...shared.flatMap(findingsOf), ...runFindings];
  const unlessOmitted = (value: number) => (value > 0 || publishesZeros ? value : undefined);

  const valueAt = ({ source, identity, target }: Series): number | undefined => {
    switch (source.kind) {
      case 'severity':
        return unlessOmitted(worstLevel(findings, source.domain));
      case 'retries':
        return unlessOmitted(shared.filter(({ retriedAfter }) => retriedAfter !== undefined).length);
      case 'headroom':
        return lowestHeadroom(shared.flatMap(({ exchanges }) => exchanges));
      case 'probe':
        return readingOf(
          outcomes.find(({ probe, server }) => probe === source.probe.id && server === target.server),
          identity.name,
        );
      default:
        return source satisfies never;
    }
  };
  const measured = seriesOf(org, plan).map((series) => ({ ...series, value: valueAt(series) }));
  const groups = new Set(plan.map(({ probe }) => probe.group));
  const late = [...groups].map((group) => ({ ...latenessSeries(group, org.deployment), value: due?.latenessSeconds }));
  return [...measured, ...late].flatMap(({ identity, definition, value }) =>
    value === undefined || !Number.isFinite(value) ? [] : [{ identity, unit: definition.unit, value }],
  );
}

/** Returns the level of the most severe finding in a fault domain, or 0 without findings. */
function worstLevel(findings: readonly Finding[], domain: FaultDomain): number {
  const levels = findings
    .filter((finding) => finding.domain === domain)
    .map(({ severity }) => severityLevels[severity]);
  return Math.max(0, ...levels);
}

/** CloudWatch normally responds in a fraction of this. Waiting longer would use up the function's last seconds. */
export const publishTimeoutMs = 3_000;

/** Sends a run's data points in one call, with the minute that they carry (epoch ms). Throws AWS's errors. */
export async function publish(
  client: Pick<CloudWatch, 'putMetricData'>,
  points: readonly Point[],
  minute: number,
): Promise<void> {
  const namespace = points[0]?.identity.namespace;
  if (namespace === undefined) return;
  const timestamp = new Date(minute);
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
  await client.putMetricData({ Namespace: namespace, MetricData: data }, { abortSignal });
}

function readingOf(outcome: Outcome | undefined, metric: string): number | undefined {
  if (!outcome || outcome.status === 'skipped') return undefined;
  if (metric === 'Success') return outcome.status === 'passed' ? 1 : 0;
  return metric === 'Duration' ? durationMs(outcome) : outcome.readings[metric];
}
