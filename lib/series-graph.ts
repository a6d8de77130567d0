import { GraphWidget, type YAxisProps } from 'aws-cdk-lib/aws-cloudwatch';
import type { Series } from '../functions/probes/series.ts';
import { seriesMetric } from './series-metric.ts';
import { everyMinutesOf, type WatchedOrg } from './watched-org.ts';

export interface SeriesGraphProps {
  readonly watched: WatchedOrg;
  readonly series: readonly Series[];
  /** Where the series were measured: begins the title. */
  readonly place: string;
  readonly width: number;
  readonly height: number;
}

/** Series that share an axis, in one graph. */
export class SeriesGraph extends GraphWidget {
  constructor({ watched, series, place, width, height }: SeriesGraphProps) {
    const names = [...new Set(series.map(({ identity }) => identity.name))];
    super({
      title: `${place}: ${names.map(inWords).join(', ')}`,
      left: series.map((each) =>
        seriesMetric({
          identity: each.identity,
          statistic: each.definition.statistic,
          everyMinutes: everyMinutesOf(watched, each),
          label: names.length === 1 ? sourceOf(each) : `${sourceOf(each)}: ${inWords(each.identity.name)}`,
        }),
      ),
      leftYAxis: axisOf(series),
      width,
      height,
    });
  }
}

/** In the order in which one looks: does it work, is it slow, and then the rest. */
const axes = ['Success', 'Milliseconds', 'Seconds', 'Count', 'None', 'Percent'] as const;

/** Success has an axis to itself; other metrics share one with those of their unit. */
export function byAxis(series: readonly Series[]): readonly (readonly Series[])[] {
  const axisName = ({ identity, definition }: Series) =>
    identity.name === 'Success' ? identity.name : definition.unit;
  const groups = Object.groupBy(series, axisName);
  return axes.map((axis) => groups[axis]).filter((group) => group !== undefined);
}

function axisOf(series: readonly Series[]): YAxisProps {
  const unit = series[0]?.definition.unit ?? 'None';
  const isSuccess = series[0]?.identity.name === 'Success';
  const max = isSuccess ? 1 : unit === 'Percent' ? 100 : undefined;
  return { min: 0, ...(max && { max }), label: unit === 'None' ? '' : unit.toLowerCase(), showUnits: false };
}

function sourceOf({ source }: Series): string {
  return 'probe' in source ? source.probe.id : source.bucket;
}

/** `DnsDuration` → `dns duration` */
function inWords(name: string): string {
  return name.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
}
