import { Duration } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  CustomWidget,
  Dashboard,
  type DashboardProps,
  GraphWidget,
  type IAlarm,
  type IWidget,
  LogQueryVisualizationType,
  LogQueryWidget,
  TextWidget,
  type YAxisProps,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { Series } from '../../functions/model/series.ts';
import { intervalMinutesOf, type MonitoredOrg } from '../monitored-org.ts';
import { seriesMetric } from '../series-metric.ts';

export interface OutcomeTableProps {
  readonly org: string;
  /** Of the functions that run probes. */
  readonly logGroupNames: readonly string[];
  readonly width: number;
  readonly height: number;
}

/**
 * The outcomes of each probe of an org, from the logs. One metric per probe would be half of the monitor's cost.
 *
 * Trap: each query costs half a cent per gigabyte of log that it scans. It scans only the dashboard's time range.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
 */
export class OutcomeTable extends LogQueryWidget {
  constructor({ org, logGroupNames, width, height }: OutcomeTableProps) {
    super({
      title: `${org}: outcomes by probe`,
      logGroupNames: [...logGroupNames],
      queryLines: [
        `filter type = "outcome" and org = "${org}"`,
        // strcontains returns 1 or 0. Logs Insights has no conditional count, so the query sums these.
        'fields status, finding.code, server, probe, durationMs, strcontains(status, "failed") as isFailed, strcontains(status, "skipped") as isSkipped',
        'stats latest(status) as last, latest(finding.code) as lastFinding, sum(isFailed) as failed, sum(isSkipped) as skipped, count(*) as runs, avg(durationMs) as averageMs by server, probe',
        'sort failed desc, server asc, probe asc',
      ],
      view: LogQueryVisualizationType.TABLE,
      width,
      height,
    });
  }
}

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

export interface BoardWidgetProps {
  readonly title: string;
  readonly functionArn: string;
  /** Absent for all orgs. */
  readonly org?: string;
  readonly height: number;
}

/**
 * A widget that the monitor's function renders: all orgs, or one in detail.
 *
 * Trap: viewers need the right to invoke the function, and CloudWatch asks each of them to allow it.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/add_custom_widget_dashboard.html
 */
export class BoardWidget extends CustomWidget {
  constructor({ title, functionArn, org, height }: BoardWidgetProps) {
    super({
      ...{ title, functionArn, width: grid.width, height },
      // A new size needs no new content.
      ...{ updateOnRefresh: true, updateOnTimeRangeChange: true, updateOnResize: false },
      ...(org !== undefined && { params: { org } }),
    });
  }
}

/** CloudWatch's grid is 24 units wide. More than four graphs in a row are too small to read. */
export const grid = { width: 24, columns: 4, height: 6 };

/** CloudWatch's limit for one widget. */
const mostAlarms = 100;

/** A dashboard that is filled row by row. */
export class Page extends Dashboard {
  constructor(scope: Construct, id: string, props: Pick<DashboardProps, 'dashboardName' | 'variables'>) {
    super(scope, id, { ...props, defaultInterval: Duration.hours(3) });
  }

  addText(markdown: string): void {
    this.addWidgets(new TextWidget({ markdown, width: grid.width, height: 2 }));
  }

  addAlarms(title: string, alarms: readonly IAlarm[]): void {
    for (const chunk of chunks(alarms, mostAlarms)) {
      const height = 1 + Math.ceil(chunk.length / grid.columns);
      this.addWidgets(new AlarmStatusWidget({ title, alarms: [...chunk], width: grid.width, height }));
    }
  }

  /** Widgets side by side, at most four in a row and all of the same width. */
  addRows<Item>(items: readonly Item[], widgetOf: (item: Item, width: number) => IWidget): void {
    const columns = Math.min(items.length, grid.columns);
    for (const row of chunks(items, columns)) {
      this.addWidgets(...row.map((item) => widgetOf(item, Math.floor(grid.width / columns))));
    }
  }
}

/** Splits a list into lists of `size` items; the last one may be shorter. */
export function chunks<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / size) || 0 }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
