import { GraphWidget, type YAxisProps } from 'aws-cdk-lib/aws-cloudwatch';
import type { Series } from '../../functions/probes/series.ts';
import { intervalMinutesOf, type MonitoredOrg } from '../monitored-org.ts';
import { seriesMetric } from '../series-metric.ts';

export interface SeriesGraphProps {
  readonly watched: MonitoredOrg;
  /** All of one metric. */
  readonly series: readonly Series[];
  /** Where the series were measured: begins the title. */
  readonly place: string;
  readonly width: number;
  readonly height: number;
}

/** The series of one metric, in one graph. */
export class SeriesGraph extends GraphWidget {
  constructor({ watched, series, place, width, height }: SeriesGraphProps) {
    const [first] = series;
    super({
      title: `${place}: ${first ? inWords(first.identity.name) : 'nothing'}`,
      left: series.map((each) =>
        seriesMetric({
          identity: each.identity,
          statistic: each.definition.statistic,
          intervalMinutes: intervalMinutesOf(watched, each),
          label: labelOf(each),
        }),
      ),
      ...(first && { leftYAxis: axisOf(first) }),
      width,
      height,
    });
  }
}

/** Series by their metric, in the order in which they come. */
export function byMetric(series: readonly Series[]): readonly (readonly Series[])[] {
  return Object.values(Object.groupBy(series, ({ identity }) => identity.name)).filter((group) => group !== undefined);
}

/** How high a metric can be, where that is known: so that a graph does not make much of little. */
const highest: Readonly<Record<string, number>> = { Severity: 2, IncidentLevel: 2, Success: 1, Headroom: 100 };

function axisOf({ identity, definition: { unit } }: Series): YAxisProps {
  const max = highest[identity.name];
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
function inWords(name: string): string {
  return name.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
}
