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
  readonly orgs: readonly { readonly watched: MonitoredOrg; readonly alarms: readonly RoutedAlarm[] }[];
  readonly functions: readonly ProbeFunction[];
  readonly notifiers: readonly Notifier[];
  readonly topics: AlertTopics;
  /** Those of the monitor itself. */
  readonly alarms: readonly RoutedAlarm[];
}

const dashboardName = 'okta-synthetics';

/** CloudWatch's grid. More than four graphs side by side nobody can read. */
const grid = { width: 24, columns: 4, height: 6 };

/**
 * One page for whoever is on call: for each org its alarms, how urgent what is by fault domain, how each probe fares, a
 * column for each server, then what is the org's as a whole; and the monitor itself at the end. Every published series
 * is graphed, because both come from `seriesOf`.
 */
export class MonitorDashboard extends Dashboard {
  constructor(scope: Construct, id: string, props: MonitorDashboardProps) {
    super(scope, id, { dashboardName, defaultInterval: Duration.hours(3) });
    for (const { watched, alarms } of props.orgs) this.#addOrg(watched, alarms, props.functions);
    this.addWidgets(text('# The monitor itself\nWhat fails here is no fault of Okta’s, and says nothing of it.'));
    this.#addAlarms('The monitor: alarms', props.alarms);
    this.addWidgets(...monitorGraphs(props));
  }

  #addOrg(watched: MonitoredOrg, alarms: readonly RoutedAlarm[], functions: readonly ProbeFunction[]): void {
    const { name, domain, servers } = watched.org;
    const series = seriesOf(watched.org, watched.plan);
    const ofServer = (id: string) => series.filter(({ target }) => target.server === id);
    const [severity = [], ...ofOrg] = byMetric(series.filter(({ target }) => target.server === undefined));
    this.addWidgets(text(`# ${name}\n${domain} · ${cadence(watched)}`));
    this.#addAlarms(`${name}: alarms`, alarms);
    this.addWidgets(
      graph(watched, severity, name, grid.width / 3),
      new OutcomeTable({
        org: name,
        functions: functions.filter(({ group }) => planOf(watched, group).length > 0),
        width: (grid.width * 2) / 3,
        height: grid.height,
      }),
    );
    const timed = servers.filter(({ id }) => ofServer(id).length > 0);
    this.#addRows(timed, ({ id }, width) => {
      return new Column(...byMetric(ofServer(id)).map((each) => graph(watched, each, `${name}, ${id}`, width)));
    });
    this.#addRows(ofOrg, (each, width) => graph(watched, each, name, width));
  }

  /** An alarm widget holds a hundred at most. */
  #addAlarms(title: string, alarms: readonly RoutedAlarm[]): void {
    for (const some of chunks(alarms, 100)) {
      const height = 1 + Math.ceil(some.length / grid.columns);
      this.addWidgets(
        new AlarmStatusWidget({ title, alarms: some.map(({ byName }) => byName), width: grid.width, height }),
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

/** Where the dashboard is in the console. Its name is fixed, so this can be known before it is made. */
export function dashboardUrl({ region }: Stack): string {
  return `https://${region}.console.aws.amazon.com/cloudwatch/home#dashboards/dashboard/${dashboardName}`;
}

function graph(watched: MonitoredOrg, series: readonly Series[], place: string, width: number): IWidget {
  return new SeriesGraph({ watched, series, place, width, height: grid.height });
}

function monitorGraphs({ functions, notifiers, topics }: MonitorDashboardProps): readonly IWidget[] {
  const all: readonly MonitorFunction[] = [...functions, ...notifiers];
  const size = { width: grid.width / grid.columns, height: grid.height };
  const ofAll = (title: string, metricOf: (each: MonitorFunction, label: string) => Metric) =>
    new GraphWidget({ title, left: all.map((each) => metricOf(each, each.name)), leftYAxis: { min: 0 }, ...size });
  return [
    ofAll('Errors', ({ lambda }, label) => lambda.metricErrors({ label })),
    ofAll('Throttles', ({ lambda }, label) => lambda.metricThrottles({ label })),
    ofAll('Duration', ({ lambda }, label) => lambda.metricDuration({ label })),
    new GraphWidget({
      title: 'Messages to people',
      left: notifiers.flatMap(({ route }) => [
        topics.people[route].metricNumberOfNotificationsDelivered({ label: `${route}s delivered` }),
        topics.people[route].metricNumberOfNotificationsFailed({ label: `${route}s failed` }),
      ]),
      leftYAxis: { min: 0 },
      ...size,
    }),
  ];
}

function text(markdown: string): IWidget {
  return new TextWidget({ markdown, width: grid.width, height: 2 });
}

function cadence(watched: MonitoredOrg): string {
  const { intervalMinutes } = watched;
  const running = groups.filter((group) => planOf(watched, group).length > 0);
  return running.map((group) => `${group} every ${intervalMinutes[group]} min`).join(', ');
}
