import { Duration, type Stack } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  Column,
  Dashboard,
  GraphWidget,
  type IWidget,
  type Metric,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { groups } from '../../functions/model/probe.ts';
import { type Series, seriesOf } from '../../functions/probes/series.ts';
import type { AlertTopics } from '../alarms/alert-topics.ts';
import type { RoutedAlarm } from '../alarms/routed-alarm.ts';
import { chunks } from '../chunks.ts';
import type { MonitorFunction } from '../functions/monitor-function.ts';
import type { Notifier } from '../functions/notifier.ts';
import type { ProbeFunction } from '../functions/probe-function.ts';
import { type MonitoredOrg, planOf } from '../monitored-org.ts';
import { OutcomeTable } from './outcome-table.ts';
import { byMetric, SeriesGraph } from './series-graph.ts';

export interface MonitorDashboardProps {
  readonly orgs: readonly { readonly monitoredOrg: MonitoredOrg; readonly alarms: readonly RoutedAlarm[] }[];
  readonly functions: readonly ProbeFunction[];
  readonly notifiers: readonly Notifier[];
  readonly topics: AlertTopics;
  /** The alarms about the monitor itself. */
  readonly alarms: readonly RoutedAlarm[];
}

/** Fixed, so that people and links find it. */
export const dashboardName = 'okta-synthetics';

/** CloudWatch's grid is 24 units wide. More than four graphs in a row are too small to read. */
const grid = { width: 24, columns: 4, height: 6 };

/**
 * One page for the person on call. For each org: its alarms, severity by fault domain, outcomes by probe, a column of
 * graphs for each server, and the graphs of the whole org. The monitor itself comes last. Publishing and the dashboard
 * both use `seriesOf`, so every published series has a graph.
 */
export class MonitorDashboard extends Dashboard {
  constructor(scope: Construct, id: string, props: MonitorDashboardProps) {
    super(scope, id, { dashboardName, defaultInterval: Duration.hours(3) });
    for (const { monitoredOrg, alarms } of props.orgs) this.#addOrg(monitoredOrg, alarms, props.functions);
    this.addWidgets(
      text('# Monitor\nThese graphs and alarms are about the monitor itself. They do not indicate an Okta problem.'),
    );
    this.#addAlarms('Monitor: alarms', props.alarms);
    this.addWidgets(...monitorGraphs(props));
  }

  #addOrg(monitoredOrg: MonitoredOrg, alarms: readonly RoutedAlarm[], functions: readonly ProbeFunction[]): void {
    const { name, domain, servers } = monitoredOrg.org;
    const series = seriesOf(monitoredOrg.org, monitoredOrg.plan);
    const serverSeries = (id: string) => series.filter(({ target }) => target.server === id);
    const [severity = [], ...otherOrgSeries] = byMetric(series.filter(({ target }) => target.server === undefined));
    this.addWidgets(text(`# ${name}\n${domain} · ${intervalsOf(monitoredOrg)}`));
    this.#addAlarms(`${name}: alarms`, alarms);
    this.addWidgets(
      graph(monitoredOrg, severity, name, grid.width / 3),
      new OutcomeTable({
        org: name,
        functions: functions.filter(({ group }) => planOf(monitoredOrg, group).length > 0),
        width: (grid.width * 2) / 3,
        height: grid.height,
      }),
    );
    const graphedServers = servers.filter(({ id }) => serverSeries(id).length > 0);
    this.#addRows(graphedServers, ({ id }, width) => {
      return new Column(
        ...byMetric(serverSeries(id)).map((each) => graph(monitoredOrg, each, `${name}, ${id}`, width)),
      );
    });
    this.#addRows(otherOrgSeries, (each, width) => graph(monitoredOrg, each, name, width));
  }

  /** CloudWatch accepts at most 100 alarms in a widget. */
  #addAlarms(title: string, alarms: readonly RoutedAlarm[]): void {
    for (const chunk of chunks(alarms, 100)) {
      const height = 1 + Math.ceil(chunk.length / grid.columns);
      this.addWidgets(
        new AlarmStatusWidget({ title, alarms: chunk.map(({ byName }) => byName), width: grid.width, height }),
      );
    }
  }

  #addRows<Item>(items: readonly Item[], widgetOf: (item: Item, width: number) => IWidget): void {
    const columns = Math.min(items.length, grid.columns);
    for (const row of chunks(items, columns)) {
      this.addWidgets(...row.map((item) => widgetOf(item, Math.floor(grid.width / columns))));
    }
  }
}

/** The console URL of the dashboard. The name is fixed, so this does not refer to the resource. */
export function dashboardUrl({ region }: Stack): string {
  return `https://${region}.console.aws.amazon.com/cloudwatch/home#dashboards/dashboard/${dashboardName}`;
}

function graph(monitoredOrg: MonitoredOrg, series: readonly Series[], location: string, width: number): IWidget {
  return new SeriesGraph({ monitoredOrg, series, location, width, height: grid.height });
}

function monitorGraphs({ functions, notifiers, topics }: MonitorDashboardProps): readonly IWidget[] {
  const all: readonly MonitorFunction[] = [...functions, ...notifiers];
  const size = { width: grid.width / grid.columns, height: grid.height };
  const graphOfAll = (title: string, metricOf: (each: MonitorFunction, label: string) => Metric) =>
    new GraphWidget({ title, left: all.map((each) => metricOf(each, each.name)), leftYAxis: { min: 0 }, ...size });
  return [
    graphOfAll('Errors', ({ lambda }, label) => lambda.metricErrors({ label })),
    graphOfAll('Throttles', ({ lambda }, label) => lambda.metricThrottles({ label })),
    graphOfAll('Duration', ({ lambda }, label) => lambda.metricDuration({ label })),
    new GraphWidget({
      title: 'Messages',
      left: notifiers.flatMap(({ route }) => [
        topics.people(route).metricNumberOfNotificationsDelivered({ label: `${route}s delivered` }),
        topics.people(route).metricNumberOfNotificationsFailed({ label: `${route}s failed` }),
      ]),
      leftYAxis: { min: 0 },
      ...size,
    }),
  ];
}

function text(markdown: string): IWidget {
  return new TextWidget({ markdown, width: grid.width, height: 2 });
}

function intervalsOf(monitoredOrg: MonitoredOrg): string {
  const { intervalMinutes } = monitoredOrg;
  const running = groups.filter((group) => planOf(monitoredOrg, group).length > 0);
  return running.map((group) => `${group} every ${intervalMinutes[group]} min`).join(', ');
}
