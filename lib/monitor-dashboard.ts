import { Duration } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  Column,
  Dashboard,
  GraphWidget,
  type IWidget,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { groups } from '../functions/model/probe.ts';
import { type Series, seriesOf } from '../functions/probes/series.ts';
import type { OrgAlarms } from './org-alarms.ts';
import type { ProbeFunction } from './probe-function.ts';
import type { RoutedAlarm } from './routed-alarm.ts';
import { byAxis, SeriesGraph } from './series-graph.ts';
import { planOf, type WatchedOrg } from './watched-org.ts';

export interface MonitorDashboardProps {
  readonly orgs: readonly { readonly watched: WatchedOrg; readonly alarms: OrgAlarms['alarms'] }[];
  readonly functions: readonly ProbeFunction[];
  readonly functionAlarms: readonly RoutedAlarm[];
}

/** CloudWatch's grid. More than four graphs side by side nobody can read. */
const grid = { width: 24, columns: 4, height: 6 };

/**
 * One page for whoever is on call: for each org its alarms, a column for each server, then what is the org's as a
 * whole; and the monitor itself at the end. Every published series is graphed, because both come from `seriesOf`.
 */
export class MonitorDashboard extends Dashboard {
  constructor(scope: Construct, id: string, { orgs, functions, functionAlarms }: MonitorDashboardProps) {
    super(scope, id, { dashboardName: 'okta-synthetics', defaultInterval: Duration.hours(3) });
    for (const { watched, alarms } of orgs) {
      const series = seriesOf(watched.org, watched.plan);
      this.addWidgets(text(`# ${watched.org.name}\n${watched.org.domain} · ${cadence(watched)}`));
      this.#addAlarms(`${watched.org.name}: alarms`, alarms);
      this.#addServers(watched, series);
      this.#addRows(ofOrg(series), (each, width) => graph(watched, each, watched.org.name, width));
    }
    this.addWidgets(text('# The monitor itself\nA function that breaks down says nothing of Okta.'));
    this.#addAlarms('The monitor: alarms', functionAlarms);
    this.addWidgets(...functionGraphs(functions));
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

  #addServers(watched: WatchedOrg, series: readonly Series[]): void {
    const { servers } = watched.org;
    this.#addRows(servers, ({ id }, width) => {
      const graphs = byAxis(series.filter(({ target }) => target.server === id));
      return new Column(...graphs.map((each) => graph(watched, each, id, width)));
    });
  }

  #addRows<Item>(items: readonly Item[], widgetOf: (item: Item, width: number) => IWidget): void {
    const columns = Math.min(items.length, grid.columns);
    for (const row of chunks(items, columns)) {
      this.addWidgets(...row.map((item) => widgetOf(item, Math.floor(grid.width / columns))));
    }
  }
}

/** What is measured once an org: the rate limits stand last, as they belong to no probe. */
function ofOrg(series: readonly Series[]): readonly (readonly Series[])[] {
  return byAxis(series.filter(({ target }) => target.server === undefined));
}

function graph(watched: WatchedOrg, series: readonly Series[], place: string, width: number): IWidget {
  return new SeriesGraph({ watched, series, place, width, height: grid.height });
}

function functionGraphs(functions: readonly ProbeFunction[]): readonly IWidget[] {
  const size = { width: grid.width / 2, height: grid.height };
  const label = ({ group }: ProbeFunction) => ({ label: group });
  return [
    new GraphWidget({ title: 'Errors', left: functions.map((each) => each.lambda.metricErrors(label(each))), ...size }),
    new GraphWidget({
      title: 'Duration',
      left: functions.map((each) => each.lambda.metricDuration(label(each))),
      ...size,
    }),
  ];
}

function text(markdown: string): IWidget {
  return new TextWidget({ markdown, width: grid.width, height: 2 });
}

function cadence(watched: WatchedOrg): string {
  const { everyMinutes } = watched;
  const running = groups.filter((group) => planOf(watched, group).length > 0);
  return running.map((group) => `${group} every ${everyMinutes[group]} min`).join(', ');
}

function chunks<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / size) || 0 }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
