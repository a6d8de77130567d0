import { GraphWidget, type YAxisProps } from 'aws-cdk-lib/aws-cloudwatch';
import type { Series } from '../../functions/probes/series.ts';
import { intervalMinutesOf, type MonitoredOrg } from '../monitored-org.ts';
import { seriesMetric } from '../series-metric.ts';

export interface SeriesGraphProps {
  readonly monitoredOrg: MonitoredOrg;
  /** Series of one metric. */
  readonly series: readonly Series[];
  /** The org, or the org and the server, for the title. */
  readonly location: string;
  readonly width: number;
  readonly height: number;
}

/** A graph of the series of one metric. */
export class SeriesGraph extends GraphWidget {
  constructor({ monitoredOrg, series, location, width, height }: SeriesGraphProps) {
    const [first] = series;
    super({
      title: `${location}: ${first ? titleOf(first.identity.name) : 'no metrics'}`,
      left: series.map((each) =>
        seriesMetric({
          identity: each.identity,
          statistic: each.definition.statistic,
          intervalMinutes: intervalMinutesOf(monitoredOrg, each),
          label: labelOf(each),
        }),
      ),
      ...(first && { leftYAxis: axisOf(first) }),
      width,
      height,
    });
  }
}

/** Groups series by metric, in order of appearance. */
export function byMetric(series: readonly Series[]): readonly (readonly Series[])[] {
  return Object.values(Object.groupBy(series, ({ identity }) => identity.name)).filter((group) => group !== undefined);
}

/** The maximum of metrics with a known range, so that graphs do not exaggerate small changes. */
const maximum: Readonly<Record<string, number>> = { Severity: 2, IncidentLevel: 2, Success: 1, Headroom: 100 };

export function axisOf({ identity, definition: { unit } }: Series): YAxisProps {
  const max = maximum[identity.name];
  return { min: 0, ...(max && { max }), label: unit === 'None' ? '' : unit.toLowerCase(), showUnits: false };
}

function labelOf({ source, target }: Series): string {
  switch (source.kind) {
    case 'probe':
      return source.probe.id;
    case 'severity':
      return source.domain;
    case 'retries':
    case 'headroom':
      return target.org;
    default:
      return source satisfies never;
  }
}

/** `CertificateDaysLeft` → `certificate days left` */
export function titleOf(name: string): string {
  return name.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
}
